package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Values of a {@link Cached} method that are read are reloaded in the background, so that callers don't wait for them once
 * they are there, as long as the source keeps up.
 *
 * <pre>{@code
 * @Cached(name = "rates", key = "#currency", ttl = "10m")
 * @CacheRefresh(interval = "1m", stopAfterIdle = "30m")
 * public Rate rate(String currency) { … }
 * }</pre>
 *
 * <p>Every interval the method runs again with the arguments of the key's last read, and its value takes the old one's
 * place. If it fails, the old value stays until it expires and the method is tried again. A value that nobody has read for
 * {@link #stopAfterIdle()} is left alone until somebody reads it; one that was invalidated or evicted, until it is loaded
 * again. Of several instances that share a cache of two levels, one runs the method in each interval; of those that share
 * just its loads, one does for all that come to it within the lease timeout.
 *
 * <p>The method runs on another thread and, unless it returns a {@code Mono}, without its caller's context: no transaction,
 * request, user or trace. A {@code Mono} is given the context of the key's last reader.
 *
 * <p>It is the cache that refreshes, and so all its values that are read through {@link Cached} methods.
 * {@link Cached#ttl()} beside this becomes the cache's own time to live and has to be longer than the interval, as does
 * {@link Cached#localTtl()}. The tier can't be {@code REMOTE}, and {@code refresh-ahead} can't be set too.
 *
 * <p>{@code hamster.cache.caches.<name>.refresh-interval}, where 0 is never, and {@code .stop-refresh-after-idle} win over
 * the annotation. Attributes may hold placeholders. A wrong one is refused at start, as is the annotation without
 * {@link Cached}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface CacheRefresh {

    /**
     * How often a value is reloaded.
     *
     * @return a positive duration such as {@code 1m} or {@code PT1M}, shorter than the time to live
     */
    String interval();

    /**
     * How long after its last read a value is no longer reloaded.
     *
     * @return a duration such as {@code 30m}, at least the interval; empty for the cache's own, which is 10 intervals
     *     unless set
     */
    String stopAfterIdle() default "";
}
