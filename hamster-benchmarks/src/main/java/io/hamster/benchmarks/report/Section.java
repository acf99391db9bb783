package io.hamster.benchmarks.report;

/**
 * A part of a report that isn't a JMH comparison: measured or computed when the suite runs.
 *
 * @param title its heading
 * @param body makes its Markdown
 */
public record Section(String title, Body body) {

    /** Makes the Markdown of a section. */
    @FunctionalInterface
    public interface Body {

        /**
         * Measures and writes.
         *
         * @param quick whether a rough figure is enough
         * @return Markdown
         * @throws Exception what the measurement threw
         */
        String write(boolean quick) throws Exception;
    }
}
