package io.hamster.lock;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for one key in this JVM. Its lock guards the line and the state of each {@link Acquisition} in it; nothing
 * is called while it is held.
 *
 * <p>A release in this JVM hands the lock over to the head, and other instances hear nothing of it (lock cohorting: Dice,
 * Marathe and Shavit, 2012). Such turns come in rounds of {@link #HAND_OVERS}, or of {@link #SHORT_HAND_OVERS} if they
 * are over within {@link #ROUND_NANOS}, since going from one instance to another takes as long as many short turns.
 * After a round the lock is released for everybody, and the head holds back for two round trips to the store, at least
 * {@link #YIELD_NANOS} and at most {@link #LONGEST_YIELD_NANOS}: time enough for the others to hear of it and ask.
 */
final class KeyQueue {

    private static final int HAND_OVERS = 16;
    private static final int SHORT_HAND_OVERS = 64;
    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final long YIELD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_YIELD_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final String key;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<LockToken, Acquisition> line = new LinkedHashMap<>();
    private final Map<LockToken, Acquisition> atStore = new LinkedHashMap<>();
    private @Nullable LockToken holder;
    private int handOvers;
    private long roundFrom;
    private long yieldUntil;
    private long roundTrip;
    private boolean answered;
    private @Nullable Throwable failure;
    private boolean retired;

    KeyQueue(String key) {
        this.key = key;
    }

    String key() {
        return key;
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** False if the queue was emptied and is no longer in use. */
    boolean enter(Acquisition acquisition) {
        lock.lock();
        try {
            if (!retired) {
                (acquisition.queuesHere() ? line : atStore).put(acquisition.token(), acquisition);
            }
            return !retired;
        } finally {
            lock.unlock();
        }
    }

    /** Takes one out. Guarded by the lock. True if the queue is empty now and must not be used any more. */
    boolean leave(Acquisition acquisition) {
        line.remove(acquisition.token());
        atStore.remove(acquisition.token());
        retired = line.isEmpty() && atStore.isEmpty();
        return retired;
    }

    /** Whether it may talk to the store. Guarded by the lock. */
    boolean mayAsk(Acquisition acquisition) {
        return !acquisition.queuesHere() || first() == acquisition;
    }

    /** The one whose turn it is to ask. Guarded by the lock. */
    @Nullable
    Acquisition first() {
        return line.isEmpty() ? null : line.values().iterator().next();
    }

    /** Until when the head holds back. Guarded by the lock. */
    long yieldUntil() {
        return yieldUntil;
    }

    /** Whether one of this JVM has the lock, so that asking for it is in vain. Guarded by the lock. */
    boolean heldHere() {
        return holder != null;
    }

    /** One of this queue has the lock now. Guarded by the lock. */
    void taken(LockToken token) {
        holder = token;
    }

    /** Another instance got its turn. Guarded by the lock. */
    void foundTaken() {
        handOvers = 0;
    }

    /** The store has answered a request for this key, which took so long. Guarded by the lock. */
    void answered(long nanos) {
        answered = true;
        roundTrip = nanos;
        failure = null;
    }

    /** The store hasn't answered a request for this key. Guarded by the lock. */
    void unanswered(Throwable cause) {
        answered = false;
        failure = cause;
    }

    /** Whether the last request for this key was answered, so that who waits knows it held. Guarded by the lock. */
    boolean isAnswered() {
        return answered;
    }

    /** Why the last request for this key wasn't answered, if that is known. Guarded by the lock. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** Counts a release in this JVM; after too many of them the head holds back. */
    void handingOver(LockToken token, long now) {
        lock.lock();
        try {
            if (token.equals(holder)) {
                holder = null;
            }
            if (!line.isEmpty() && isRoundOver(now)) {
                handOvers = 0;
                yieldUntil = now + Math.min(LONGEST_YIELD_NANOS, Math.max(YIELD_NANOS, 2 * roundTrip));
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isRoundOver(long now) {
        if (handOvers++ == 0) {
            roundFrom = now;
        }
        boolean shortSoFar = now - roundFrom < ROUND_NANOS;
        return handOvers > (shortSoFar ? SHORT_HAND_OVERS : HAND_OVERS);
    }

    /** The head, unless one of this JVM has the lock: then its release is what the head waits for. */
    @Nullable
    Acquisition headIfReleased() {
        lock.lock();
        try {
            return holder == null ? first() : null;
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    Acquisition byToken(LockToken token) {
        lock.lock();
        try {
            Acquisition found = atStore.get(token);
            return found != null ? found : line.get(token);
        } finally {
            lock.unlock();
        }
    }

    /** Everyone who may ask the store. */
    List<Acquisition> active() {
        lock.lock();
        try {
            List<Acquisition> active = new ArrayList<>(atStore.values());
            active.addAll(
                    line.isEmpty()
                            ? List.of()
                            : Collections.singletonList(line.values().iterator().next()));
            return active;
        } finally {
            lock.unlock();
        }
    }

    List<Acquisition> all() {
        lock.lock();
        try {
            List<Acquisition> all = new ArrayList<>(atStore.values());
            all.addAll(line.values());
            return all;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return line.size() + atStore.size();
        } finally {
            lock.unlock();
        }
    }
}
