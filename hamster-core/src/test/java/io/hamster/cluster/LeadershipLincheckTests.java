package io.hamster.cluster;

import io.hamster.TimeSource;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A lease that is asked, extended, ended and outlived at once: as if one after the other, and over for ever. */
@Tag("lincheck")
public class LeadershipLincheckTests {

    private final Clock clock = new Clock();
    private final Leadership leadership = new Leadership(1, 2, clock);

    @Operation
    public boolean isCurrent() {
        return leadership.isCurrent();
    }

    @Operation
    public boolean extend() {
        return leadership.extend(clock.nanoTime() + 2);
    }

    @Operation
    public void end() {
        leadership.end();
    }

    @Operation
    public void tick() {
        clock.now.incrementAndGet();
    }

    @Test
    void isLinearizableUnderTheModelChecker() {
        new ModelCheckingOptions().iterations(20).threads(3).actorsPerThread(3).check(getClass());
    }

    @Test
    void isLinearizableUnderStress() {
        new StressOptions().iterations(10).threads(3).actorsPerThread(3).check(getClass());
    }

    private static final class Clock implements TimeSource {

        private final AtomicLong now = new AtomicLong();

        @Override
        public long nanoTime() {
            return now.get();
        }

        @Override
        public Instant instant() {
            return Instant.EPOCH;
        }
    }
}
