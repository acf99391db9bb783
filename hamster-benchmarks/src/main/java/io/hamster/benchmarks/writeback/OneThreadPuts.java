package io.hamster.benchmarks.writeback;

import org.openjdk.jmh.annotations.Threads;

/** {@link AcknowledgedPuts} with 1 thread. */
@Threads(1)
public class OneThreadPuts extends AcknowledgedPuts {}
