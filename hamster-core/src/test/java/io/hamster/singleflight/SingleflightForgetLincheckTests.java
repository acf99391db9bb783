package io.hamster.singleflight;

import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * With {@code forget} between, several executions of a key may run at once; but nobody who comes after it gets the
 * result of one that had begun before. As in {@link SingleflightLincheckTests}, operations say whether that held.
 */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public class SingleflightForgetLincheckTests {

    private final Singleflight<Integer, Integer> flights = new Singleflight<>();

    /** An execution's result is its number, given when it begins. */
    private final AtomicInteger begun = new AtomicInteger();

    private final AtomicInteger[] forgotten = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};

    @Operation
    public boolean execute(@Param(name = "key") int key) throws Exception {
        int newestForgotten = forgotten[key].get();
        return flights.execute(key, begun::incrementAndGet).value() > newestForgotten;
    }

    @Operation
    public boolean forget(@Param(name = "key") int key) {
        int newest = begun.get();
        flights.forget(key);
        forgotten[key].accumulateAndGet(newest, Math::max);
        return true;
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(AlwaysTrue.class)
                .check(SingleflightForgetLincheckTests.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(AlwaysTrue.class)
                .check(SingleflightForgetLincheckTests.class);
    }

    /** What every operation has to look like from outside. */
    public static class AlwaysTrue {
        /**
         * The guarantee holds.
         *
         * @param key any
         * @return true
         */
        public boolean execute(int key) {
            return true;
        }

        /**
         * Always possible.
         *
         * @param key any
         * @return true
         */
        public boolean forget(int key) {
            return true;
        }
    }
}
