package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** LRU and FIFO: exact order for one thread, exact bounds and books for many. */
class OrderedEngineTests {

    private static final int ROOM = 20;

    private final ManualTime time = new ManualTime();

    private LocalCache<Integer, Integer> cache(CachePolicyBuilder policy) {
        return new LocalCache<>(
                "ordered",
                policy.build(),
                new CacheRuntime(
                        time, Runnable::run, Runnable::run, time.scheduler(), () -> 0, () -> false, new LoadGraph()),
                Admission.STRICT);
    }

    private static CachePolicyBuilder policy(Eviction eviction) {
        return CachePolicy.builder().eviction(eviction).weigher((key, value) -> 1);
    }

    @ParameterizedTest
    @CsvSource({"LRU, 1", "LRU, 2", "LRU, 3", "FIFO, 1", "FIFO, 2", "FIFO, 3"})
    void evictsInExactlyItsOrderWhenOneThreadUsesIt(Eviction eviction, long seed) {
        List<Integer> evicted = new ArrayList<>();
        LocalCache<Integer, Integer> cache = cache(policy(eviction).maxSize(ROOM));
        cache.onRemoval((key, value, cause) -> {
            if (cause == RemovalCause.EVICTED) {
                evicted.add(key);
            }
        });
        List<Integer> expected = new ArrayList<>();
        Map<Integer, Integer> model = new LinkedHashMap<>(16, 0.75f, eviction == Eviction.LRU) {
            @Override
            protected boolean removeEldestEntry(Map.Entry<Integer, Integer> eldest) {
                if (size() > ROOM) {
                    expected.add(eldest.getKey());
                    return true;
                }
                return false;
            }
        };
        Random random = new Random(seed);

        for (int i = 0; i < 20_000; i++) {
            int key = random.nextInt(3 * ROOM);
            int what = random.nextInt(10);
            if (what < 5) {
                assertThat(cache.get(key).orElse(null)).isEqualTo(model.get(key));
            } else if (what < 9) {
                cache.put(key, i);
                model.put(key, i);
            } else {
                cache.invalidate(key);
                model.remove(key);
            }
        }

        assertThat(expected).hasSizeGreaterThan(1000);
        assertThat(evicted).isEqualTo(expected);
        assertThat(cache.stats().size()).isEqualTo(model.size());
    }

    /** Then the uses of fresh entries aren't noted; those of the others have to be. */
    @Test
    void keepsWhatIsUsedWhenThreadsShareIt() throws Exception {
        LocalCache<Integer, Integer> cache = cache(policy(Eviction.LRU).maxSize(800));
        for (int key = 0; key < 800; key++) {
            cache.put(key, key);
        }
        cache.get(0);
        Thread other = new Thread(() -> cache.get(0));
        other.start();
        other.join();

        for (int key = 0; key < 800; key += 2) {
            cache.get(key);
        }
        for (int key = 1000; key < 1400; key++) {
            cache.put(key, key);
        }

        for (int key = 0; key < 800; key += 2) {
            assertThat(cache.get(key)).contains(key);
        }
    }

    /** What it had noted before would otherwise be taken for used only when something is written. */
    @Test
    void takesInTheUsesOfThreadsThatWentIdle() throws Exception {
        LocalCache<Integer, Integer> cache = cache(policy(Eviction.LRU).maxSize(800));
        for (int key = 0; key < 800; key++) {
            cache.put(key, key);
        }
        cache.get(0);
        for (int key = 0; key < 8; key++) {
            int own = key;
            Thread idle = new Thread(() -> cache.get(own));
            idle.start();
            idle.join();
        }

        for (int pass = 0; pass < 4; pass++) {
            for (int key = 8; key < 800; key++) {
                cache.get(key);
            }
        }
        for (int key = 1000; key < 1008; key++) {
            cache.put(key, key);
        }

        for (int key = 8; key < 800; key++) {
            assertThat(cache.get(key)).contains(key);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"LRU", "FIFO"})
    void evictsByMemoryInOrder(Eviction eviction) {
        LocalCache<Integer, Integer> cache =
                cache(policy(eviction).maxMemory(100).weigher((Weigher<Integer, Integer>) (key, value) -> value));
        cache.put(1, 40);
        cache.put(2, 40);
        cache.get(1);

        cache.put(3, 50);

        assertThat(cache.get(eviction == Eviction.LRU ? 1 : 2)).isPresent();
        assertThat(cache.get(eviction == Eviction.LRU ? 2 : 1)).isEmpty();
        cache.put(4, 101);
        assertThat(cache.get(4)).as("too heavy by itself").isEmpty();
        assertThat(cache.get(3)).as("and nobody else goes for it").isPresent();
        cache.put(3, 10);
        assertThat(cache.stats().memory()).isEqualTo(50);
    }

