package io.hamster.cache;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZZ_Result;

/** Of two threads that ask at once one owns the buffer, and from then on it is shared. */
@JCStressTest
@Outcome(id = {"true, false, true", "false, true, true"}, expect = Expect.ACCEPTABLE, desc = "one of them")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, neither, or not known to be shared")
@State
public class UseBufferOwnerStress {

    private final UseBuffer uses = new UseBuffer();

    @Actor
    public void asks(ZZZ_Result r) {
        r.r1 = uses.isOwn();
    }

    @Actor
    public void asksToo(ZZZ_Result r) {
        r.r2 = uses.isOwn();
    }

    @Arbiter
    public void isShared(ZZZ_Result r) {
        r.r3 = uses.isShared();
    }
}
