package io.hamster.benchmarks.report;

import org.jspecify.annotations.Nullable;

/**
 * A comparison: one line of a table.
 *
 * @param what what is done
 * @param ours Hamster's side
 * @param theirs the other side
 * @param target how many times as fast ours should be; {@code null} where there is only interest
 */
public record Row(
        String what, Side ours, Side theirs, @Nullable Double target) {}
