package io.hamster.singleflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.singleflight.Singleflight.Result;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** The parts alone, in the orders that a race seldom brings about. */
class FlightTests {

    private final Flight<String, String> flight = new Flight<>("key", 1, null);
    private final Sharing<String> sharing = new Sharing<>();

    @Test
    void aLandedFlightCanNotBeJoined() {
        assertThat(flight.land()).isNull();
        assertThat(flight.join()).isNull();
    }

    @Test
    void landingTellsThoseWhoJoinedOnce() {
        Sharing<String> joined = flight.join();
        assertThat(flight.join()).isSameAs(joined).isNotNull();

        assertThat(flight.land()).isSameAs(joined);
        assertThat(flight.join()).isNull();
        assertThat(flight.land()).as("an executor that ran the work and threw").isNull();
    }

    @Test
    void aFutureThatComesAfterTheResultHasItAtOnce() {
        sharing.publish(new Result<>("value", true));

        assertThat(sharing.future(Runnable::run)).isCompletedWithValue(new Result<>("value", true));
    }

    @Test
    void aFutureThatComesAfterTheFailureHasItAtOnce() {
        sharing.publishFailure(new IllegalStateException("broken"));

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(sharing.future(Runnable::run)::join)
                .withCauseExactlyInstanceOf(SingleflightException.class)
                .withMessageContaining("broken");
    }

    @Test
    void aCallerWhoGivesUpLeavesNoTrace() throws Exception {
        CompletableFuture<Result<String>> kept = sharing.future(Runnable::run);
        for (int i = 0; i < 1000; i++) {
            sharing.future(Runnable::run).cancel(true);
        }

        assertThat(futures()).containsOnlyKeys(kept);
        sharing.publish(new Result<>("value", true));
        assertThat(futures()).isEmpty();
    }

    @SuppressWarnings("unchecked")
    private Map<CompletableFuture<Result<String>>, ?> futures() throws ReflectiveOperationException {
        Field field = Sharing.class.getDeclaredField("futures");
        field.setAccessible(true);
        return (Map<CompletableFuture<Result<String>>, ?>) field.get(sharing);
    }
}
