package io.hamster.benchmarks.writeback;

import org.openjdk.jmh.annotations.Threads;

/** {@link AcknowledgedPuts} with 8 threads. */
@Threads(8)
public class EightThreadPuts extends AcknowledgedPuts {}
