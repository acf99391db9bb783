package io.hamster.benchmarks.bloom;

import com.google.common.hash.BloomFilter;
import com.google.common.hash.Funnel;
import com.google.common.hash.Funnels;
import java.util.Random;
import java.util.stream.LongStream;

/** A million keys of a kind, and Guava's way with them: text by its UTF-16 units, as Hamster reads it. */
final class Keys {

    static final int COUNT = 1_000_000;
    static final double FPP = 0.01;

    private final boolean texts;

    Keys(String kind) {
        this.texts = kind.equals("texts");
    }

    Object key(long number) {
        return texts ? "customer:" + (1_000_000_000L + number) : (Object) number;
    }

    /** As many keys as a filter is made for. Made in the order in which they are read, so that the cache helps. */
    Object[] present() {
        return LongStream.range(0, COUNT).mapToObj(this::key).toArray();
    }

    /** As many again, half of them absent, at random so that no branch predictor learns which. */
    Object[] asked() {
        Random random = new Random(4711);
        return LongStream.range(0, COUNT)
                .mapToObj(number -> key(random.nextBoolean() ? number : COUNT + number))
                .toArray();
    }

    BloomFilter<Object> guava() {
        Funnel<Object> funnel = texts
                ? (key, into) -> Funnels.unencodedCharsFunnel().funnel((String) key, into)
                : (key, into) -> Funnels.longFunnel().funnel((Long) key, into);
        return BloomFilter.create(funnel, COUNT, FPP);
    }
}
