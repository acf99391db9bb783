package io.hamster.benchmarks.lock;

import org.openjdk.jmh.annotations.Threads;

/** {@link RedisPairs} with 32 threads. */
@Threads(32)
public class ThirtyTwoThreadPairs extends RedisPairs {}
