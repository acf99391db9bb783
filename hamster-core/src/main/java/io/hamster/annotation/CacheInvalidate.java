package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Once the method has returned, entries of a cache are dropped and loads of them that are running don't get into it.
 * Repeat it for several caches.
 *
 * <pre>{@code
 * @CacheInvalidate(name = "users", key = "#user.id")
 * public void rename(User user) { … }
 * }</pre>
 *
 * <p>At most one of {@link #key()}, {@link #keys()}, {@link #tags()} and {@link #all()} is set; with none of them the
 * key is the only parameter, or all of them together. A method that throws drops nothing, unless
 * {@link #beforeInvocation()} is set.
 *
 * <p>In a transaction entries are dropped after the commit, and not after a rollback. Until then the transaction's own
 * reads of them pass the cache by. A future or {@code Mono} that the method returns is waited for. A method with Spring's
 * {@code @Transactional} and {@code REQUIRES_NEW} or {@code NOT_SUPPORTED} is no part of its caller's transaction:
 * entries are dropped when it returns. What any other method changes outside of the transaction, such as a file or another
 * system, is there after a rollback too, and what is cached of it is old then: give such a method one of the two.
 *
 * <p>Expressions and where the annotation works are as for {@link Cached}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Repeatable(CacheInvalidate.List.class)
public @interface CacheInvalidate {

    /**
     * The cache.
     *
     * @return its name, 1 to 250 characters
     */
    String name();

    /**
     * The key to drop.
     *
     * @return an expression over {@code #result} too
     */
    String key() default "";

    /**
     * The keys to drop.
     *
     * @return an expression over {@code #result} too that gives an {@code Iterable} or an array of keys
     */
    String keys() default "";

    /**
     * The tags whose entries to drop.
     *
     * @return expressions over {@code #result} too, each giving a tag, or a collection or array of tags
     */
    String[] tags() default {};

    /**
     * Whether to empty the cache.
     *
     * @return {@code true} for all entries
     */
    boolean all() default false;

    /**
     * Whether anything is dropped at all.
     *
     * @return an expression over {@code #result} too; empty for always
     */
    String condition() default "";

    /**
     * Whether to drop before the method runs as well, and so also if it throws. Expressions then can't use
     * {@code #result}.
     *
     * @return {@code false} for after a successful return only
     */
    boolean beforeInvocation() default false;

    /** Several of them on one method. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @interface List {

        /**
         * The invalidations.
         *
         * @return in order
         */
        CacheInvalidate[] value();
    }
}
