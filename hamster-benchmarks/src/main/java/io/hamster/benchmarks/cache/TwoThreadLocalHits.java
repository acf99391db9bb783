package io.hamster.benchmarks.cache;

import org.openjdk.jmh.annotations.Threads;

/** {@link LocalHits} with 2 threads. */
@Threads(2)
public class TwoThreadLocalHits extends LocalHits {}
