package io.hamster.benchmarks.report;

import java.util.Locale;

/**
 * What the rounds said about one benchmark.
 *
 * @param nanos time for one operation, median over the rounds
 * @param bytes heap allocated by one operation, median over the rounds; NaN if unknown
 */
record Measurement(double nanos, double bytes) {

    String text() {
        String time = nanos >= 1_000_000
                ? String.format(Locale.ROOT, "%.2f ms", nanos / 1_000_000)
                : nanos >= 10_000
                        ? String.format(Locale.ROOT, "%.1f µs", nanos / 1_000)
                        : String.format(Locale.ROOT, nanos < 100 ? "%.1f ns" : "%.0f ns", nanos);
        return Double.isNaN(bytes) ? time : time + String.format(Locale.ROOT, ", %.0f B", bytes);
    }
}
