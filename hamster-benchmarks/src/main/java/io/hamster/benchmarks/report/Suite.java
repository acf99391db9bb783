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
 */
public record Suite(String name, String title, List<Class<?>> benchmarks, List<Row> rows, List<Section> sections) {}
