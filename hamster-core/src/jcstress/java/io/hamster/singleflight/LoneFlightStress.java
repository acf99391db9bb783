package io.hamster.singleflight;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** A flight that is taken out as one nobody joined was found by nobody. */
@JCStressTest
@Outcome(id = "true, false", expect = Expect.ACCEPTABLE, desc = "taken out before the other looked")
@Outcome(id = "false, true", expect = Expect.ACCEPTABLE, desc = "found, so not alone any more")
@Outcome(expect = Expect.FORBIDDEN, desc = "found though it counted as alone, or lost")
@State
public class LoneFlightStress {

    private final FlightTable<String, String> table = new FlightTable<>();
    private final Flight<String, String> flight = flight();

    public LoneFlightStress() {
        table.putIfAbsent(flight);
    }

    private static Flight<String, String> flight() {
        return new Flight<>("key", FlightTable.hash("key"), null);
    }

    @Actor
    public void ends(ZZ_Result r) {
        r.r1 = table.removeIfAlone(flight);
    }

    @Actor
    public void comes(ZZ_Result r) {
        r.r2 = table.putIfAbsent(flight()) == flight;
    }
}
