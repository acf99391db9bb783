package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Binds a bean to a cache, on its class or on the method that makes it.
 *
 * <pre>{@code
 * @Component
 * @ForCache("users")
 * class UserLoader implements CacheLoader<Long, User> { … }
 * }</pre>
 *
 * <p>A {@code CacheLoader} makes the cache read through: {@code cache.get(key)} loads what it doesn't find. So does a
 * {@code BulkCacheLoader}, asked for one key at a time. A {@code CacheWriter} makes it write through: what is put or
 * deleted reaches the writer first. A {@code WriteBackWriter}, or a {@code CacheWriter} with
 * {@code hamster.cache.caches.<name>.write-mode=back}, makes it write back: the writer gets it later, in batches. A
 * {@code Supplier<Stream<K>>} of all keys that there are gives it a Bloom guard, for as many keys as
 * {@code hamster.cache.caches.<name>.bloom.expected-insertions} says. A bean may be several of these at once, but a cache
 * has one of each, and either kind of loader and of writer; otherwise the application doesn't start. Beans of these
 * types without the annotation are bound to nothing.
 *
 * <p>{@code @Cached} methods and {@code @Cacheable} ones load by themselves and don't use the loader.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface ForCache {

    /**
     * The cache.
     *
     * @return its name, 1 to 250 characters; may hold placeholders
     */
    String value();
}
