package io.hamster.benchmarks.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;

/**
 * How long single calls take on one thread: the rate, and the time that 99 of 100 calls stay below. Each call is timed
 * for itself, which costs some 20 ns and shows pauses of the machine that an average hides.
 *
 * @param perSecond calls a second
 * @param p99Nanos 99th percentile of their times
 */
public record Percentiles(double perSecond, long p99Nanos) {

    /** What is done, timed or around it. */
    @FunctionalInterface
    public interface Step<A, B> {

        /**
         * Does it.
         *
         * @param input what the step before made
         * @return what it makes
         * @throws Exception what it throws
         */
        B apply(A input) throws Exception;
    }

    /**
     * Times calls, after as many that aren't timed.
     *
     * @param calls how many
     * @param call what is timed
     * @return the figures
     * @throws Exception what the call threw
     */
    public static Percentiles of(int calls, Callable<?> call) throws Exception {
        return of(calls, () -> call, Callable::call, result -> result);
    }

    /**
     * Times one step of three, after as many turns that aren't timed.
     *
     * @param calls how many
     * @param before what comes before it, not timed
     * @param timed the step
     * @param after what comes after it, not timed; its results are looked at, so that nothing is optimized away
     * @return the figures, the rate from the timed steps alone
     * @param <A> what the step gets
     * @param <B> what the step makes
     * @throws Exception what a step threw
     */
    public static <A, B> Percentiles of(int calls, Callable<A> before, Step<A, B> timed, Step<B, ?> after)
            throws Exception {
        int seen = 0;
        long[] nanos = new long[calls];
        for (int turn = 0; turn < 2; turn++) {
            for (int i = 0; i < calls; i++) {
                A input = before.call();
                long start = System.nanoTime();
                B output = timed.apply(input);
                nanos[i] = System.nanoTime() - start;
                seen += after.apply(output).hashCode() & 1;
            }
        }
        if (seen < 0) {
            throw new AssertionError("keeps the results alive");
        }
        double perSecond = calls * 1e9 / Arrays.stream(nanos).sum();
        Arrays.sort(nanos);
        return new Percentiles(perSecond, nanos[(int) (calls * 0.99)]);
    }

    /**
     * Two cells of a table.
     *
     * @return rate and percentile, with units
     */
    public String cells() {
        return String.format(Locale.ROOT, "%,.0f/s | %s", perSecond, time());
    }

    private String time() {
        return p99Nanos >= 1_000_000
                ? String.format(Locale.ROOT, "%.2f ms", p99Nanos / 1e6)
                : String.format(Locale.ROOT, "%.2f µs", p99Nanos / 1e3);
    }
}
