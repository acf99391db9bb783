package io.hamster.benchmarks.report;

import java.util.List;

/**
 * The benchmarks of one concern.
 *
 * @param name how the command line names it
 * @param title its heading in the report
 * @param benchmarks the JMH classes to run
 * @param rows the comparisons drawn from them
 * @param sections what the suite reports besides
 * @param warmUp for how many seconds each benchmark runs before it is measured
 */
public record Suite(
        String name, String title, List<Class<?>> benchmarks, List<Row> rows, List<Section> sections, int warmUp) {

    private static final int USUAL_WARM_UP = 3;

    /**
     * A suite that warms up as long as most.
     *
     * @param name how the command line names it
     * @param title its heading in the report
     * @param benchmarks the JMH classes to run
     * @param rows the comparisons drawn from them
     * @param sections what the suite reports besides
     */
    public Suite(String name, String title, List<Class<?>> benchmarks, List<Row> rows, List<Section> sections) {
        this(name, title, benchmarks, rows, sections, USUAL_WARM_UP);
    }
}
