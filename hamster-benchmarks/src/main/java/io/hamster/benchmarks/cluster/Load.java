package io.hamster.benchmarks.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Does something again and again, and says how often or how fast: what a node does when it is told to. */
final class Load {

    private Load() {}

    /** What is done; the number says on which thread. */
    @FunctionalInterface
    interface Work {
        void once(int thread) throws Exception;
    }

    /** How often it is done in a second. */
    static double perSecond(int threads, long warmUpMillis, long millis, Work work) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            long begin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(warmUpMillis);
            long end = begin + TimeUnit.MILLISECONDS.toNanos(millis);
            List<Future<Long>> counts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                counts.add(pool.submit(() -> count(begin, end, thread, work)));
            }
            long sum = 0;
            for (Future<Long> count : counts) {
                sum += count.get();
            }
            return sum * 1000.0 / millis;
        } finally {
            pool.shutdown();
        }
    }

    private static long count(long begin, long end, int thread, Work work) throws Exception {
        long count = 0;
        while (true) {
            work.once(thread);
            long now = System.nanoTime();
            if (now - end >= 0) {
                return count;
            }
            if (now - begin >= 0) {
                count++;
            }
        }
    }

    /** Its median and the 99th percentile in nanoseconds, after as many turns that aren't timed. */
    static String percentiles(int times, Work work) throws Exception {
        long[] nanos = new long[times];
        for (int turn = 0; turn < 2; turn++) {
            for (int i = 0; i < times; i++) {
                long start = System.nanoTime();
                work.once(0);
                nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        return nanos[times / 2] + " " + nanos[(int) (times * 0.99)];
    }
}
