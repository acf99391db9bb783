package io.hamster.benchmarks.report;

import java.util.Map;
import java.util.TreeMap;

/**
 * One side of a comparison: a benchmark method with its parameters.
 *
 * @param label how the table names it
 * @param benchmark the fully qualified method, as JMH names it
 * @param parameters values of the benchmark's parameters
 */
public record Side(String label, String benchmark, Map<String, String> parameters) {

    /**
     * Names a benchmark.
     *
     * @param label how the table names it
     * @param type the class
     * @param method the method
     * @param parameters names and values in turn
     * @return the side
     */
    public static Side of(String label, Class<?> type, String method, String... parameters) {
        Map<String, String> values = new TreeMap<>();
        for (int i = 0; i < parameters.length; i += 2) {
            values.put(parameters[i], parameters[i + 1]);
        }
        return new Side(label, type.getName() + "." + method, Map.copyOf(values));
    }
}
