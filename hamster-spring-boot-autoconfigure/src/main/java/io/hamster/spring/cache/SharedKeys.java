package io.hamster.spring.cache;

import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCacheKeyException;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Collections;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ReflectionUtils;

/**
 * The keys of methods without an expression, for caches whose keys have to become text. Spring's key of several
 * parameters keeps them to itself, and what it prints is the same for {@code ("a, b")} and {@code ("a", "b")}: so its
 * parameters are taken out.
 */
final class SharedKeys {

    private static final String PARAMETERS = "params";

    private SharedKeys() {}

    /** The key by which a cache knows what a method calls by another. */
    static Object of(HamsterCache<?, ?> cache, Object key) {
        return key instanceof SimpleKey several
                        && CacheChanges.isShared(cache)
                        && cache.policy().keyText().isEmpty()
                ? Collections.unmodifiableList(Arrays.asList(parameters(several)))
                : key;
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
