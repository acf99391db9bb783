package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Once the method has returned, entries are dropped from the cache, after the transaction's commit if one is in
 * progress.
 *
 * <pre>{@code
 * @CacheInvalidate(name = "users", key = "#id")
 * public void delete(long id) { … }
 *
 * @CacheInvalidate(name = "books", tags = "'author:' + #author.id")
 * public void rename(Author author) { … }
 * }</pre>
 *
 * <p>Set at most one of {@link #key}, {@link #keys}, {@link #tags} and {@link #all}; none of them means the key that
 * {@link Cached} would use by default. If the method fails, nothing is changed. Loads that are running at that moment
 * aren't published. Expressions are those of {@link Cached}; all of them may use {@code #result}.
 */
@Documented
@Repeatable(CacheInvalidate.All.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface CacheInvalidate {

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
     * The key to drop.
     *
     * @return an expression
     */
    String key() default "";

    /**
     * The keys to drop.
     *
     * @return an expression that gives a collection or an array
     */
    String keys() default "";

    /**
     * The tags whose entries to drop.
     *
     * @return expressions, each giving a text or a collection of them
     */
    String[] tags() default {};

    /**
     * Whether to drop everything.
     *
     * @return {@code false} by default
     */
    boolean all() default false;

    /**
     * Whether anything is dropped.
     *
     * @return an expression; by default it is
     */
    String condition() default "";

    /** Several invalidations on one method. */
    @Documented
    @Retention(RetentionPolicy.RUNTIME)
    @Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
    @interface All {

        /**
         * The invalidations.
         *
         * @return in the order in which they are made
         */
        CacheInvalidate[] value();
    }
}
