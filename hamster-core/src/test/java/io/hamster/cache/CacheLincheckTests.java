package io.hamster.cache;

import io.hamster.testing.ManualTime;
import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The local tier against a map, without loads. */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "1:2")
@Param(name = "value", gen = IntGen.class, conf = "1:9")
public class CacheLincheckTests {

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
        cache.put(key, value);
    }

    @Operation
    public int putIfAbsent(@Param(name = "key") int key, @Param(name = "value") int value) {
        return cache.putIfAbsent(key, value).orElse(0);
    }

    @Operation
    public void invalidate(@Param(name = "key") int key) {
        cache.invalidate(key);
    }

    @Operation
    public void clear() {
        cache.clear();
    }

    @Operation
    public int delete(@Param(name = "key") int key) {
        return cache.loadAndDelete(key).orElse(0);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(CacheLincheckTests.class);
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(8)
                .invocationsPerIteration(200)
                .threads(2)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(CacheLincheckTests.class);
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
         * Caches a value unless there is one.
         *
         * @param key the key
         * @param value the value
         * @return what there was, or 0
         */
        public int putIfAbsent(int key, int value) {
            Integer found = values.putIfAbsent(key, value);
            return found == null ? 0 : found;
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

        /**
         * Drops a key.
         *
         * @param key the key
         * @return what there was, or 0
         */
        public int delete(int key) {
            Integer found = values.remove(key);
            return found == null ? 0 : found;
        }
    }
}
