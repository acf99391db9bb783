package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCacheKeyException;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ObjectUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The keys of methods as caches know them.
 *
 * <p>An array becomes a list: it equals no other array, whatever its elements are, and its owner may change them. Only
 * those who turn keys into text, or write what is known by text to its source, are given a copy.
 *
 * <p>Without an expression, Spring's key of several parameters, or of one that is an array, keeps them to itself. What it
 * prints is the same for {@code ("a, b")} and {@code ("a", "b")}: for caches whose keys have to become text its
 * parameters are taken out.
 */
final class MethodKeys {

    private static final String PARAMETERS = "params";
    private static final @Nullable Field FIELD = field();

    private MethodKeys() {}

    /**
     * The key by which a cache knows what a method calls by another.
     *
     * @throws InvalidCacheKeyException if the cache can't know it by any
     */
    static Object of(HamsterCache<?, ?> cache, Object key) {
        if (key instanceof SimpleKey several) {
            return ofSeveral(cache, several);
        }
        return key.getClass().isArray() ? ofArray(cache, key) : key;
    }

    /** What to compare instead of a key that is {@link #of} a cache's: each call has its own copy of an array. */
    static Object compared(Object key) {
        return key.getClass().isArray() ? list(key) : key;
    }

    private static Object ofArray(HamsterCache<?, ?> cache, Object array) {
        boolean isWritten = CacheChanges.writes(cache);
        if (isKnownByText(cache)) {
            return isWritten || cache.policy().keyText().isPresent() ? copy(array) : list(array);
        }
        if (isWritten) {
            // Its writer may be for arrays or for lists, which nobody can tell here.
            throw new InvalidCacheKeyException(
                    "Cache '" + cache.name() + "' is in this JVM only and has a writer, but a"
                            + " key is a " + array.getClass().getSimpleName()
                            + ", which equals no other array; make it text, such as"
                            + " T(java.util.Arrays).toString(#key)");
        }
        return list(array);
    }

    private static Object ofSeveral(HamsterCache<?, ?> cache, SimpleKey key) {
        @Nullable Object @Nullable [] parameters = parameters(key);
        boolean mustBeText = isKnownByText(cache) && cache.policy().keyText().isEmpty();
        if (parameters == null) {
            if (mustBeText) {
                throw new InvalidCacheKeyException("The parameters of a method can't be made the key of cache '"
                        + cache.name() + "', since this version of Spring keeps them elsewhere; give the annotation a"
                        + " key");
            }
            return key;
        }
        Object only = parameters.length == 1 ? parameters[0] : null;
        if (only != null && only.getClass().isArray()) {
            return ofArray(cache, only);
        }
        if (mustBeText) {
            return list(parameters);
        }
        return isKnownByText(cache) || !haveArray(parameters)
                ? key
                : new SimpleKey(list(parameters).toArray());
    }

    /** Whether a cache turns its keys into text, for a shared tier or for the other instances. */
    private static boolean isKnownByText(HamsterCache<?, ?> cache) {
        return CacheChanges.isShared(cache) || cache.policy().tellsOthers();
    }

    private static boolean haveArray(@Nullable Object[] parameters) {
        for (Object parameter : parameters) {
            if (parameter != null && parameter.getClass().isArray()) {
                return true;
            }
        }
        return false;
    }

    /** A copy of an array and of the arrays in it, of the same types. */
    private static Object copy(Object array) {
        int length = Array.getLength(array);
        Object copy = Array.newInstance(array.getClass().getComponentType(), length);
        for (int i = 0; i < length; i++) {
            Object element = Array.get(array, i);
            Array.set(copy, i, element != null && element.getClass().isArray() ? copy(element) : element);
        }
        return copy;
    }

    /** A copy of an array and of the arrays in it, which stays the same if those change. */
    private static List<@Nullable Object> list(Object array) {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object element : ObjectUtils.toObjectArray(array)) {
            list.add(element != null && element.getClass().isArray() ? list(element) : element);
        }
        return Collections.unmodifiableList(list);
    }

    private static @Nullable Field field() {
        Field field = ReflectionUtils.findField(SimpleKey.class, PARAMETERS);
        return field != null && field.trySetAccessible() ? field : null;
    }

    private static @Nullable Object @Nullable [] parameters(SimpleKey key) {
        return FIELD == null ? null : (@Nullable Object[]) ReflectionUtils.getField(FIELD, key);
    }

    /** For native images. */
    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.reflection().registerType(SimpleKey.class, MemberCategory.ACCESS_DECLARED_FIELDS);
        }
    }
}
