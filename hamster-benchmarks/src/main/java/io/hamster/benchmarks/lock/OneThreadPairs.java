package io.hamster.benchmarks.lock;

import org.openjdk.jmh.annotations.Threads;

/** {@link RedisPairs} with 1 thread. */
@Threads(1)
public class OneThreadPairs extends RedisPairs {}
