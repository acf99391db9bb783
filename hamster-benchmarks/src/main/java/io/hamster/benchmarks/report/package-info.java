/** Runs suites of JMH benchmarks and turns their results into tables of ratios. */
@NullMarked
package io.hamster.benchmarks.report;

import org.jspecify.annotations.NullMarked;
