package io.hamster.benchmarks.writeback;

import org.openjdk.jmh.annotations.Threads;

/** {@link AcknowledgedPuts} with 32 threads. */
@Threads(32)
public class ThirtyTwoThreadPuts extends AcknowledgedPuts {}
