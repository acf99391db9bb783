package io.hamster.singleflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hamster.InvalidExpirationException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Work that takes longer than those who wait for it are ready to wait. */
@Timeout(30)
class SingleflightOverdueTests {

    private static final Duration SHORT = Duration.ofMillis(1);
    /** Enough for what others do meanwhile. */
    private static final Duration LONGER = Duration.ofSeconds(5);

    private static final Duration LONG = Duration.ofMinutes(1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Singleflight<String, Integer> flights = new Singleflight<>();
    private final AtomicInteger started = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void stop() {
        released.countDown();
        threads.shutdownNow();
    }

    @Test
    void aWaiterKeepsOverdueWorkUnlessItForgetsIt() throws Exception {
        Future<Integer> first = begin();
        assertThatExceptionOfType(SingleflightTimeoutException.class)
                .isThrownBy(() -> flights.execute("key", this::work, SHORT));
        assertThat(flights.inFlight()).isEqualTo(1);
        assertThatExceptionOfType(SingleflightTimeoutException.class)
                .isThrownBy(() -> flights.executeOrForget("key", this::work, SHORT));
        assertThat(flights.inFlight()).isZero();

        Future<Integer> second = begin();
        released.countDown();
        assertThat(first.get()).isEqualTo(1);
        assertThat(second.get()).isEqualTo(2);
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void aWaiterNeverForgetsNewerWork() throws Exception {
        begin();
        Future<Integer> patient = threads.submit(
                () -> flights.executeOrForget("key", this::work, LONGER).value());
        await().until(() -> flights.stats().calls() == 2);
        assertThatExceptionOfType(SingleflightTimeoutException.class)
                .isThrownBy(() -> flights.executeOrForget("key", this::work, SHORT));
        begin();

        assertThat(patient)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(SingleflightTimeoutException.class);
        assertThat(flights.inFlight()).as("the newer").isEqualTo(1);
        assertThat(started).hasValue(2);
    }

    @Test
    void onAnExecutorWhoStartsTheWorkForgetsItTooButNoneNewer() throws Exception {
        Future<Integer> patient = threads.submit(() ->
                flights.executeOrForget("key", this::work, LONGER, threads).value());
        await().until(() -> started.get() == 1);
        assertThatExceptionOfType(SingleflightTimeoutException.class)
                .as("joins")
                .isThrownBy(() -> flights.executeOrForget("key", this::work, SHORT, threads));
        assertThat(flights.inFlight()).isZero();
        begin();

        assertThat(patient)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(SingleflightTimeoutException.class);
        assertThat(flights.inFlight()).as("the newer").isEqualTo(1);

        flights.forget("key");
        assertThatExceptionOfType(SingleflightTimeoutException.class)
                .as("starts")
                .isThrownBy(() -> flights.executeOrForget("key", this::work, SHORT, threads));
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void onAnExecutorWhoStartsTheWorkLeavesItToTheOthersWhenInterrupted() throws Exception {
        AtomicReference<Thread> starter = new AtomicReference<>();
        Future<Integer> first = threads.submit(() -> {
            starter.set(Thread.currentThread());
            return flights.executeOrForget("key", this::work, LONG, threads).value();
        });
        await().until(() -> started.get() == 1);
        Future<Integer> second = threads.submit(
                () -> flights.executeOrForget("key", this::work, LONG, threads).value());
        await().until(() -> flights.stats().calls() == 2);
        starter.get().interrupt();
        assertThat(first)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(InterruptedException.class);

        released.countDown();
        assertThat(second.get()).isEqualTo(1);
        assertThat(flights.stats().shared()).isEqualTo(1);
    }

    @Test
    void onAnExecutorWhoStartsTheWorkGetsWhatItThrew() {
        for (Throwable thrown : List.of(
                new IOException("by the test"),
                new OutOfMemoryError("by the test"),
                new CompletionException(new IOException("by the test")))) {
            assertThatThrownBy(() -> flights.executeOrForget("key", () -> fail(thrown), LONG, threads))
                    .isSameAs(thrown);
        }
        assertThatThrownBy(() -> flights.executeOrForget("key", this::work, LONG, task -> {
                    throw new RejectedExecutionException("full");
                }))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void refusesATimeoutThatIsNone() {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> flights.executeOrForget("key", this::work, Duration.ZERO))
                .withMessageContaining("PT0S");
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> flights.executeOrForget("key", this::work, Duration.ZERO, threads))
                .withMessageContaining("PT0S");
    }

    /** Work of its own, once it runs. */
    private Future<Integer> begin() {
        int before = started.get();
        Future<Integer> result =
                threads.submit(() -> flights.execute("key", this::work).value());
        await().until(() -> started.get() == before + 1);
        return result;
    }

    private static int fail(Throwable thrown) throws Exception {
        if (thrown instanceof Error error) {
            throw error;
        }
        throw (Exception) thrown;
    }

    private int work() throws InterruptedException {
        int number = started.incrementAndGet();
        released.await();
        return number;
    }
}
