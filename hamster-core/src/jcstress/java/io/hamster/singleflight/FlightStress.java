package io.hamster.singleflight;

import io.hamster.singleflight.Singleflight.Result;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;

/** Whoever joins a flight is told its result, whole; whoever is late is told to start anew. */
@JCStressTest
@Outcome(id = "7, true", expect = Expect.ACCEPTABLE, desc = "joined before it landed, and told")
@Outcome(id = "-1, false", expect = Expect.ACCEPTABLE, desc = "too late, and nobody to tell")
@Outcome(expect = Expect.FORBIDDEN, desc = "joined and not told, or told half a result")
@State
public class FlightStress {

    private final Flight<String, int[]> flight = new Flight<>("key", FlightTable.hash("key"), null);
    private CompletableFuture<Result<int[]>> joined;

    @Actor
    public void joins() {
        Sharing<int[]> sharing = flight.join();
        if (sharing != null) {
            joined = sharing.future(Runnable::run);
        }
    }

    @Actor
    public void lands(IZ_Result r) {
        int[] value = new int[1];
        value[0] = 7;
        Sharing<int[]> sharing = flight.land();
        if (sharing != null) {
            sharing.publish(new Result<>(value, true));
        }
        r.r2 = sharing != null;
    }

    @Arbiter
    public void looks(IZ_Result r) {
        r.r1 = joined == null ? -1 : joined.isDone() ? joined.join().value()[0] : 0;
    }
}
