package io.hamster.cache.bloom;

import io.hamster.testing.ManualTime;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A guard, and the filter in it, against a set. The filter is so large that the few keys share no bits; what is read is
 * then exactly what was added, whatever is rebuilt meanwhile.
 */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "1:3")
public class BloomLincheckTests {

    private final Set<Integer> source = ConcurrentHashMap.newKeySet();
    private final BloomGuard<Integer> guard = new BloomGuard<>(
            "lincheck",
            BloomPolicy.of(new BloomFilterConfig(100, 0.001), source::stream),
            Runnable::run,
            new ManualTime().scheduler());

    /** Begins with a guard that rejects. */
    public BloomLincheckTests() {
        guard.rebuild();
    }

    @Operation
    public void add(@Param(name = "key") int key) {
        source.add(key);
        guard.add(key);
    }

    @Operation
    public boolean mightContain(@Param(name = "key") int key) {
        return guard.mightContain(key);
    }

    @Operation
    public void rebuild() {
        guard.rebuild();
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(BloomLincheckTests.class);
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(30)
                .invocationsPerIteration(500)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(Model.class)
                .check(BloomLincheckTests.class);
    }

    /** The same with a set and no concurrency. */
    public static class Model {

        private final Set<Integer> keys = new HashSet<>();

        /**
         * Adds.
         *
         * @param key the key
         */
        public void add(int key) {
            keys.add(key);
        }

        /**
         * Looks.
         *
         * @param key the key
         * @return whether it is there
         */
        public boolean mightContain(int key) {
            return keys.contains(key);
        }

        /** Changes nothing. */
        public void rebuild() {}
    }
}
