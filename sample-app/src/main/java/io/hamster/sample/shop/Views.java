package io.hamster.sample.shop;

import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import org.springframework.stereotype.Service;

/**
 * Counts who looks at an event. A view costs an entry in a journal, not a write in the database: that gets the counts
 * now and then, many at once. Each run of the shop counts for itself, so that nothing is counted twice when a count is
 * written again after a crash, or when another instance counts the same event.
 */
@Service
class Views {

    private final String run = UUID.randomUUID().toString();
    private final HamsterCache<Tally, Long> tallies;
    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock. */
    private final Map<Long, Long> counts = new HashMap<>();

    Views(CacheClient caches) {
        this.tallies = caches.cache("views");
    }

    /** Under the lock, so that the last count that is put is the highest. */
    void seen(long eventId) {
        lock.lock();
        try {
            tallies.put(new Tally(eventId, run), counts.merge(eventId, 1L, Long::sum));
        } finally {
            lock.unlock();
        }
    }

    /** What one run of one instance counts for an event. */
    record Tally(long eventId, String run) {}
}
