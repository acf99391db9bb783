package io.hamster.lock;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A lock that was granted. Not bound to a thread: whoever has the handle may renew and release it. Thread-safe.
 *
 * <p>The handle knows first: it ends at {@link #validUntil()}, counted by this machine's monotonic clock from before the
 * request was sent, whether or not the store can be reached. Once {@link #isValid()} has been false it is never true
 * again. It is true at the moment of asking only; what is done to other systems must carry the {@link #fence()}, so that
 * they can refuse an owner whose time has passed (Kleppmann, "How to do distributed locking", 2016).
 */
public interface LockHandle extends AutoCloseable {

    /**
     * The lock's key.
     *
     * @return the key as it was requested
     */
    String key();

    /**
     * Names this grant to the store. Unguessable, never reused.
     *
     * @return the token's text
     */
    String token();

    /**
     * The fencing number: higher than that of every earlier grant of this key, as far as the store promises it.
     *
     * @return the fence
     */
    long fence();

    /**
     * When the request was sent that got the lock, by this machine's wall clock.
     *
     * @return an instant for people; deadlines are monotonic
     */
    Instant acquiredAt();

    /**
     * When the handle ends, or ended, if it isn't renewed; by this machine's wall clock.
     *
     * @return an instant for people; ask {@link #isValid()} or {@link #remaining()} to decide anything
     */
    Instant validUntil();

    /**
     * How long the handle is still valid if it isn't renewed.
     *
     * @return 0 if it isn't valid
     */
    Duration remaining();

    /**
     * Whether the lock is held, as far as this machine knows. Local and free of I/O.
     *
     * @return true at the moment of asking; never true again after false
     */
    boolean isValid();

    /**
     * Whether the lock is held, as the store sees it. Blocks for one round trip.
     *
     * @return true if the store has this grant and the handle is valid
     * @throws LockUnavailableException if the store doesn't answer
     */
    boolean checkValid();

    /**
     * Does nothing if the handle is valid.
     *
     * @throws LockExpiredException if its deadline has passed
     * @throws LockLostException if the store said that it isn't held any more
     * @throws LockNotHeldException if it was released
     */
    void assertHeld();

    /**
     * Extends the lease to its full length from now, within {@code maxHold}. Blocks for one round trip. Never revives a
     * handle that has ended.
     *
     * @throws LockExpiredException if its deadline has passed
     * @throws LockLostException if the store says that it isn't held any more
     * @throws LockNotHeldException if it was released
     * @throws LockUnavailableException if the store doesn't answer; the handle lives on until its deadline
     */
    void refresh();

    /**
     * As {@link #refresh()}, for another length of time: this renewal and all that follow ask for that lease. Never
     * shortens what the lock has: of two leases, and of two times to keep others out, the longer one counts. After a
     * renewal that the store didn't answer the handle counts on no more than the earlier lease.
     *
     * @param lease from now; &gt; 0, at most 24 h
     * @param atLeastFor how long others are kept out from now on, even if the lock is released before; 0 or more,
     *     at most 24 h
     * @throws io.hamster.InvalidExpirationException if one is out of range, the second is longer than the request's
     *     {@code maxHold}, or the request switched renewal off and the second is longer than the first
     * @throws LockExpiredException if its deadline has passed
     * @throws LockLostException if the store says that it isn't held any more
     * @throws LockNotHeldException if it was released
     * @throws LockUnavailableException if the store doesn't answer; the handle lives on until its deadline
     */
    void extend(Duration lease, Duration atLeastFor);

    /**
     * Renews by itself from now on, at this interval instead of a third of the lease, and even if the request switched
     * renewal off.
     *
     * @param interval from one renewal to the next; &gt; 0, shorter than the lease. At most nine tenths of what the
     *     handle counts on of its lease are used, so that a renewal comes before its end
     * @param timeout how long one renewal may remain unanswered before it is sent again; &gt; 0
     * @throws IllegalArgumentException if one is out of range
     */
    void autoRefresh(Duration interval, Duration timeout);

    /**
     * Renews no more by itself: the lock ends with its present lease, or with the one that a renewal under way may still
     * get. Only where others must be kept out for longer, by the request's {@code atLeastFor} or {@link #extend}, it is
     * renewed until a lease reaches that far. {@link #autoRefresh} begins again. Doesn't block.
     */
    void stopRefresh();

    /**
     * Calls back as soon as a thread can when the lock is lost: its deadline has passed, or the store said it isn't held
     * any more. At once if that has happened already; never after a release. Each callback runs at most once.
     *
     * @param callback given this handle; should be short
     */
    void onLost(Consumer<? super LockHandle> callback);

    /**
     * Releases the lock. Runs to its end even if the thread is interrupted, whose flag then stays set. The handle isn't
     * valid from the call on, whatever comes of it.
     *
     * @throws LockNotHeldException if it was released before
     * @throws LockExpiredException if its deadline had passed
     * @throws LockLostException if the store says that it wasn't held any more
     * @throws LockUnavailableException if the store doesn't answer; the release is tried again in the background, and
     *     the lease runs out in any case
     */
    void unlock();

    /**
     * Releases the lock without blocking. The stage may complete on a thread that answers of the store come on, or
     * renewals are sent on: what depends on it must not block there; take the methods that run it elsewhere, such as
     * {@link CompletableFuture#thenRunAsync(Runnable, java.util.concurrent.Executor)}.
     *
     * @return completes when the store has answered; fails as {@link #unlock()} throws
     */
    CompletableFuture<Void> unlockAsync();

    /**
     * Releases the lock if it is still held, for use with {@code try}. Never throws: a lock that is gone needs no
     * release, and a release that the store doesn't answer is logged and tried again in the background.
     */
    @Override
    void close();
}
