package io.hamster.cache;

import io.hamster.testing.ManualTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The local tier against a map, with loads that see nothing but their own value. A load whose key is put or dropped
 * meanwhile returns what it loaded and leaves nothing, as if it had come before; so nothing here returns what it
 * dropped.
 */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class CacheLoadLincheckTests {

    private final ManualTime time = new ManualTime();
    // Upkeep is left undone and the cache is small: Caffeine's loops over its timer wheel, and over the empty buckets
    // of a large table, look like a livelock to the model checker.
    private final HamsterCache<Integer, Integer> cache = new LocalCache<>(
            "lincheck",
            CachePolicy.builder().maxSize(8).weigher((key, value) -> 1).build(),
            new CacheRuntime(time, upkeep -> {}, upkeep -> {}, time.scheduler(), () -> 0, () -> false, new LoadGraph()),
            Admission.STRICT);

    @Operation
    public int get(@Param(name = "key") int key) {
        return cache.get(key).orElse(0);
    }

    @Operation
    public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
        cache.put(key, value, EntryOptions.tags("t" + key));
    }

    @Operation
    public int load(@Param(name = "key") int key, @Param(name = "value") int value) {
        return cache.get(key, k -> value, EntryOptions.tags("t" + key)).orElse(0);
    }

    @Operation
    public void invalidateTag(@Param(name = "key") int key) {
        cache.invalidateTags(Set.of("t" + key));
    }

    @Operation
    public void invalidate(@Param(name = "key") int key) {
        cache.invalidate(key);
    }

    @Operation
    public void clear() {
        cache.clear();
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(CacheLoadLincheckTests.class);
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(200)
                .threads(2)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(CacheLoadLincheckTests.class);
    }

    /** The same with a map and no concurrency. */
    public static class Model {

        private final Map<Integer, Integer> values = new HashMap<>();

        /**
         * Reads.
         *
         * @param key the key
         * @return its value, or 0
         */
        public int get(int key) {
            return values.getOrDefault(key, 0);
        }

        /**
         * Caches a value.
         *
         * @param key the key
         * @param value the value
         */
        public void put(int key, int value) {
            values.put(key, value);
        }

        /**
         * Loads unless there is a value.
         *
         * @param key the key
         * @param value what the source has
         * @return what the cache has
         */
        public int load(int key, int value) {
            return values.computeIfAbsent(key, k -> value);
        }

        /**
         * Drops a key, if it has its tag.
         *
         * @param key the key
         */
        public void invalidateTag(int key) {
            values.remove(key);
        }

        /**
         * Drops a key.
         *
         * @param key the key
         */
        public void invalidate(int key) {
            values.remove(key);
        }

        /** Drops all keys. */
        public void clear() {
            values.clear();
        }
    }
}
