package io.hamster.cache.bloom;

import io.hamster.hash.StandardHash;
import java.util.UUID;

/** By what a key holds, where that is known; else by its {@code hashCode}. */
enum StandardKeyHash implements KeyHash<Object> {
    INSTANCE;

    @Override
    public long hash(Object key) {
        if (key instanceof String text) {
            return StandardHash.RAPIDHASH.hash(text);
        }
        if (key instanceof Long number) {
            return mix(number);
        }
        if (key instanceof UUID id) {
            return mix(mix(id.getMostSignificantBits()) + id.getLeastSignificantBits());
        }
        return mix(key.hashCode());
    }

    /** David Stafford's variant 13 of MurmurHash3's finalizer, as in SplittableRandom: a bijection. */
    static long mix(long number) {
        long z = number;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}