    @Test
    void reclaimsInTheOrderOfExpiry() {
        LocalCache<Integer, Integer> cache = cache(policy(Eviction.FIFO));
        Random random = new Random(7);
        for (int key = 0; key < 500; key++) {
            cache.put(key, key, EntryOptions.ttl(Duration.ofSeconds(10L + random.nextInt(500))));
        }
        for (int key = 0; key < 500; key += 3) {
            cache.put(key, key, EntryOptions.ttl(Duration.ofSeconds(10L + random.nextInt(500))));
        }
        for (int key = 1; key < 500; key += 3) {
            cache.invalidate(key);
        }
        assertThat(cache.stats().size()).isGreaterThan(300);

        for (int seconds = 0; seconds < 520; seconds += 20) {
            time.advance(Duration.ofSeconds(20));
            long kept = cache.stats().size();
            cache.tier().cleanUp();
            // Reclaiming by the timer may lag by its pace, a second or so of expiries.
            assertThat(cache.stats().size()).isBetween(kept - 5, kept);
        }

        assertThat(cache.stats().size()).isZero();
        assertThat(cache.stats().memory()).isZero();
        assertThat(time.pendingTasks())
                .as("nothing is scheduled for an empty cache")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"LRU", "FIFO"})
    void keepsForEverOnlyWhatHasNoEnd(Eviction eviction) {
        LocalCache<Integer, Integer> cache = cache(policy(eviction));
        Duration century = Duration.ofDays(36_525);
        cache.put(1, 1, EntryOptions.ttl(ChronoUnit.FOREVER.getDuration()));
        cache.put(2, 2, EntryOptions.ttl(century));

        time.advance(century.minusNanos(1));
        assertThat(cache.get(2)).contains(2);
        time.advance(Duration.ofNanos(1));
        assertThat(cache.get(2)).isEmpty();
        assertThat(cache.get(1)).contains(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"LRU", "FIFO"})
    void keepsItsBooksUnderConcurrentUse(Eviction eviction) throws Exception {
        LocalCache<Integer, Integer> cache =
                cache(policy(eviction).maxSize(ROOM).maxMemory(ROOM));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> users = new ArrayList<>();
            for (int user = 0; user < 4; user++) {
                Random random = new Random(user);
                users.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        int key = random.nextInt(2 * ROOM);
                        switch (random.nextInt(4)) {
                            case 0 -> cache.put(key, i);
                            case 1 -> cache.invalidate(key);
                            case 2 -> cache.get(key, same -> same);
                            default -> cache.get(key);
                        }
                    }
                }));
            }
            for (Future<?> user : users) {
                user.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }

        long size = cache.stats().size();
        assertThat(size).isBetween(1L, (long) ROOM);
        assertThat(cache.stats().memory()).as("each weighs one byte").isEqualTo(size);
        for (int key = 100; key < 100 + ROOM; key++) {
            cache.put(key, key);
        }
        assertThat(cache.stats().size())
                .as("no entry is left outside of the order")
                .isEqualTo(ROOM);
        for (int key = 100; key < 100 + ROOM; key++) {
            assertThat(cache.get(key)).contains(key);
        }
    }
}
