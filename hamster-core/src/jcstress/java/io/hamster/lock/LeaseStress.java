package io.hamster.lock;

import io.hamster.TimeSource;
import io.hamster.lock.LockListener.Loss;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A lease that is taken away amid a renewal and a release ends once, for one reason, and isn't revived. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "released, which is no loss")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "taken away, and told once")
@Outcome(expect = Expect.FORBIDDEN, desc = "ended twice, not at all, or told otherwise")
@State
public class LeaseStress {

    private static final Clock CLOCK = new Clock(TimeSource.system());
    private static final long HOUR = 3_600_000_000_000L;

    private final AtomicInteger losses = new AtomicInteger();
    private final Lease lease = new Lease() {
        @Override
        Clock clock() {
            return CLOCK;
        }

        @Override
        void lost(Loss loss) {
            losses.incrementAndGet();
        }

        @Override
        void fire(long now) {}

        @Override
        int spread() {
            return 0;
        }
    };

    public LeaseStress() {
        lease.begin(CLOCK.now() + HOUR);
    }

    @Actor
    public void renewsAndReleases(III_Result r) {
        lease.extend(CLOCK.now() + 2 * HOUR);
        r.r1 = lease.release() != Lease.NOTHING ? 1 : 0;
    }

    @Actor
    public void takesAway(III_Result r) {
        r.r2 = lease.takeAway() ? 1 : 0;
    }

    @Arbiter
    public void looks(III_Result r) {
        r.r3 = lease.live() ? -1 : losses.get();
    }
}
