package io.hamster.benchmarks.cache;

import io.hamster.benchmarks.report.Row;
import io.hamster.benchmarks.report.Section;
import io.hamster.benchmarks.report.Side;
import io.hamster.benchmarks.report.Suite;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Hits of caches in memory and of cached methods, against what others offer. */
public final class CacheSuite {

    private static final int WARM_UP = 5;

    private CacheSuite() {}

    /**
     * Makes the suite.
     *
     * @return the suite {@code cache}
     */
    public static Suite create() {
        List<Row> rows = new ArrayList<>();
        localHits(rows, "1 thread", OneThreadLocalHits.class);
        localHits(rows, "2 threads", TwoThreadLocalHits.class);
        orderedHits(rows, "1 thread", OneThreadOrderedHits.class, null);
        orderedHits(rows, "2 threads", TwoThreadOrderedHits.class, 5.0);
        methods(rows);
        sharedHits(rows);
        return new Suite(
                "cache",
                "Caches",
                List.of(
                        OneThreadLocalHits.class,
                        TwoThreadLocalHits.class,
                        OneThreadOrderedHits.class,
                        TwoThreadOrderedHits.class,
                        CachedMethods.class,
                        LocalTierHits.class,
                        RemoteTierHits.class),
                rows,
                List.of(
                        new Section("Conditions", Conditions::report),
                        new Section("Beside the Go library", Figures::report)),
                WARM_UP);
    }

    private static void localHits(List<Row> rows, String threads, Class<?> type) {
        String what = "get, hit, " + threads;
        Side ours = Side.of("HamsterCache", type, "hamster");
        rows.add(new Row(what, ours, Side.of("Caffeine, same settings", type, "caffeine"), 0.85));
        rows.add(new Row(what, ours, Side.of("Caffeine, one expiry, no weights", type, "simpleCaffeine"), null));
        rows.add(new Row(what, ours, Side.of("ConcurrentHashMap", type, "map"), null));
        rows.add(new Row(
                what + ", loader given",
                Side.of("HamsterCache", type, "hamsterWithLoader"),
                Side.of("Caffeine, same settings", type, "caffeine"),
                null));
    }

    private static void orderedHits(List<Row> rows, String threads, Class<?> type, @Nullable Double ofLocked) {
        String lruHit = "get, hit, LRU, " + threads;
        Side lru = Side.of("LRU", type, "hamsterLru");
        boolean judged = ofLocked != null;
        Side lruForEver = Side.of("LRU, no expiry", type, "hamsterLruForEver");
        rows.add(new Row(lruHit, lruForEver, Side.of("synchronized LinkedHashMap", type, "lockedMap"), ofLocked));
        rows.add(new Row(lruHit, lru, Side.of("Caffeine", type, "caffeine"), judged ? 0.7 : null));
        rows.add(new Row(lruHit, lruForEver, Side.of("Caffeine, no counts, no expiry", type, "bareCaffeine"), null));
        rows.add(new Row(lruHit, lru, Side.of("Guava", type, "guava"), null));
        String fifoHit = "get, hit, FIFO, " + threads;
        Side fifo = Side.of("FIFO", type, "hamsterFifo");
        rows.add(new Row(fifoHit, fifo, Side.of("Caffeine", type, "caffeine"), 1.5));
        Side fifoForEver = Side.of("FIFO, no expiry", type, "hamsterFifoForEver");
        rows.add(new Row(fifoHit, fifoForEver, Side.of("Caffeine, no counts, no expiry", type, "bareCaffeine"), 1.5));
        rows.add(new Row(fifoHit, fifo, Side.of("ConcurrentHashMap", type, "map"), null));
    }

    private static void methods(List<Row> rows) {
        Side ours = method(BookContexts.HAMSTER);
        rows.add(methodRow(ours, BookContexts.SPRING_WITHOUT_KEY, 3.0));
        rows.add(methodRow(ours, BookContexts.SPRING, 6.0));
        rows.add(methodRow(ours, BookContexts.JETCACHE, 8.0));
        // At most 1.5 times as long as by hand.
        rows.add(methodRow(ours, BookContexts.BY_HAND, 0.67));
        rows.add(methodRow(ours, BookContexts.BY_HAND_WITH_SPEL, null));
        rows.add(methodRow(ours, BookContexts.NO_CACHE, null));
        rows.add(methodRow(ours, BookContexts.NO_PROXY, null));
        rows.add(methodRow(method(BookContexts.HAMSTER_WITHOUT_KEY), BookContexts.SPRING_WITHOUT_KEY, null));
    }

    private static Row methodRow(Side ours, String theirs, @Nullable Double target) {
        return new Row("call of a cached method, hit", ours, method(theirs), target);
    }

    private static void sharedHits(List<Row> rows) {
        Side twoLevels = shared(LocalTierHits.class, SharedCaches.HAMSTER_TWO_LEVELS);
        // At most twice as long as Caffeine alone.
        rows.add(localTier(twoLevels, SharedCaches.CAFFEINE, 0.5));
        rows.add(localTier(twoLevels, SharedCaches.JETCACHE_TWO_LEVELS, 6.0));
        rows.add(localTier(twoLevels, SharedCaches.REDISSON_TWO_LEVELS, 4.0));
        Side remote = shared(RemoteTierHits.class, SharedCaches.HAMSTER);
        // At most 1.15 times as long.
        rows.add(remoteTier(remote, SharedCaches.LETTUCE, 0.87));
        rows.add(remoteTier(remote, SharedCaches.SPRING, null));
        rows.add(remoteTier(remote, SharedCaches.JETCACHE, null));
        rows.add(remoteTier(remote, SharedCaches.REDISSON, null));
    }

    private static Row localTier(Side ours, String theirs, double target) {
        return new Row("two levels, hit in this JVM", ours, shared(LocalTierHits.class, theirs), target);
    }

    private static Row remoteTier(Side ours, String theirs, @Nullable Double target) {
        return new Row("hit in Redis", ours, shared(RemoteTierHits.class, theirs), target);
    }

    private static Side shared(Class<?> type, String library) {
        return Side.of(library, type, "get", "library", library);
    }

    private static Side method(String caching) {
        return Side.of(caching, CachedMethods.class, "find", "caching", caching);
    }
}
