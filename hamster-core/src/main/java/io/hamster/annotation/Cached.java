package io.hamster.annotation;

import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method's value is kept in a cache. Concurrent calls that miss the same key run the method once and share its
 * outcome, an exception too.
 *
 * <pre>{@code
 * @Cached(name = "users", key = "#id", ttl = "10m")
 * public User find(long id) { … }
 * }</pre>
 *
 * <p>The method returns a value, an {@code Optional} (its content is cached), a {@code CompletableFuture}, a
 * {@code CompletionStage} or a {@code Mono} (what they complete with is cached); anything else that arrives later or in
 * pieces, such as a {@code Flux} or a {@code Future}, is refused at start, as are {@code void} methods and
 * Kotlin's suspending functions.
 *
 * <p>{@code null} and an empty {@code Optional} or {@code Mono} are not cached unless {@link #nullTtl()} or the cache's
 * own setting says for how long. In a transaction the method always runs unless the value is cached already, and its
 * value is not cached, because it may be uncommitted or old; {@code hamster.cache.caches.<name>.safe-in-transactions}
 * lifts that.
 *
 * <p>What {@code hamster.cache.caches.<name>.*} sets, wins over the annotation, which wins over
 * {@code hamster.cache.defaults.*}. Expressions are SpEL over the parameters ({@code #id}, {@code #p0}, {@code #a0}),
 * {@code #root.method}, {@code .methodName}, {@code .target}, {@code .targetClass}, {@code .args} and beans
 * ({@code @name}); every attribute may hold placeholders. A broken one is refused at start.
 *
 * <p>Works on public, protected and package-private methods of beans that are called through their proxy, also when the
 * annotation is on an interface's method, and as a meta-annotation. On private, static and final methods and in calls
 * of an object to itself it can't work, which is logged at start.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface Cached {

    /**
     * The cache.
     *
     * @return its name, 1 to 250 characters; it is made when it is first needed
     */
    String name();

    /**
     * The key.
     *
     * @return an expression whose value has {@code equals} and {@code hashCode} and isn't {@code null}; an array becomes
     *     an unmodifiable list of its elements. In a cache that is shared or tells others, a {@code keyText} and a writer
     *     get a copy of the array; a local one that has a writer refuses it. Empty for the only parameter, or all of them
     *     together, as in Spring's caching
     */
    String key() default "";

    /**
     * Whether the cache is used at all for a call.
     *
     * @return an expression that gives {@code true} or {@code false}, evaluated before the call; empty for always
     */
    String condition() default "";

    /**
     * Whether a value is kept out of the cache.
     *
     * @return an expression over {@code #result} too, which is the content of an {@code Optional}, future or
     *     {@code Mono}; empty for never
     */
    String unless() default "";

    /**
     * How long a value is served. Unless methods of the same cache say different ones it is the cache's, too, for values
     * without one and for what is set beside it.
     *
     * @return a positive duration such as {@code 10m} or {@code PT10M}, which like every other here has a unit; empty for
     *     the cache's own
     */
    String ttl() default "";

    /**
     * How long the absence of a value is remembered.
     *
     * @return a duration such as {@code 30s}, zero to forget it at once; empty for the cache's own
     */
    String nullTtl() default "";

    /**
     * Where the cache keeps its entries.
     *
     * @return one tier, or none for the cache's own; methods of the same cache must not say different ones
     */
    Tier[] tier() default {};

    /**
     * The longest that a cache of two levels answers from this JVM before it asks the shared tier again.
     *
     * @return a duration such as {@code 30s}, zero for as long as the entry lives; empty for the cache's own
     */
    String localTtl() default "";

    /**
     * Among whom concurrent misses of a key share one load.
     *
     * @return one scope, or none for the cache's own; methods of the same cache must not say different ones
     */
    LoadScope[] loadScope() default {};

    /**
     * By what else {@link CacheInvalidate#tags()} finds the value.
     *
     * @return expressions over {@code #result} too, each giving a tag, or a collection or array of tags: {@code "'shop:' +
     *     #shopId"}
     */
    String[] tags() default {};
}
