package io.hamster.lock;

import io.hamster.TimeSource;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One lease, whose clock is an operation: renewals, release and loss in every order. What holds for one thread holds for
 * all: nothing revives a lease that was seen ended, and it ends once.
 */
@Tag("lincheck")
@Param(name = "step", gen = IntGen.class, conf = "1:5")
public class LeaseLincheckTests {

    private static final long LEASE = 4;

    private final AtomicLong now = new AtomicLong();
    private final Lease lease = newLease();

    private Lease newLease() {
        Clock clock = new Clock(new TimeSource() {
            @Override
            public long nanoTime() {
                return now.get();
            }

            @Override
            public Instant instant() {
                return Instant.EPOCH;
            }
        });
        Lease made = new Lease() {
            @Override
            Clock clock() {
                return clock;
            }

            @Override
            void lost(LockListener.Loss loss) {}

            @Override
            void fire(long time) {}

            @Override
            int spread() {
                return 0;
            }
        };
        made.begin(LEASE);
        return made;
    }

    @Operation
    public void timePasses(@Param(name = "step") int step) {
        now.addAndGet(step);
    }

    @Operation
    public boolean live() {
        return lease.live();
    }

    @Operation
    public boolean extend(@Param(name = "step") int sent) {
        return lease.extend(sent + LEASE);
    }

    @Operation
    public boolean takeAway() {
        return lease.takeAway();
    }

    @Operation
    public boolean release() {
        return lease.release() != Lease.NOTHING;
    }

    @Operation
    public String end() {
        return lease.live() ? "live" : lease.endedAs("k").getClass().getSimpleName();
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(50)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(Model.class)
                .check(LeaseLincheckTests.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(50)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(LeaseLincheckTests.class);
    }

    /** The rules, for one thread. */
    public static class Model {

        private long now;
        private long deadline = LEASE;
        private String end = "";

        /**
         * The clock goes on.
         *
         * @param step by how much
         */
        public void timePasses(int step) {
            now += step;
            if (end.isEmpty() && now >= deadline) {
                end = "LockExpiredException";
            }
        }

        /**
         * Until the deadline or an end before it.
         *
         * @return whether it is live
         */
        public boolean live() {
            return end.isEmpty();
        }

        /**
         * Moves the deadline of a live lease, never back.
         *
         * @param sent when the renewal was sent
         * @return whether it was live
         */
        public boolean extend(int sent) {
            if (live()) {
                deadline = Math.max(deadline, sent + LEASE);
            }
            return live();
        }

        /**
         * Ends a live lease.
         *
         * @return whether it was live
         */
        public boolean takeAway() {
            return endAs("LockLostException");
        }

        /**
         * Ends a live lease.
         *
         * @return whether it was live
         */
        public boolean release() {
            return endAs("LockNotHeldException");
        }

        /**
         * How it ended.
         *
         * @return the exception's name, or "live"
         */
        public String end() {
            return live() ? "live" : end;
        }

        private boolean endAs(String how) {
            boolean was = live();
            if (was) {
                end = how;
            }
            return was;
        }
    }
}
