package io.hamster.benchmarks.cache;

import org.openjdk.jmh.annotations.Threads;

/** {@link OrderedHits} with 1 thread. */
@Threads(1)
public class OneThreadOrderedHits extends OrderedHits {}
