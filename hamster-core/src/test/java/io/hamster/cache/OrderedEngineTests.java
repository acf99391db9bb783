package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** LRU and FIFO: exact order for one thread, exact bounds and books for many. */
class OrderedEngineTests {

    private static final int ROOM = 20;

    /** After that reads count as later. */
    private static final Duration SPAN = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();

    private LocalCache<Integer, Integer> cache(CachePolicyBuilder policy) {
        return cache(policy, time.scheduler());
    }

    private LocalCache<Integer, Integer> cache(CachePolicyBuilder policy, ScheduledExecutorService scheduler) {
        return new LocalCache<>(
                "ordered",
                policy.build(),
                new CacheRuntime(time, Runnable::run, Runnable::run, scheduler, () -> 0, () -> false, new LoadGraph()),
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

    /** Then uses have no order among them within a generation, but those of a later one count as later. */
    @Test
    void keepsWhatIsUsedWhenThreadsShareIt() throws Exception {
        LocalCache<Integer, Integer> cache = full(800);
        share(cache);

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
        LocalCache<Integer, Integer> cache = full(800);
        cache.get(0);
        for (int key = 0; key < 8; key++) {
            int own = key;
            inAnotherThread(() -> cache.get(own));
        }
        time.advance(SPAN);

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

    /** What isn't read any more leaves before what is, however many reads came between. */
    @Test
    void tellsWhatWasUsedLongAgoFromWhatWasUsedLatelyWhenNothingIsWritten() throws Exception {
        LocalCache<Integer, Integer> cache = full(800);
        share(cache);
        List<Integer> order = IntStream.range(0, 800).boxed().collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(order, new Random(3));
        for (int use = 0; use < 800; use++) {
            cache.get(order.get(use));
            if (use % 50 == 49) {
                time.advance(SPAN);
            }
        }
        List<Integer> evicted = new ArrayList<>();
        cache.onRemoval((key, value, cause) -> evicted.add(key));

        for (int key = 1000; key < 1800; key++) {
            cache.put(key, key);
        }

        for (int span = 0; span < 800; span += 50) {
            assertThat(evicted.subList(span, span + 50))
                    .containsExactlyInAnyOrderElementsOf(order.subList(span, span + 50));
        }
    }

    /** Whatever else was read in the same generation. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8, 500})
    void findsWhatWasPutLast(int room) throws Exception {
        LocalCache<Integer, Integer> cache = cache(policy(Eviction.LRU).maxSize(room));
        share(cache);
        for (int key = 0; key < 3 * room; key++) {
            for (int other = 0; other < key; other++) {
                cache.get(other);
            }

            cache.put(key, key);

            assertThat(cache.get(key)).contains(key);
        }
    }

    @Test
    void tellsReadsOfWhatWasPutLatelyApartToo() throws Exception {
        LocalCache<Integer, Integer> cache = cache(policy(Eviction.LRU).maxSize(800));
        for (int key = 0; key < 790; key++) {
            cache.put(key, key);
        }
        share(cache);
        for (int key = 790; key < 800; key++) {
            cache.put(key, key);
        }

        cache.get(790);
        time.advance(SPAN);
        cache.get(791);
        cache.get(790);
        time.advance(SPAN);
        for (int key = 1000; key < 1798; key++) {
            cache.put(key, key);
        }

        assertThat(cache.get(790)).contains(790);
        assertThat(cache.get(791)).contains(791);
    }

    /** A read is none of what has to fail then. */
    @ParameterizedTest
    @MethodSource("failures")
    void endsGenerationsOnceATimerCanBeHadAgain(Throwable failure) throws Exception {
        AtomicBoolean fails = new AtomicBoolean();
        LocalCache<Integer, Integer> cache = cache(policy(Eviction.LRU).maxSize(800), failing(fails, failure));
        for (int key = 0; key < 800; key++) {
            cache.put(key, key);
        }
        share(cache);
        fails.set(true);
        assertThat(cache.get(1)).contains(1);
        fails.set(false);

        for (int key = 2; key < 400; key++) {
            cache.get(key);
        }
        time.advance(SPAN);
        cache.get(1);
        for (int key = 1000; key < 1799; key++) {
            cache.put(key, key);
        }

        assertThat(cache.get(1)).as("the one read last").contains(1);
    }

    static List<Throwable> failures() {
        return List.of(new RejectedExecutionException(), new OutOfMemoryError("no thread"), new Error("any"));
    }

    private ScheduledExecutorService failing(AtomicBoolean fails, Throwable failure) {
        ScheduledExecutorService scheduler = time.scheduler();
        return (ScheduledExecutorService) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ScheduledExecutorService.class},
                (proxy, method, arguments) -> {
                    if (fails.get()) {
                        throw failure;
                    }
                    return method.invoke(scheduler, arguments);
                });
    }

    /** Else one write would have to look at all of them. */
    @Test
    void evictsAnOldEntryThoughVeryManyWereUsedSince() throws Exception {
        int room = 100_000;
        LocalCache<Integer, Integer> cache = full(room);
        share(cache);
        cache.get(room / 2);
        time.advance(SPAN);
        cache.get(7);
        time.advance(SPAN);
        for (int key = 0; key < room; key++) {
            if (key != 7 && key != room / 2) {
                cache.get(key);
            }
        }

        cache.put(-1, -1);

        assertThat(cache.get(7)).as("the oldest of the first few").isEmpty();
        assertThat(cache.get(room / 2)).as("not looked at").isPresent();
        assertThat(cache.stats().size()).isEqualTo(room);
    }

    /** Generations end by time or, where it flies, by what is put. */
    @ParameterizedTest
    @ValueSource(ints = {0, 20, 2000})
    void hitsAsOftenAsAnExactOrderWhenThreadsShareIt(int millis) throws Exception {
        LocalCache<Integer, Integer> shared = cache(forEver(Eviction.LRU));
        share(shared);
        LocalCache<Integer, Integer> exact = cache(forEver(Eviction.LRU));
        LocalCache<Integer, Integer> byAge = cache(forEver(Eviction.FIFO));
        Random random = new Random(5);
        for (int use = 0; use < 200_000; use++) {
            int key = (int) Math.pow(20_000, random.nextDouble());
            for (LocalCache<Integer, Integer> cache : List.of(shared, exact, byAge)) {
                cache.get(key, same -> same);
            }
            time.advance(Duration.ofMillis(millis));
        }

        long hits = exact.stats().hits();
        assertThat(shared.stats().hits()).isCloseTo(hits, Percentage.withPercentage(1));
        assertThat(byAge.stats().hits()).as("it does matter").isLessThan(hits * 97 / 100);
    }

    private static CachePolicyBuilder forEver(Eviction eviction) {
        return policy(eviction).maxSize(1000).defaultTtl(ChronoUnit.FOREVER.getDuration());
    }

    private LocalCache<Integer, Integer> full(int room) {
        LocalCache<Integer, Integer> cache = cache(policy(Eviction.LRU).maxSize(room));
        for (int key = 0; key < room; key++) {
            cache.put(key, key);
        }
        return cache;
    }

    private void share(LocalCache<Integer, Integer> cache) throws Exception {
        cache.get(0, same -> same);
        cache.get(0);
        inAnotherThread(() -> cache.get(0));
        time.advance(SPAN);
    }

    private static void inAnotherThread(Runnable use) throws Exception {
        Thread thread = new Thread(use);
        thread.start();
        thread.join();
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
