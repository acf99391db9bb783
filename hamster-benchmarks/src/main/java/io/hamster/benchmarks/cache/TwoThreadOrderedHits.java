package io.hamster.benchmarks.cache;

import org.openjdk.jmh.annotations.Threads;

/** {@link OrderedHits} with 2 threads. */
@Threads(2)
public class TwoThreadOrderedHits extends OrderedHits {}
