/**
 * Hamster and its peers side by side, in one run: {@code hamster-benchmarks/run [suite…]}.
 *
 * <p>A {@link io.hamster.benchmarks.report.Suite} names the JMH benchmarks of a concern and the comparisons drawn from
 * them. Each round runs every benchmark once in a JVM of its own, so that both sides of a comparison see the same
 * machine; figures are medians over the rounds. What counts are the ratios: they are written to
 * {@code docs/benchmarks.md} and never asserted.
 */
@NullMarked
package io.hamster.benchmarks;

import org.jspecify.annotations.NullMarked;
