package io.hamster.benchmarks.cache;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.springframework.core.SpringVersion;

/** What the comparisons don't tell by themselves. */
final class Conditions {

    private static final int CALLS = 5_000_000;
    private static final int ROUNDS = 5;

    private Conditions() {}

    static String report(boolean quick) {
        LongAdder counter = new LongAdder();
        double clock = nanos(System::nanoTime);
        double count = nanos(() -> {
            counter.increment();
            return 1;
        });
        return String.format(Locale.ROOT, """
                - A hit of Hamster's is counted, and looks at the clock unless its entry never expires. Here a look at the
                  clock takes %.1f ns and a count %.1f ns; whoever does neither saves that.
                - `Caffeine` and `by hand` count and expire too, where nothing else is said; JetCache counts nothing, as its
                  starter sets it up.
                - JetCache's annotations ran on Spring %s with everything else, set up in code: that needs no starter.
                - `by hand` is an interceptor with Caffeine that takes its key from the arguments. At most 1.5 times as long
                  means a ratio of at least 0.67.
                """, clock, count, SpringVersion.getVersion());
    }

    private static double nanos(LongSupplier call) {
        double best = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            long sum = 0;
            long start = System.nanoTime();
            for (int i = 0; i < CALLS; i++) {
                sum += call.getAsLong();
            }
            double nanos = System.nanoTime() - start;
            if (sum == 0) {
                throw new AssertionError("keeps the results alive");
            }
            best = Math.min(best, nanos / CALLS);
        }
        return best;
    }
}
