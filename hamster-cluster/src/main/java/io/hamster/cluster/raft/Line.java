package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who waits for one lock, first come first served. Due when the holder's lease ends or, if the free lock is on offer to
 * the first, when that offer does.
 */
final class Line extends Deadlines.Timed {

    final String key;

    /** Whether the lock is free and kept for the first. */
    boolean offered;

    private final Map<LockToken, Waiter> waiters = new LinkedHashMap<>();

    Line(String key, long serial, long dueAt) {
        super(serial, dueAt);
        this.key = key;
    }

    @Nullable
    Waiter get(LockToken token) {
        return waiters.get(token);
    }

    void join(Waiter waiter) {
        waiters.put(waiter.token, waiter);
    }

    /** Takes one out; an offer that was made to it is withdrawn. */
    void remove(Waiter waiter) {
        if (offered && first() == waiter) {
            offered = false;
        }
        waiters.remove(waiter.token);
    }

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    /** Only of a line in which somebody waits. */
    Waiter first() {
        return waiters.values().iterator().next();
    }

    Collection<Waiter> waiters() {
        return waiters.values();
    }
}
