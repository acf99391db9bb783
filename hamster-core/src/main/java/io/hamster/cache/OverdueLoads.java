package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loads that have passed the hard timeout and still run. One of a key may have a successor beside it; beyond that a
 * pause, which doubles with each, keeps a source that hangs from taking a thread for every timeout. Refusing for good
 * would be no better: a load that never ends would keep its key from ever being loaded again.
 */
final class OverdueLoads<K> {

    private static final int MAX_DOUBLINGS = 20;

    private final ConcurrentHashMap<K, Running> running = new ConcurrentHashMap<>();
    private final TimeSource time;
    private final long hardTimeout;

    OverdueLoads(TimeSource time, long hardTimeout) {
        this.time = time;
        this.hardTimeout = hardTimeout;
    }

    /** A key's loads, and the earliest time for one more. */
    private record Running(Set<Object> loads, long nextAt) {}

    /** Whether a key has to wait until one of its loads ends or its pause is over. */
    boolean isPaused(K key) {
        Running now = running.isEmpty() ? null : running.get(key);
        return now != null && now.nextAt - time.nanoTime() > 0;
    }

    /** To be called before anybody is told that a load is overdue. */
    void begin(K key, Object load) {
        running.merge(key, new Running(Set.of(load), time.nanoTime()), (before, first) -> {
            Set<Object> loads = new HashSet<>(before.loads);
            loads.add(load);
            return new Running(loads, time.nanoTime() + pause(loads.size()));
        });
    }

    /** If it was one of them, the source answers again. */
    void end(K key, Object load) {
        running.computeIfPresent(key, (same, before) -> {
            Set<Object> loads = new HashSet<>(before.loads);
            if (!loads.remove(load)) {
                return before;
            }
            return loads.isEmpty() ? null : new Running(loads, time.nanoTime());
        });
    }

    private long pause(int count) {
        long doubled = 1L << Math.min(count - 1, MAX_DOUBLINGS);
        return hardTimeout > Durations.FOREVER / doubled ? Durations.FOREVER : hardTimeout * doubled;
    }
}
