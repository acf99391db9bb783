package io.hamster.cache.bloom;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four writers, two readers. The invariant: a key whose {@code add} has returned is there, for the thread that added it
 * at once and for any other that knows of it.
 */
@Tag("torture")
@Timeout(300)
class BloomTortureTests {

    private static final int WRITERS = 4;
    private static final int READERS = 2;

    private final ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS + 1);

    /** How many keys each writer has added; a writer's keys are consecutive. */
    private final AtomicLongArray added = new AtomicLongArray(WRITERS);

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    @Test
    void tenMillionKeysWithoutAFalseNegative() throws Exception {
        long keys = 10_000_000;
        BloomFilter<String> filter = BloomFilter.create(new BloomFilterConfig(keys, 0.01));

        run(keys / WRITERS, key -> filter.add("key" + key), key -> filter.mightContain("key" + key));

        assertThat(filter.stats().fill()).isBetween(0.45, 0.52);
        long falsePositives = 0;
        for (long key = 0; key < 1_000_000; key++) {
            falsePositives += filter.mightContain("none" + key) ? 1 : 0;
        }
        assertThat(falsePositives / 1e6).isLessThan(0.0105);
    }

    /** A small filter and few keys a round, so that writers meet in its words all the time. */
    @Test
    void writersOfTheSameWordsLoseNoBit() throws Exception {
        for (int round = 0; round < 20_000; round++) {
            BloomFilter<Long> filter = BloomFilter.create(new BloomFilterConfig(64, 0.01));
            for (int writer = 0; writer < WRITERS; writer++) {
                added.set(writer, 0);
            }
            run(32, filter::add, filter::mightContain);
        }
        assertThat(added.get(0)).isEqualTo(32);
    }

    @Test
    void rebuildsLoseNoKey() throws Exception {
        ConcurrentHashMap<Long, Boolean> source = new ConcurrentHashMap<>();
        BloomGuard<Long> guard = new BloomGuard<>(
                "torture",
                BloomPolicy.of(new BloomFilterConfig(400_000, 0.001), () -> source.keySet().stream()),
                threads,
                new ManualTime().scheduler());
        guard.rebuild().join();
        int[] rebuilds = new int[1];
        Thread rebuilder = new Thread(() -> {
            while (!Thread.currentThread().isInterrupted()) {
                guard.rebuild().join();
                rebuilds[0]++;
            }
        });
        rebuilder.start();
        try {
            run(
                    100_000,
                    key -> {
                        source.put(key, true);
                        guard.add(key);
                    },
                    guard::mightContain);
        } finally {
            rebuilder.interrupt();
            rebuilder.join();
            guard.close();
        }
        assertThat(rebuilds[0]).isPositive();
    }

    private void run(long keysEach, LongConsumer add, LongPredicate mightContain) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int writer = i;
            running.add(threads.submit(() -> write(writer, keysEach, add, mightContain)));
        }
        for (int i = 0; i < READERS; i++) {
            int reader = i;
            running.add(threads.submit(() -> read(reader, keysEach, mightContain)));
        }
        for (Future<?> future : running) {
            future.get();
        }
        for (int writer = 0; writer < WRITERS; writer++) {
            for (long i = 0; i < keysEach; i++) {
                require(mightContain, key(writer, i));
            }
        }
    }

    private void write(int writer, long keys, LongConsumer add, LongPredicate mightContain) {
        for (long i = 0; i < keys; i++) {
            add.accept(key(writer, i));
            added.set(writer, i + 1);
            require(mightContain, key(writer, i));
        }
    }

    /** Looks for the newest key of each writer until all are done. */
    private void read(int reader, long keys, LongPredicate mightContain) {
        int done = 0;
        for (int writer = reader; done < WRITERS; writer = (writer + 1) % WRITERS) {
            long there = added.get(writer);
            if (there > 0) {
                require(mightContain, key(writer, there - 1));
            }
            done = there == keys ? done + 1 : 0;
        }
    }

    private static long key(int writer, long number) {
        return (long) writer << 32 | number;
    }

    private static void require(LongPredicate mightContain, long key) {
        if (!mightContain.test(key)) {
            throw new AssertionError("Key " + key + " was added and is gone");
        }
    }
}
