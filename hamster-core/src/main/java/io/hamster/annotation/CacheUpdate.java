package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method always runs, and its value takes the place of what is cached. If there is no value ({@code null}, an empty
 * {@code Optional} or {@code Mono}), what is cached is dropped, and the absence remembered if the cache does that.
 *
 * <pre>{@code
 * @CacheUpdate(name = "users", key = "#result.id")
 * public User save(User user) { … }
 * }</pre>
 *
 * <p>In a transaction the value is cached after the commit, and not at all after a rollback. Until then the transaction's
 * own reads of the key pass the cache by. A method that throws changes nothing. A method with Spring's
 * {@code @Transactional} and {@code REQUIRES_NEW} or {@code NOT_SUPPORTED} is no part of its caller's transaction: its
 * value is cached when it returns.
 *
 * <p>Should the same key have been updated or invalidated before the transaction committed or, without one, while the
 * method ran, the key is dropped instead, since nobody can tell whose value is newer. What the method itself does to the key
 * counts too, in a shared tier also a load of it; and now and then it is dropped in vain, as {@code CacheTicket} says. What
 * goes through a writer is in order by itself.
 *
 * <p>Without a transaction, an update of a cache whose entries are in a shared tier just takes the place of what is cached
 * if the cache has the {@code loadScope} {@code CLUSTER}; if the key is known only afterwards, because it uses
 * {@code #result} or the method sets it; or if a thread that mustn't block calls a method that returns the value itself:
 * invalidate there instead where two may update a key at once. Elsewhere that tier is asked before the method runs, for
 * which the key is evaluated once more: on such a thread a method that returns a future, or the subscription to a
 * {@code Mono}, then goes on on another one. A method that runs for more than a minute, or twice the cache's
 * {@code hardTimeout} if that is longer, has its key dropped.
 *
 * <p>Return types, expressions and where the annotation works are as for {@link Cached}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface CacheUpdate {

    /**
     * The cache.
     *
     * @return its name, 1 to 250 characters
     */
    String name();

    /**
     * The key.
     *
     * @return an expression over {@code #result} too, which may be evaluated more than once; empty for the only parameter,
     *     or all of them together
     */
    String key() default "";

    /**
     * Whether the cache is updated at all.
     *
     * @return an expression over {@code #result} too; empty for always
     */
    String condition() default "";

    /**
     * Whether a value is kept out of the cache, which then stays as it is.
     *
     * @return an expression over {@code #result} too; empty for never
     */
    String unless() default "";

    /**
     * How long the value is served.
     *
     * @return a positive duration such as {@code 10m} or {@code PT10M}; empty for the cache's own
     */
    String ttl() default "";

    /**
     * By what else {@link CacheInvalidate#tags()} finds the value.
     *
     * @return expressions over {@code #result} too, each giving a tag or a collection of tags
     */
    String[] tags() default {};
}
