package io.hamster.lock.memory;

import io.hamster.lock.LockToken;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who waits for one lock, first come first served, and who has been offered it. Guarded by its stripe's lock. */
final class Line {

    /** How long a free lock is kept for the one whose turn it is. */
    private static final long OFFER_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<LockToken, Long> waitUntil = new LinkedHashMap<>();
    private @Nullable LockToken offered;
    private long offeredUntil;

    /** Adds a waiter at the end, or keeps its place and extends its patience. */
    void join(LockToken token, long until) {
        waitUntil.put(token, until);
    }

    void remove(LockToken token) {
        waitUntil.remove(token);
        if (token.equals(offered)) {
            offered = null;
        }
    }

    boolean isEmpty() {
        return waitUntil.isEmpty();
    }

    /** Whether a free lock may go to that token: it was offered to it, or to nobody who still waits. */
    boolean admits(LockToken token, long now) {
        if (offered == null || offeredUntil <= now) {
            dropTheImpatient(now);
            Iterator<LockToken> first = waitUntil.keySet().iterator();
            return !first.hasNext() || first.next().equals(token);
        }
        return token.equals(offered);
    }

    /** Offers the lock to the first who still waits, unless it is on offer; who is to be woken, or null. */
    @Nullable
    LockToken offer(long now) {
        if (offered != null && offeredUntil > now) {
            return null;
        }
        if (offered != null) {
            // Had its chance.
            waitUntil.remove(offered);
            offered = null;
        }
        dropTheImpatient(now);
        Iterator<LockToken> first = waitUntil.keySet().iterator();
        if (first.hasNext()) {
            offered = first.next();
            offeredUntil = now + OFFER_NANOS;
        }
        return offered;
    }

    long offeredUntil() {
        return offeredUntil;
    }

    private void dropTheImpatient(long now) {
        waitUntil.values().removeIf(until -> until <= now);
    }
}
