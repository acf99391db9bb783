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
 * Each operation checks its own guarantee and returns whether it held, so that anything but {@code true} is no
 * linearization; the model checker also reports a waiter whom nobody wakes.
 */
@Tag("lincheck")
@Param(name = "key", gen = IntGen.class, conf = "1:2")
public class SingleflightLincheckTests {

    private final Singleflight<Integer, Integer> flights = new Singleflight<>();
    private final AtomicInteger executions = new AtomicInteger();
    private final AtomicInteger[] delivered = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};
    private final AtomicInteger[] running = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};

    @Operation
    public boolean execute(@Param(name = "key") int key) throws Exception {
        int newestBefore = delivered[key].get();
        boolean[] alone = {true};
        int result = flights.execute(key, () -> {
                    alone[0] = running[key].incrementAndGet() == 1;
                    running[key].decrementAndGet();
                    return executions.incrementAndGet();
                })
                .value();
        delivered[key].accumulateAndGet(result, Math::max);
        return alone[0] && result > newestBefore;
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(AlwaysTrue.class)
                .check(SingleflightLincheckTests.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(AlwaysTrue.class)
                .check(SingleflightLincheckTests.class);
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
    }
}
