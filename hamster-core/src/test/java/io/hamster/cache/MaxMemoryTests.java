package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What caches say they hold, against what the heap has grown by. */
class MaxMemoryTests {

    private static final long MEGABYTE = 1 << 20;
    private static final long LIMIT = 64 * MEGABYTE;
    private static final int SMALLEST = 100;
    private static final int LARGEST = 100_000;
    private static final int WRITERS = 4;
    private static final int ENOUGH_EVICTIONS = 5_000;
    /** At measuring: what other tests left in this JVM may end meanwhile. */
    private static final int ATTEMPTS = 4;

    private record Line(int number, String article, double price) {}

    private record Order(long id, String customer, List<Line> lines, Map<String, String> remarks) {}

    private record Measured(long accounted, long grown) {

        boolean agrees() {
            return Math.abs(grown - accounted) <= accounted / 4;
        }
    }

    private enum Kind {
        /** Where what the cache itself needs weighs most. */
        SMALL_BYTES {
            @Override
            Object value(int size, Random random) {
                return new byte[SMALLEST];
            }
        },
        STRINGS {
            @Override
            Object value(int size, Random random) {
                // Every other one with two bytes a character.
                return random.nextBoolean() ? "x".repeat(size) : "\u6f22".repeat(size / 2);
            }
        },
        BYTES {
            @Override
            Object value(int size, Random random) {
                return new byte[size];
            }
        },
        RECORDS {
            @Override
            Object value(int size, Random random) {
                List<Line> lines = new ArrayList<>();
                Map<String, String> remarks = new HashMap<>();
                // A line with its article takes some 90 bytes, a remark some 150.
                for (int i = 0; i < size / 240; i++) {
                    lines.add(new Line(i, "article " + random.nextInt(1000), 9.95));
                    remarks.put("remark " + i, "by customer " + random.nextInt(1000));
                }
                return new Order(size, "customer " + size, lines, remarks);
            }
        };

        abstract Object value(int size, Random random);
    }

    static Stream<Arguments> caches() {
        return Arrays.stream(Eviction.values())
                .flatMap(eviction -> Arrays.stream(Kind.values()).map(kind -> Arguments.of(eviction, kind)));
    }

    @ParameterizedTest
    @MethodSource("caches")
    void holdsWhatItSaysAndNoMoreThanItMay(Eviction eviction, Kind kind) throws Exception {
        Measured measured = measure(eviction, kind);
        for (int attempt = 1; attempt < ATTEMPTS && !measured.agrees(); attempt++) {
            measured = measure(eviction, kind);
        }

        assertThat(measured.grown).isCloseTo(measured.accounted, within(measured.accounted / 4));
    }

    private static Measured measure(Eviction eviction, Kind kind) throws Exception {
        try (CacheClient client = CacheClient.builder().build()) {
            HamsterCache<String, Object> cache = client.cache(
                    "memory",
                    CachePolicy.builder()
                            .eviction(eviction)
                            .maxMemory(LIMIT)
                            .maxSize(1_000_000)
                            .build());
            long before = liveHeap();

            fill(cache, kind);

            await().until(() -> cache.stats().memory() <= LIMIT * 1.05);
            long accounted = cache.stats().memory();
            long grown = liveHeap() - before;
            assertThat(accounted).as("what a full cache holds").isGreaterThan(LIMIT * 9 / 10);
            return new Measured(accounted, grown);
        }
    }

    private static void fill(HamsterCache<String, Object> cache, Kind kind) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                int writer = i;
                writers.add(threads.submit(() -> {
                    Random random = new Random(writer);
                    for (int key = 0; cache.stats().evictions() < ENOUGH_EVICTIONS; key++) {
                        cache.put("key " + writer + " " + key, kind.value(size(random), random));
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    /** As many from 100 B to 1 kB as from 10 kB to 100 kB. */
    private static int size(Random random) {
        return (int) (SMALLEST * Math.pow((double) LARGEST / SMALLEST, random.nextDouble()));
    }

    /** Once collecting garbage changes it no more. */
    private static long liveHeap() {
        long last = collected();
        for (int i = 0; i < 10; i++) {
            long now = collected();
            if (Math.abs(now - last) < MEGABYTE) {
                return now;
            }
            last = now;
        }
        return last;
    }

    private static long collected() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
