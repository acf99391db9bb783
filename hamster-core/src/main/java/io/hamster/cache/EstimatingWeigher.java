package io.hamster.cache;

/** The built-in weigher: key, value, and what the cache itself needs for an entry. */
final class EstimatingWeigher implements Weigher<Object, Object> {

    /** The slot, Caffeine's node for it, and its share of the hash table, in a heap with compressed references. */
    static final long ENTRY = 176;

    private final MemoryEstimator estimator = new MemoryEstimator(ObjectLayout.ofThisJvm());

    @Override
    public long weigh(Object key, Object value) {
        return ENTRY + estimator.bytes(key) + estimator.bytes(value);
    }
}
