package io.hamster.cache;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** A cache's counters, each striped over threads. */
final class Counters {

    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder sets = new LongAdder();
    final LongAdder deletes = new LongAdder();
    final LongAdder loads = new LongAdder();
    final LongAdder loadFailures = new LongAdder();
    final LongAdder loadNanos = new LongAdder();
    final LongAdder evictions = new LongAdder();
    final LongAdder expirations = new LongAdder();
    final LongAdder staleServed = new LongAdder();
    final LongAdder rejections = new LongAdder();
    final LongAdder remoteHits = new LongAdder();
    final LongAdder undecodable = new LongAdder();
    final LongAdder loadsAlone = new LongAdder();
    final LongAdder bytes = new LongAdder();

    /** Counts a read that this JVM's tier couldn't answer, once it is known whether the shared tier could. */
    void asked(boolean isRemoteHit) {
        (isRemoteHit ? remoteHits : misses).increment();
    }

    CacheStats snapshot(long size, long maxMemory) {
        return snapshot(size, maxMemory, 0, 0);
    }

    /**
     * The same of a shared cache.
     *
     * @param undecodableInStore what the store itself couldn't read
     */
    CacheStats snapshot(long size, long maxMemory, long undecodableInStore, long pendingChanges) {
        long remote = remoteHits.sum();
        return new CacheStats(
                hits.sum() + remote,
                misses.sum(),
                sets.sum(),
                deletes.sum(),
                loads.sum(),
                loadFailures.sum(),
                Duration.ofNanos(loadNanos.sum()),
                evictions.sum(),
                expirations.sum(),
                staleServed.sum(),
                rejections.sum(),
                remote,
                undecodable.sum() + undecodableInStore,
                loadsAlone.sum(),
                pendingChanges,
                size,
                Math.max(0, bytes.sum()),
                maxMemory);
    }
}
