package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method's result is cached: a call with a key that is cached doesn't run the method, and concurrent calls with the
 * same key run it once.
 *
 * <pre>{@code
 * @Cached(name = "users", key = "#id", ttl = "10m")
 * public User find(long id) { … }
 * }</pre>
 *
 * <p>Works on methods that return a value, an {@code Optional} (its content is cached), a {@code CompletableFuture} or
 * {@code CompletionStage}, or a {@code Mono}; {@code void}, {@code Flux} and plain {@code Future}s are refused at
 * start. A {@code null}, an empty {@code Optional} or {@code Mono} is an absence, remembered only if there is a
 * {@link #nullTtl}.
 *
 * <p>What the method throws reaches every caller that waited for it, and nothing is cached. A call inside a transaction
 * that has to run the method runs it alone and caches nothing, unless the cache is configured with
 * {@code safe-in-transactions}.
 *
 * <p>In expressions: parameters by name, {@code #p0}, {@code #a0}, {@code #root.method}, {@code .target}, {@code .args},
 * beans as {@code @name}. Settings may hold placeholders, and {@code hamster.cache.caches.<name>.*} overrides those
 * that exist there too.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface Cached {

    /**
     * The cache's name, if nothing else is set.
     *
     * @return the same as {@link #name}
     */
    String value() default "";

    /**
     * The cache's name.
     *
     * @return 1 to 250 characters; one cache may serve several methods whose keys and values agree
     */
    String name() default "";

    /**
     * The key.
     *
     * @return an expression; by default the parameter, or all of them together
     */
    String key() default "";

    /**
     * Whether the cache is used for a call at all.
     *
     * @return an expression without {@code #result}; by default it always is
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
     * How long an absence is remembered.
     *
     * @return a duration such as {@code 30s}, {@code 0} for not at all; by default the cache's
     */
    String nullTtl() default "";

    /**
     * The result's tags.
     *
     * @return expressions that may use {@code #result}, each giving a text or a collection of them:
     *     {@code 'author:' + #result.author}
     */
    String[] tags() default {};
}
