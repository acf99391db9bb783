package io.hamster.lock.memory;

import io.hamster.lock.LockStatus;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.Renewal;
import io.hamster.lock.LockToken;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The locks of some keys, their waiters and the tombstones of their requests, under one lock. */
final class Stripe {

    private static final int FIRST_SWEEP = 64;
    private static final long NEVER = Long.MAX_VALUE;

    private final MemoryLockStore store;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Grant> held = new HashMap<>();
    private final Map<String, Line> lines = new HashMap<>();
    private final Map<LockToken, Long> tombstones = new HashMap<>();
    private @Nullable Future<?> alarm;
    private long lookAt = NEVER;
    private int sweepHeldAt = FIRST_SWEEP;
    private int sweepTombstonesAt = FIRST_SWEEP;

    Stripe(MemoryLockStore store) {
        this.store = store;
    }

    Answer acquire(Ask ask) {
        lock.lock();
        try {
            long now = store.now();
            if (!tombstones.isEmpty() && tombstones.getOrDefault(ask.token(), now) > now) {
                return new Answer.Refused();
            }
            Grant grant = live(ask.key(), now);
            if (grant != null && grant.token.equals(ask.token())) {
                return new Answer.Granted(grant.fence, Duration.ofNanos(grant.expiresAt - now));
            }
            Line line = lines.get(ask.key());
            if (grant == null && (line == null || line.admits(ask.token(), now))) {
                if (line != null) {
                    remove(line, ask.key(), ask.token());
                }
                return grant(ask, now);
            }
            long freeAt = grant != null ? grant.expiresAt : line == null ? now : line.offeredUntil();
            Duration remaining = Duration.ofNanos(Math.max(0, freeAt - now));
            if (ask.patience().isZero()) {
                return new Answer.Held(remaining);
            }
            if (line == null) {
                line = new Line();
                lines.put(ask.key(), line);
            }
            line.join(ask.token(), now + ask.patience().toNanos());
            look(freeAt, now);
            return new Answer.Queued(remaining);
        } finally {
            lock.unlock();
        }
    }

    Renewal renew(Extension extension) {
        lock.lock();
        try {
            long now = store.now();
            Grant grant = live(extension.key(), now);
            if (grant == null || !grant.token.equals(extension.token())) {
                return new Renewal.NotYours();
            }
            grant.expiresAt = now + extension.lease().toNanos();
            if (lines.containsKey(extension.key())) {
                // The lease may have become shorter than what the line was going to wait for.
                look(grant.expiresAt, now);
            }
            return new Renewal.Renewed(extension.lease());
        } finally {
            lock.unlock();
        }
    }

    /** Releases a token's lock and its place in line; with no token, the lock whoever holds it. */
    boolean release(String key, @Nullable LockToken token, long tombstoneNanos) {
        LockToken next;
        boolean released;
        lock.lock();
        try {
            long now = store.now();
            if (token != null && tombstoneNanos > 0) {
                bury(token, now, tombstoneNanos);
            }
            Grant grant = live(key, now);
            released = grant != null && (token == null || grant.token.equals(token));
            if (released) {
                held.remove(key);
            }
            Line line = lines.get(key);
            if (line != null && token != null) {
                remove(line, key, token);
            }
            next = offer(key, now);
        } finally {
            lock.unlock();
        }
        if (next != null) {
            store.wake(key, next);
        }
        return released;
    }

    Optional<LockStatus> status(String key) {
        lock.lock();
        try {
            long now = store.now();
            return Optional.ofNullable(live(key, now)).map(grant -> grant.status(key, now, store));
        } finally {
            lock.unlock();
        }
    }

    void list(int limit, List<LockStatus> into) {
        lock.lock();
        try {
            long now = store.now();
            for (Map.Entry<String, Grant> entry : held.entrySet()) {
                if (into.size() >= limit) {
                    return;
                }
                if (entry.getValue().expiresAt > now) {
                    into.add(entry.getValue().status(entry.getKey(), now, store));
                }
            }
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return held.size();
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            held.clear();
            lines.clear();
            tombstones.clear();
            if (alarm != null) {
                alarm.cancel(false);
                alarm = null;
            }
            lookAt = NEVER;
        } finally {
            lock.unlock();
        }
    }

    /** Leases or offers may have ended: the next in each line gets its offer. */
    private void lookAgain() {
        Map<String, LockToken> woken = new HashMap<>();
        lock.lock();
        try {
            alarm = null;
            lookAt = NEVER;
            long now = store.now();
            for (String key : List.copyOf(lines.keySet())) {
                Grant grant = live(key, now);
                if (grant != null) {
                    look(grant.expiresAt, now);
                    continue;
                }
                LockToken next = offer(key, now);
                if (next != null) {
                    woken.put(key, next);
                }
            }
        } finally {
            lock.unlock();
        }
        woken.forEach(store::wake);
    }

    /** Has the lines looked at no later than that. */
    private void look(long at, long now) {
        if (at >= lookAt) {
            return;
        }
        if (alarm != null) {
            alarm.cancel(false);
        }
        lookAt = at;
        alarm = store.schedule(this::lookAgain, at - now);
    }

    private @Nullable Grant live(String key, long now) {
        Grant grant = held.get(key);
        if (grant != null && grant.expiresAt <= now) {
            held.remove(key);
            return null;
        }
        return grant;
    }

    private Answer grant(Ask ask, long now) {
        Grant grant = new Grant(ask, store.nextFence(), now + ask.lease().toNanos(), now);
        held.put(ask.key(), grant);
        if (held.size() > sweepHeldAt) {
            held.values().removeIf(old -> old.expiresAt <= now);
            sweepHeldAt = Math.max(FIRST_SWEEP, held.size() * 2);
        }
        if (lines.containsKey(ask.key())) {
            look(grant.expiresAt, now);
        }
        return new Answer.Granted(grant.fence, ask.lease());
    }

    /** Offers a free lock to the first who still waits; the token to wake, or null if nobody is to be woken. */
    private @Nullable LockToken offer(String key, long now) {
        Line line = lines.get(key);
        if (line == null || held.containsKey(key)) {
            return null;
        }
        LockToken next = line.offer(now);
        if (line.isEmpty()) {
            lines.remove(key);
        } else {
            look(line.offeredUntil(), now);
        }
        return next;
    }

    private void remove(Line line, String key, LockToken token) {
        line.remove(token);
        if (line.isEmpty()) {
            lines.remove(key);
        }
    }

    private void bury(LockToken token, long now, long nanos) {
        tombstones.put(token, now + nanos);
        if (tombstones.size() > sweepTombstonesAt) {
            tombstones.values().removeIf(until -> until <= now);
            sweepTombstonesAt = Math.max(FIRST_SWEEP, tombstones.size() * 2);
        }
    }

    private static final class Grant {

        private final LockToken token;
        private final String owner;
        private final long fence;
        private final long acquired;
        private long expiresAt;

        private Grant(Ask ask, long fence, long expiresAt, long acquired) {
            this.token = ask.token();
            this.owner = ask.owner();
            this.fence = fence;
            this.expiresAt = expiresAt;
            this.acquired = acquired;
        }

        private LockStatus status(String key, long now, MemoryLockStore store) {
            return new LockStatus(
                    key, owner, fence, store.wallClockAgo(now - acquired), Duration.ofNanos(expiresAt - now));
        }
    }
}
