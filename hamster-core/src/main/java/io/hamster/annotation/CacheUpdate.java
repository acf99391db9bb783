package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method always runs and its result is put into the cache, after the transaction's commit if one is in progress.
 *
 * <pre>{@code
 * @CacheUpdate(name = "users", key = "#result.id")
 * public User rename(long id, String name) { … }
 * }</pre>
 *
 * <p>Works on the same methods as {@link Cached}; a {@code null}, an empty {@code Optional} or {@code Mono} is put as an
 * absence. If the method fails, nothing is changed. Expressions are those of {@link Cached}; all of them may use
 * {@code #result}, but for {@link #condition}.
 */
@Documented
@Repeatable(CacheUpdate.All.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface CacheUpdate {

    /**
     * The cache's name, if nothing else is set.
     *
     * @return the same as {@link #name}
     */
    String value() default "";

    /**
     * The cache's name.
     *
     * @return 1 to 250 characters
     */
    String name() default "";

    /**
     * The key.
     *
     * @return an expression that may use {@code #result}; by default the parameter, or all of them together
     */
    String key() default "";

    /**
     * Whether the cache is used for a call at all.
     *
     * @return an expression; by default it always is
     */
    String condition() default "";

    /**
     * Whether a result is kept from the cache.
     *
     * @return an expression that may use {@code #result}; by default none is
     */
    String unless() default "";

    /**
     * How long a result is cached.
     *
     * @return a duration such as {@code 10m} or {@code PT10M}; by default the cache's
     */
    String ttl() default "";

    /**
     * The result's tags.
     *
     * @return expressions that may use {@code #result}, each giving a text or a collection of them
     */
    String[] tags() default {};

    /** Several updates on one method. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @interface All {

        /**
         * The updates.
         *
         * @return in the order in which they are made
         */
        CacheUpdate[] value();
    }
}
