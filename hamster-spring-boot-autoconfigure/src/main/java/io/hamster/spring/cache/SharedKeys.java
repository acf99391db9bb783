package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCacheKeyException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
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
 * <p>An array becomes a list: it equals no other array, whatever its elements are.
 *
 * <p>Without an expression, Spring's key of several parameters keeps them to itself, and what it prints is the same for
 * {@code ("a, b")} and {@code ("a", "b")}: for caches whose keys have to become text its parameters are taken out.
 */
final class SharedKeys {

    private static final String PARAMETERS = "params";

    private SharedKeys() {}

    /** The key by which a cache knows what a method calls by another. */
    static Object of(HamsterCache<?, ?> cache, Object key) {
        if (key.getClass().isArray()) {
            // Whoever turns keys into text or writes them elsewhere has been promised the arrays.
            return cache.policy().keyText().isPresent() || CacheChanges.writes(cache) ? key : list(key);
        }
        return key instanceof SimpleKey several
                        && isKnownByText(cache)
                        && cache.policy().keyText().isEmpty()
                ? list(parameters(several))
                : key;
    }

    /** Whether a cache turns its keys into text, for a shared tier or for the other instances. */
    private static boolean isKnownByText(HamsterCache<?, ?> cache) {
        return CacheChanges.isShared(cache) || cache.policy().tellsOthers();
    }

    /** A copy of an array and of the arrays in it, which stays the same if those change. */
    private static List<@Nullable Object> list(Object array) {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object element : ObjectUtils.toObjectArray(array)) {
            list.add(element != null && element.getClass().isArray() ? list(element) : element);
        }
        return Collections.unmodifiableList(list);
    }

    private static Object[] parameters(SimpleKey key) {
        try {
            Field field = Objects.requireNonNull(ReflectionUtils.findField(SimpleKey.class, PARAMETERS), PARAMETERS);
            ReflectionUtils.makeAccessible(field);
            return (Object[]) Objects.requireNonNull(field.get(key), PARAMETERS);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new InvalidCacheKeyException("The parameters of a method can't be made the key of a shared cache ("
                    + e + "); give the annotation a key");
        }
    }

    /** For native images. */
    static final class Hints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.reflection().registerType(SimpleKey.class, MemberCategory.ACCESS_DECLARED_FIELDS);
        }
    }
}
