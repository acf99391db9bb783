package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Readers, loads and invalidations race over a versioned source of truth. Once an invalidation has returned, no read
 * that begins later may see a version from before it. The faults that are planted show that the checker sees them.
 */
class StalePublishTests {

    private static final int KEYS = 4;

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

    /** How a version is made known to the cache. */
    enum Invalidation {
        KEY,
        TAG,
        LATE_TAG,
        ALL,
        PUT
    }

    @AfterEach
    void stop() {
        threads.shutdownNow();
        scheduler.shutdownNow();
    }

    @ParameterizedTest
    @EnumSource
    void noReadSeesAVersionFromBeforeAnInvalidation(Invalidation invalidation) throws Exception {
        Race race = new Race(Admission.STRICT, invalidation);

        race.run(() -> race.loads.get() < 2_000);

        assertThat(race.staleReads).hasValue(0);
    }

    @ParameterizedTest
    @EnumSource(names = {"KEY", "PUT"})
    void theCheckerSeesLoadsThatOvertakeAnInvalidationOfTheirKey(Invalidation invalidation) throws Exception {
        assertSeen(new Race((isCurrent, tagsUntouched) -> tagsUntouched, invalidation));
    }

    @Test
    void theCheckerSeesLoadsThatOvertakeAnInvalidationOfTheirTag() throws Exception {
        assertSeen(new Race((isCurrent, tagsUntouched) -> isCurrent, Invalidation.LATE_TAG));
    }

    private static void assertSeen(Race race) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);

        race.run(() -> race.staleReads.get() == 0 && System.nanoTime() - end < 0);

        assertThat(race.staleReads).hasValueGreaterThan(0);
    }

    private final class Race {

        private final Invalidation invalidation;
        private final LocalCache<Integer, Long> cache;
        private final AtomicLongArray source = new AtomicLongArray(KEYS);
        private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS);
        private final AtomicLong staleReads = new AtomicLong();
        private final AtomicInteger loads = new AtomicInteger();

        Race(Admission admission, Invalidation invalidation) {
            this.invalidation = invalidation;
            CachePolicy policy =
                    CachePolicy.builder().defaultTtl(Duration.ofMinutes(1)).build();
            CacheRuntime runtime = new CacheRuntime(
                    TimeSource.system(), threads, threads, scheduler, () -> 0, () -> false, new LoadGraph());
            this.cache = new LocalCache<>("race", policy, runtime, admission);
        }

        void run(BooleanSupplier on) throws Exception {
            List<Future<?>> racers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                racers.add(threads.submit(() -> repeat(on, this::read)));
            }
            // One writer a key, so that a put can't carry an older version than the one before it.
            racers.add(threads.submit(() -> repeat(on, this::write)));
            for (Future<?> racer : racers) {
                racer.get(60, TimeUnit.SECONDS);
            }
        }

        private static void repeat(BooleanSupplier on, Runnable step) {
            while (on.getAsBoolean()) {
                step.run();
            }
        }

        private void read() {
            int key = ThreadLocalRandom.current().nextInt(KEYS);
            long floor = acknowledged.get(key);
            long seen = invalidation == Invalidation.LATE_TAG
                    ? cache.get(key, this::load, value -> EntryOptions.tags("t" + key))
                            .orElseThrow()
                    : cache.get(key, this::load, EntryOptions.tags("t" + key)).orElseThrow();
            if (seen < floor) {
                staleReads.incrementAndGet();
            }
        }

        private long load(int key) {
            loads.incrementAndGet();
            long version = source.get(key);
            Thread.yield();
            return version;
        }

        private void write() {
            int key = ThreadLocalRandom.current().nextInt(KEYS);
            long version = source.incrementAndGet(key);
            switch (invalidation) {
                case KEY -> cache.invalidate(key);
                case TAG, LATE_TAG -> cache.invalidateTags(Set.of("t" + key));
                case ALL -> cache.clear();
                case PUT -> {
                    if (version % 2 == 0) {
                        cache.put(key, version);
                    } else {
                        cache.invalidate(key);
                    }
                }
            }
            acknowledged.set(key, version);
        }
    }
}
