package io.hamster.singleflight;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A thread knows the flight that it runs itself, and takes none for its own that another runs: without a fence. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "each knows")
@Outcome(expect = Expect.FORBIDDEN, desc = "a thread takes another's flight for its own, or not its own")
@State
public class RunnerStress {

    private final Flight<String, String> flight = new Flight<>("key", FlightTable.hash("key"), null);

    @Actor
    public void runs(ZZ_Result r) {
        flight.runBy(Thread.currentThread());
        r.r1 = flight.isRunBy(Thread.currentThread());
    }

    @Actor
    public void comes(ZZ_Result r) {
        r.r2 = flight.isRunBy(Thread.currentThread());
    }
}
