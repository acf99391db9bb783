package io.hamster.cache;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A use that was noted is taken out once, by the drain beside it or by the next, and in its order. */
@JCStressTest
@Outcome(id = "0, 12", expect = Expect.ACCEPTABLE, desc = "drained before either")
@Outcome(id = "1, 2", expect = Expect.ACCEPTABLE, desc = "drained between them")
@Outcome(id = "12, 0", expect = Expect.ACCEPTABLE, desc = "drained after both")
@Outcome(expect = Expect.FORBIDDEN, desc = "a use is lost, doubled or out of order")
@State
public class UseBufferStress {

    private final UseBuffer uses = new UseBuffer();
    private int drained;

    @Actor
    public void notes() {
        uses.offer(1);
        uses.offer(2);
    }

    @Actor
    public void drains(II_Result r) {
        r.r1 = drain();
    }

    @Arbiter
    public void drainsTheRest(II_Result r) {
        r.r2 = drain();
    }

    private int drain() {
        drained = 0;
        uses.drainTo(used -> drained = 10 * drained + used);
        return drained;
    }
}
