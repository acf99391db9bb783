package io.hamster.benchmarks.lock;

import io.hamster.benchmarks.process.Child;
import io.hamster.testing.redis.VolatileRedis;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** From the release of a lock in one JVM to its grant in another, which has waited for it. */
final class WakeUp {

    private static final int TIMES = 200;
    private static final int QUICK_TIMES = 10;

    /** Long enough for the waiter to have asked and to wait. */
    private static final long HELD_MILLIS = 30;

    private WakeUp() {}

    static String report(boolean quick) throws Exception {
        StringBuilder table = new StringBuilder("""
                The lock is held for %d ms while one thread of another JVM waits for it. To reach: a median of 5 ms.

                | library | median | 90th percentile | longest |
                |---|---|---|---|
                """.formatted(HELD_MILLIS));
        for (String library : Contenders.WAITING) {
            double[] millis = measure(library, quick ? QUICK_TIMES : TIMES);
            Arrays.sort(millis);
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %.2f ms | %.2f ms | %.2f ms |%n",
                    library,
                    millis[millis.length / 2],
                    millis[millis.length * 9 / 10],
                    millis[millis.length - 1]));
        }
        return table.toString();
    }

    private static double[] measure(String library, int times) throws Exception {
        double[] millis = new double[times];
        try (VolatileRedis redis = VolatileRedis.start();
                Contender holder = Contenders.named(library, redis.port());
                Child waiter = Child.start(
                        WakeUpProcess.class, library, Integer.toString(redis.port()), Integer.toString(times))) {
            holder.lockAndUnlock("first");
            waiter.hear();
            for (int i = 0; i < times; i++) {
                long[] released = new long[1];
                holder.waitAndUnlock(WakeUpProcess.KEY, () -> {
                    waiter.go();
                    waiter.hear();
                    TimeUnit.MILLISECONDS.sleep(HELD_MILLIS);
                    released[0] = System.nanoTime();
                });
                millis[i] = (Long.parseLong(waiter.hear()) - released[0]) / 1e6;
            }
        }
        return millis;
    }
}
