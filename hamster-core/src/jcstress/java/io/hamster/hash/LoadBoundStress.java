package io.hamster.hash;

import java.util.List;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Two requests for one key that come at once, with room for one on each peer, go to different peers. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one on each")
@Outcome(expect = Expect.FORBIDDEN, desc = "both on one, or a place is lost")
@State
public class LoadBoundStress {

    private static final HashRing RING = HashRing.of(
            RingProfile.hamster(), List.of(new Peer("a", "a"), new Peer("b", "b")));

    private final LoadBound bound = new LoadBound(1);
    private final PeerState[] states = {new PeerState(RING.peers().get(0)), new PeerState(RING.peers().get(1))};

    @Actor
    public void comes() {
        bound.reserve(states, RING.counts, new RingWalk(RING, 42), 2);
    }

    @Actor
    public void comesToo() {
        bound.reserve(states, RING.counts, new RingWalk(RING, 42), 2);
    }

    @Arbiter
    public void looks(II_Result r) {
        r.r1 = states[0].inFlight.get();
        r.r2 = states[1].inFlight.get();
    }
}
