package io.hamster.benchmarks.cache;

import org.openjdk.jmh.annotations.Threads;

/** {@link LocalHits} with 1 thread. */
@Threads(1)
public class OneThreadLocalHits extends LocalHits {}
