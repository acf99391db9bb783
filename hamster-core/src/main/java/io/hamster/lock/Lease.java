package io.hamster.lock;

import io.hamster.lock.LockListener.Loss;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * The life of one grant: pending, live until a deadline, ended for one reason and for good.
 *
 * <p>{@link #word} is its whole state: not negative, it is the deadline of a live lease; negative, it is the complement
 * of (last deadline, reason of the end). Every change is a compare-and-set, and whoever reads a deadline that has passed
 * ends the lease before saying so: that is why a renewal's late answer can't revive it.
 */
abstract class Lease extends SharedTimer.Item {

    /** What {@link #release} returns if there was nothing to release. */
    static final long NOTHING = -1;

    private static final AtomicLongFieldUpdater<Lease> WORD = AtomicLongFieldUpdater.newUpdater(Lease.class, "word");

    private static final int PENDING = 0;
    private static final int RELEASED = 1;
    private static final int EXPIRED = 2;
    private static final int LOST = 3;
    private static final int REASON_BITS = 2;
    private static final int REASON_MASK = (1 << REASON_BITS) - 1;

    private volatile long word = ended(0, PENDING);

    /** The client's clock; asked by every method that depends on the time. */
    abstract Clock clock();

    /** Called once, by the thread that ended a live lease otherwise than by a release. */
    abstract void lost(Loss loss);

    /** Makes a pending lease a live one. False if it was abandoned. */
    final boolean begin(long deadline) {
        return WORD.compareAndSet(this, ended(0, PENDING), deadline);
    }

    /** Makes sure that a pending lease never becomes a live one. */
    final void abandon() {
        WORD.compareAndSet(this, ended(0, PENDING), ended(0, LOST));
    }

    /** Whether it is live now; never true again after false. */
    final boolean live() {
        for (long w = word; w >= 0; w = word) {
            if (clock().now() < w) {
                return true;
            }
            expire(w);
        }
        return false;
    }

    /** Moves the deadline of a live lease, never back. False if it has ended. */
    final boolean extend(long deadline) {
        for (long w = word; w >= 0; w = word) {
            if (clock().now() >= w) {
                expire(w);
            } else if (deadline <= w || WORD.compareAndSet(this, w, deadline)) {
                return true;
            }
        }
        return false;
    }

    /** Takes a live lease away from its holder. False if it had ended. */
    final boolean takeAway() {
        for (long w = word; w >= 0; w = word) {
            if (clock().now() >= w) {
                expire(w);
            } else if (end(w, LOST)) {
                lost(Loss.LOST);
                return true;
            }
        }
        return false;
    }

    /** Ends a live lease at its holder's will. When that was, or {@link #NOTHING} if it had ended. */
    final long release() {
        for (long w = word; w >= 0; w = word) {
            long now = clock().now();
            if (now >= w) {
                expire(w);
            } else if (end(w, RELEASED)) {
                return now;
            }
        }
        return NOTHING;
    }

    /** When it ends or ended; 0 if it never began. */
    final long deadline() {
        long w = word;
        return w >= 0 ? w : ~w >> REASON_BITS;
    }

    /** Whether somebody or something has ended it already. Says nothing about the deadline. */
    final boolean hasEnded() {
        return word < 0;
    }

    /** Why an ended lease isn't held. */
    final LockException endedAs(String key) {
        return switch ((int) (~word & REASON_MASK)) {
            case EXPIRED -> new LockExpiredException(key);
            case LOST -> new LockLostException(key);
            default -> new LockNotHeldException(key);
        };
    }

    private void expire(long w) {
        if (end(w, EXPIRED)) {
            lost(Loss.EXPIRED);
        }
    }

    private boolean end(long w, int reason) {
        return WORD.compareAndSet(this, w, ended(w, reason));
    }

    private static long ended(long deadline, int reason) {
        return ~(deadline << REASON_BITS | reason);
    }
}
