package io.hamster.benchmarks.cache;

import java.util.function.IntFunction;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * A sequence of reads by Zipf's law, the same in every run.
 *
 * @param <K> the type of the keys
 */
final class Zipf<K> {

    /** How many different keys there are. */
    static final int KEYS = 10_000;

    private static final int READS = 1 << 16;

    private final Object[] reads = new Object[READS];

    Zipf(IntFunction<K> key) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(4711);
        for (int i = 0; i < READS; i++) {
            // The inverse of the continuous distribution with density 1/x.
            reads[i] = key.apply((int) Math.pow(KEYS, random.nextDouble()) - 1);
        }
    }

    @SuppressWarnings("unchecked")
    K next(Reader reader) {
        return (K) reads[reader.next++ & (READS - 1)];
    }
}
