package io.hamster.cache;

import java.time.Duration;

/**
 * What a cache did since it was made. The counters are read one after another, not in one instant.
 *
 * @param hits reads answered from the cache, from whichever tier, remembered absences among them
 * @param misses reads that were not. In a shared cache, reads that this JVM couldn't answer count once it is known what
 *     does, those that wait for another's load by what that finds
 * @param sets values put by callers; loads aren't counted here
 * @param deletes entries that invalidation, deletion or clearing by this instance removed; one that was in both tiers
 *     counts once, and of what only the shared tier had, neither tags nor clearing tell. What other instances removed isn't
 *     counted
 * @param loads loads that ended, one per key
 * @param loadFailures those that ended with an exception
 * @param loadTime the time spent in loads, all together; one that loaded several keys counts once
 * @param evictions entries that left because the cache was full
 * @param expirations entries reclaimed after their time to live
 * @param staleServed reads answered with an expired value
 * @param rejections misses answered by the Bloom guard without a load
 * @param remoteHits hits that were answered by the shared tier or by a journal in it
 * @param undecodable what was found in the shared tier and couldn't be read, being foreign, damaged or not of the declared
 *     type; it counts as nothing, and reads load again
 * @param loadsAlone loads with {@link LoadScope#CLUSTER} that were not shared with other instances, because the shared tier
 *     couldn't be asked or the value not be handed on
 * @param pendingChanges keys and tags whose change the shared tier hasn't confirmed; the whole cache counts as one
 * @param size entries in this JVM now, expired but not yet reclaimed ones among them, and what a dirty
 *     entry will replace
 * @param memory their bytes as weighed
 * @param maxMemory the bound on those bytes
 */
public record CacheStats(
        long hits,
        long misses,
        long sets,
        long deletes,
        long loads,
        long loadFailures,
        Duration loadTime,
        long evictions,
        long expirations,
        long staleServed,
        long rejections,
        long remoteHits,
        long undecodable,
        long loadsAlone,
        long pendingChanges,
        long size,
        long memory,
        long maxMemory) {

    /**
     * The share of reads that were hits.
     *
     * @return 0 to 1; 0 when nothing was read
     */
    public double hitRate() {
        long reads = hits + misses;
        return reads == 0 ? 0 : (double) hits / reads;
    }
}
