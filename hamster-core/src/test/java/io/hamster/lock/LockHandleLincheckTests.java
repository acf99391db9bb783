package io.hamster.lock;

import io.hamster.TimeSource;
import io.hamster.lock.LockStore.Renewal;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * One handle, whose clock is an operation: validity, renewals' answers, release and loss in every order. What holds for
 * one thread holds for all: no answer revives a handle that was seen invalid or released.
 */
@Tag("lincheck")
@Param(name = "step", gen = IntGen.class, conf = "1:3")
public class LockHandleLincheckTests {

    private static final Duration LEASE = Duration.ofNanos(4);

    private final AtomicLong now = new AtomicLong();
    private final DefaultLockHandle handle = handle();

    private DefaultLockHandle handle() {
        TimeSource time = new TimeSource() {
            @Override
            public long nanoTime() {
                return now.get();
            }

            @Override
            public Instant instant() {
                return Instant.EPOCH;
            }
        };
        ScheduledExecutorService never = new ManualTime().scheduler();
        LockSettings settings = new LockSettings("node", Duration.ofSeconds(1), 0, Duration.ofMinutes(1));
        LockEngine engine = new LockEngine(
                new MemoryLockStore(time, never),
                settings,
                "client",
                new Clock(time),
                never,
                Runnable::run,
                new SplittableRandom(1),
                new LockCounters(new LockListener() {}));
        LockRequest request = LockRequest.builder("k").expiration(LEASE).build();
        DefaultLockHandle made = new DefaultLockHandle(engine, request, new LockToken("client", 1), true);
        made.activate(1, 0, LEASE.toNanos(), 0);
        return made;
    }

    @Operation
    public void timePasses(@Param(name = "step") int step) {
        now.addAndGet(step);
    }

    @Operation
    public boolean isValid() {
        return handle.isValid();
    }

    /** The store's answer to a renewal that was sent at that time. */
    @Operation
    public void renewed(@Param(name = "step") int sent) {
        handle.endRenewal(sent, LEASE.toNanos(), new Renewal.Renewed(LEASE));
    }

    @Operation
    public boolean takeAway() {
        return handle.takeAway();
    }

    @Operation
    public String unlock() {
        try {
            handle.unlock();
            return "released";
        } catch (LockException e) {
            return e.getClass().getSimpleName();
        }
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(10)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(Model.class)
                .check(LockHandleLincheckTests.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(10)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(LockHandleLincheckTests.class);
    }

    /** The rules, for one thread. */
    public static class Model {

        private long now;
        private long deadline = LEASE.toNanos();
        private String end = "";
        private boolean left;

        private boolean live() {
            if (end.isEmpty() && now >= deadline) {
                end = "LockExpiredException";
            }
            return end.isEmpty();
        }

        /**
         * The clock goes on.
         *
         * @param step by how much
         */
        public void timePasses(int step) {
            now += step;
            live();
        }

        /**
         * Until the deadline or an end before it.
         *
         * @return whether the handle is valid
         */
        public boolean isValid() {
            return live() && !left;
        }

        /**
         * Moves the deadline of a live handle, never back.
         *
         * @param sent when the renewal was sent
         */
        public void renewed(int sent) {
            if (live()) {
                deadline = Math.max(deadline, sent + LEASE.toNanos());
            }
        }

        /**
         * Ends a live handle.
         *
         * @return whether it was live
         */
        public boolean takeAway() {
            boolean was = live();
            if (was) {
                end = "LockLostException";
            }
            return was;
        }

        /**
         * Ends a live handle once; says how it ended before, once.
         *
         * @return what came of it
         */
        public String unlock() {
            boolean was = live();
            String result = left ? "LockNotHeldException" : was ? "LockLostException" : end;
            if (was && !left) {
                end = "released";
            }
            left = true;
            return result;
        }
    }
}
