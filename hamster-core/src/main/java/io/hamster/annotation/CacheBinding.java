package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Binds a bean that is a {@code CacheLoader} or a {@code CacheWriter} to a cache: reads of the cache load with the
 * loader, puts write with the writer first. Goes on the bean's class or its {@code @Bean} method.
 *
 * <pre>{@code
 * @Bean
 * @CacheBinding("users")
 * CacheLoader<Long, User> userLoader(UserRepository users) {
 *     return id -> users.findById(id).orElse(null);
 * }
 * }</pre>
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface CacheBinding {

    /**
     * The cache's name.
     *
     * @return 1 to 250 characters; a cache has one loader and one writer at most
     */
    String value();
}
