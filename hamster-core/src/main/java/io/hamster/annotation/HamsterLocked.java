package io.hamster.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The method runs while it holds a lock; of all callers with the same key one runs at a time, as far as the lock store
 * reaches.
 *
 * <pre>{@code
 * @HamsterLocked(name = "order", key = "#orderId", waitFor = "5s", lease = "30s")
 * @Transactional
 * public void pay(long orderId) { … }
 * }</pre>
 *
 * <p>The lock's key is {@code name + ":" + key}, or the one of them that is given. A key that evaluates to a collection
 * or an array, and several of these annotations on one method, stand for several locks: without duplicates (the first
 * one's settings count), acquired in the order of their keys whatever the order of the annotations, so that two callers
 * never wait for each other; all waits count from the same begin; released in reverse. Losing one loses all: the others
 * are released. A key that is null, empty or has no text of its own is an error, never a call without a lock.
 *
 * <p>The lock is taken before a transaction that the same method begins and released after its commit; called inside a
 * running transaction, it is held until that one ends, and a warning says so once. A method that returns a future or a
 * {@code Mono} is called on another thread and so is never part of its caller's transaction. A method that returns a
 * {@code CompletableFuture}, a {@code CompletionStage} or a {@code Mono} holds it until that completes and is acquired
 * without blocking, a {@code Mono}'s once for each subscription; cancelled, it is no longer renewed and, unless the work
 * is known to have ended, runs out by itself. The handle, with its fence, is {@code LockContext.current()} inside of the
 * method, and under the key {@code LockHandle.class} in a {@code Mono}'s context.
 *
 * <p>A method that returns although a lock was lost meanwhile fails with {@code LockExpiredException} or
 * {@code LockLostException}: its work was not protected to its end.
 *
 * <p>Works on public, protected and package-private methods of beans that are called through their proxy, also when the
 * annotation is on an interface's method. Refused at start: private, static and final methods; return types whose end
 * can't be seen, such as {@code Flux} or a plain {@code Future}; and every attribute that can't work.
 *
 * <p>Durations are written as {@code 30s}, {@code 500ms}, {@code 2m} or {@code PT1M}; a number other than 0
 * without a unit is refused. All text attributes but {@link #fallback} may contain placeholders,
 * <code>&#36;{shop.lease:30s}</code>. Usable on annotations, to compose others.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Repeatable(HamsterLocks.class)
public @interface HamsterLocked {

    /** {@link #retryCount} for "as configured, or without limit if {@link #waitFor} is all that is said of the wait". */
    int DEFAULT_COUNT = Integer.MIN_VALUE;

    /** {@link #retryJitter} for "as configured". */
    double DEFAULT_JITTER = -1;

    /**
     * What the lock is about; the first part of its key.
     *
     * @return a text without expression; empty for none
     */
    String name() default "";

    /**
     * What tells this lock from others of the same name: a SpEL expression over the parameters ({@code #orderId},
     * {@code #p0}), {@code #root} and beans ({@code @tenants.current()}).
     *
     * @return an expression; empty for one lock for all calls
     */
    String key() default "";

    /**
     * How long to wait for the lock over all, counted from the call. Without any of {@link #retry}, {@link #retryCount},
     * {@link #retryBase}, {@link #retryCap} and {@link #retryJitter} the wait lasts that long, whatever
     * {@code hamster.lock.retry.count} says; {@code 0} asks once.
     *
     * @return 0 to 365 days; empty for {@code hamster.lock.timeout} and {@code hamster.lock.retry}
     */
    String waitFor() default "";

    /**
     * How long the lock outlives its holder's last sign of life. It is renewed while the method runs.
     *
     * @return more than 0, at most 24 h; empty for {@code hamster.lock.lease}
     */
    String lease() default "";

    /**
     * The shortest time others are kept out, counted from the grant, even if the method returns earlier. The caller
     * doesn't wait for it, and a shutdown doesn't end it. Beside {@code @Scheduled} it keeps instances whose clocks
     * differ from running a short job twice.
     *
     * @return 0 to 24 h, at most {@link #maxHold}; empty for 0
     */
    String atLeastFor() default "";

    /**
     * The longest time the lock is held: from then on it is lost, even if the method still runs.
     *
     * @return more than 0, at most 365 days; empty for no limit
     */
    String maxHold() default "";

    /**
     * How the pauses between attempts grow. Attempts are a safety net: a release wakes the next waiter.
     *
     * @return the growth
     */
    Backoff retry() default Backoff.DEFAULT;

    /**
     * The most attempts after the first, not counting those that a wake-up or the end of the holder's lease causes.
     *
     * @return 0 or more; -1 for no limit but {@link #waitFor}. Unless set: no limit if {@link #waitFor} is given and no
     *     other attribute says how to retry, else {@code hamster.lock.retry.count}
     */
    int retryCount() default DEFAULT_COUNT;

    /**
     * The first pause.
     *
     * @return more than 0, at most 24 h; empty for {@code hamster.lock.retry.base}
     */
    String retryBase() default "";

    /**
     * The longest pause.
     *
     * @return at least {@link #retryBase} if that is given (a longer configured base is cut to this), at most 24 h;
     *     empty for {@code hamster.lock.retry.cap}
     */
    String retryCap() default "";

    /**
     * By which part a pause may be shortened at random.
     *
     * @return 0 (never) to 1; -1 for {@code hamster.lock.retry.jitter}
     */
    double retryJitter() default DEFAULT_JITTER;

    /**
     * What happens when another owner keeps the lock. A store that can't be reached is always an error.
     *
     * @return the reaction; ignored if there is a {@link #fallback}
     */
    OnFailure onFailure() default OnFailure.THROW;

    /**
     * The method that is called instead when another owner keeps the lock: of the same class, with the same parameters
     * and, if it likes, a {@code LockNotAcquiredException} as one more; any visibility. It runs without the lock.
     *
     * @return a method's name; empty for none
     */
    String fallback() default "";

    /**
     * What happens when the lock is lost while the method runs.
     *
     * @return the reaction
     */
    OnLost onLost() default OnLost.FLAG;

    /**
     * Whether code that holds the lock already may enter. Otherwise it fails at once, because it would wait for itself.
     *
     * @return false unless switched on; impossible for methods that return a future or a {@code Mono}
     */
    boolean reentrant() default false;

    /** How pauses grow. */
    enum Backoff {
        /** As {@code hamster.lock.retry.strategy} says. */
        DEFAULT,
        /** Equal pauses. */
        FIXED,
        /** Base, 2 × base, 3 × base … */
        LINEAR,
        /** Base, 2 × base, 4 × base … */
        EXPONENTIAL
    }

    /** The reactions to a lock that another owner keeps. */
    enum OnFailure {
        /** Throw {@code LockNotAcquiredException}. */
        THROW,
        /**
         * Don't run the method: return {@code null}, an empty {@code Optional}, a completed future or an empty
         * {@code Mono}. Refused at start for methods that return a primitive.
         */
        SKIP
    }

    /** The reactions to the loss of a held lock. */
    enum OnLost {
        /** The method runs on; its handle isn't valid any more. */
        FLAG,
        /** As {@link #FLAG}, and the running thread is interrupted, once. Refused at start for asynchronous methods. */
        INTERRUPT
    }
}
