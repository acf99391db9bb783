package io.hamster.singleflight;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The table against a map: three keys in one bin, two flights for each. A flight's number says its key, number modulo
 * three.
 */
@Tag("lincheck")
@Param(name = "flight", gen = IntGen.class, conf = "0:5")
@Param(name = "key", gen = IntGen.class, conf = "0:2")
public class FlightTableLincheckTests {

    private static final int KEYS = 3;

    private final FlightTable<Key, String> table = new FlightTable<>();
    private final List<Flight<Key, String>> flights = IntStream.range(0, 2 * KEYS)
            .mapToObj(FlightTableLincheckTests::flight)
            .toList();

    /** The flight that holds the key already, or -1. */
    @Operation
    public int enter(@Param(name = "flight") int flight) {
        return flights.indexOf(table.putIfAbsent(flights.get(flight)));
    }

    @Operation
    public boolean leave(@Param(name = "flight") int flight) {
        return table.removeIfAlone(flights.get(flight)) || table.remove(flights.get(flight));
    }

    @Operation
    public boolean forget(@Param(name = "key") int key) {
        return table.removeKey(new Key(key));
    }

    @Test
    void modelChecking() {
        new ModelCheckingOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(2)
                .sequentialSpecification(Model.class)
                .check(FlightTableLincheckTests.class);
    }

    @Test
    void stress() {
        new StressOptions()
                .iterations(20)
                .invocationsPerIteration(1_000)
                .threads(3)
                .actorsPerThread(3)
                .sequentialSpecification(Model.class)
                .check(FlightTableLincheckTests.class);
    }

    private static Flight<Key, String> flight(int number) {
        Key key = new Key(number % KEYS);
        return new Flight<>(key, FlightTable.hash(key), null);
    }

    private record Key(int id) {
        @Override
        public int hashCode() {
            return 0;
        }
    }

    /** The same with a map and no concurrency. */
    public static class Model {

        private final Map<Integer, Integer> flightByKey = new HashMap<>();

        /**
         * Enters unless the key is taken.
         *
         * @param flight the flight
         * @return the flight that has the key, or -1
         */
        public int enter(int flight) {
            Integer present = flightByKey.putIfAbsent(flight % KEYS, flight);
            return present == null ? -1 : present;
        }

        /**
         * Removes exactly this flight.
         *
         * @param flight the flight
         * @return whether it was in
         */
        public boolean leave(int flight) {
            return flightByKey.remove(flight % KEYS, flight);
        }

        /**
         * Removes the key's flight.
         *
         * @param key the key
         * @return whether there was one
         */
        public boolean forget(int key) {
            return flightByKey.remove(key) != null;
        }
    }
}
