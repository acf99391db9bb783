package io.hamster.benchmarks.cluster;

import java.util.Arrays;
import java.util.Locale;

/** Figures beside what is to be reached. */
final class Judgement {

    private Judgement() {}

    static String atLeast(double value, double target) {
        return String.format(Locale.ROOT, "%.2f× | %s× %s", value, target, mark(value >= target));
    }

    static String atMost(double value, double target) {
        return String.format(Locale.ROOT, "%.2f× | %s× %s", value, target, mark(value <= target));
    }

    static String of(double value) {
        return String.format(Locale.ROOT, "%.2f× | —", value);
    }

    static String mark(boolean reached) {
        return reached ? "✓" : "✗ open";
    }

    static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
