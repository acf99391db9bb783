package io.hamster.benchmarks.cache;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** One thread's place in a sequence of reads. */
@State(Scope.Thread)
public class Reader {

    int next = (int) Thread.currentThread().getId() * 7919;
}
