package io.hamster.benchmarks.lock;

import org.openjdk.jmh.annotations.Threads;

/** {@link RedisPairs} with 8 threads. */
@Threads(8)
public class EightThreadPairs extends RedisPairs {}
