package io.hamster.singleflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.hamster.InvalidExpirationException;
import io.hamster.InvalidKeyException;
import io.hamster.singleflight.Singleflight.Result;
import io.hamster.singleflight.Singleflight.Stats;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class SingleflightTests {

    private final Singleflight<String, String> flights = new Singleflight<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch landing = new CountDownLatch(1);

    @AfterEach
    void landAll() {
        landing.countDown();
        threads.shutdownNow();
    }

    @Test
    void runsTheWorkAndReturnsItsValue() throws Exception {
        assertThat(flights.execute("key", () -> "value")).isEqualTo(new Result<>("value", false));
        assertThat(flights.stats()).isEqualTo(new Stats(1, 1, 0));
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void cachesNothing() throws Exception {
        flights.execute("key", () -> "old");

        assertThat(flights.execute("key", () -> "new").value()).isEqualTo("new");
    }

    @Test
    void passesNullOn() throws Exception {
        Singleflight<String, @Nullable String> nullable = new Singleflight<>();

        assertThat(nullable.execute("key", () -> null).value()).isNull();
    }

    @Test
    void callersOfOneKeyShareOneExecution() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Future<Result<String>> leader = takeOff("key", () -> "value " + runs.incrementAndGet());
        List<Future<Result<String>>> followers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            followers.add(threads.submit(() -> flights.execute("key", () -> "value " + runs.incrementAndGet())));
        }
        awaitCalls(51);
        landing.countDown();

        assertThat(leader.get()).isEqualTo(new Result<>("value 1", true));
        for (Future<Result<String>> follower : followers) {
            assertThat(follower.get()).isEqualTo(new Result<>("value 1", true));
        }
        assertThat(flights.stats()).isEqualTo(new Stats(51, 1, 50));
    }

    @Test
    void keysDoNotDisturbEachOther() throws Exception {
        takeOff("busy", () -> "later");

        // More keys than the table has bins, so some share the busy key's bin.
        for (int i = 0; i < 5_000; i++) {
            String key = "free " + i;
            assertThat(flights.execute(key, () -> key)).isEqualTo(new Result<>(key, false));
        }
        assertThat(flights.inFlight()).isEqualTo(1);
    }

    @Test
    void keysWithEqualHashCodesStayApart() throws Exception {
        Singleflight<Clashing, String> clashing = new Singleflight<>();
        List<Future<Result<String>>> running = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int id = i;
            running.add(threads.submit(() -> clashing.execute(new Clashing(id), () -> {
                landing.await();
                return "value " + id;
            })));
        }
        await().until(() -> clashing.inFlight() == 20);
        Future<Result<String>> follower =
                threads.submit(() -> clashing.execute(new Clashing(7), () -> "should have joined"));
        await().until(() -> clashing.stats().calls() == 21);
        landing.countDown();

        assertThat(follower.get()).isEqualTo(new Result<>("value 7", true));
        for (int i = 0; i < 20; i++) {
            assertThat(running.get(i).get()).isEqualTo(new Result<>("value " + i, i == 7));
        }
        assertThat(clashing.inFlight()).isZero();
    }

    @Test
    void forgettingAKeyLeavesThoseWithTheSameHashCode() throws Exception {
        Singleflight<Clashing, String> clashing = new Singleflight<>();
        Future<Result<String>> other = threads.submit(() -> clashing.execute(new Clashing(1), () -> {
            landing.await();
            return "other";
        }));
        await().until(() -> clashing.inFlight() == 1);
        threads.submit(() -> clashing.execute(new Clashing(2), () -> {
            landing.await();
            return "forgotten";
        }));
        await().until(() -> clashing.inFlight() == 2);

        assertThat(clashing.forget(new Clashing(3))).isFalse();
        assertThat(clashing.forget(new Clashing(2))).isTrue();
        assertThat(clashing.inFlight()).isEqualTo(1);
        landing.countDown();
        assertThat(other.get().value()).isEqualTo("other");
    }

    /** The timeline of Go's issue 31420: an old call that was forgotten must not delete the newer call's entry. */
    @Test
    void forgottenWorkDoesNotRemoveTheNewer() throws Exception {
        CountDownLatch secondLands = new CountDownLatch(1);
        Future<Result<String>> first = takeOff("key", () -> "first");
        assertThat(flights.forget("key")).isTrue();
        Future<Result<String>> second = threads.submit(() -> flights.execute("key", () -> {
            secondLands.await();
            return "second";
        }));
        await().until(() -> flights.inFlight() == 1);

        landing.countDown();
        assertThat(first.get()).isEqualTo(new Result<>("first", false));
        assertThat(flights.inFlight()).as("the newer work stays in flight").isEqualTo(1);
        Future<Result<String>> third = threads.submit(() -> flights.execute("key", () -> "third"));
        awaitCalls(3);
        secondLands.countDown();

        assertThat(second.get()).isEqualTo(new Result<>("second", true));
        assertThat(third.get()).isEqualTo(new Result<>("second", true));
    }

    @Test
    void forgottenWorkCompletesForItsOwnWaiters() throws Exception {
        Future<Result<String>> first = takeOff("key", () -> "first");
        Future<Result<String>> waiter = threads.submit(() -> flights.execute("key", () -> "not run"));
        awaitCalls(2);
        flights.forget("key");

        assertThat(flights.execute("key", () -> "anew")).isEqualTo(new Result<>("anew", false));
        landing.countDown();
        assertThat(first.get()).isEqualTo(new Result<>("first", true));
        assertThat(waiter.get()).isEqualTo(new Result<>("first", true));
    }

    @Test
    void forgetSaysWhetherThereWasSomething() {
        assertThat(flights.forget("key")).isFalse();
    }

    @Test
    void forgetAllFreesEveryKey() throws Exception {
        Future<Result<String>> a = takeOff("a", () -> "old a");
        Future<Result<String>> b = threads.submit(() -> flights.execute("b", () -> {
            landing.await();
            return "old b";
        }));
        await().until(() -> flights.inFlight() == 2);
        flights.forgetAll();

        assertThat(flights.inFlight()).isZero();
        assertThat(flights.execute("a", () -> "new a").value()).isEqualTo("new a");
        assertThat(flights.execute("b", () -> "new b").value()).isEqualTo("new b");
        landing.countDown();
        assertThat(a.get().value()).isEqualTo("old a");
        assertThat(b.get().value()).isEqualTo("old b");
    }

    @Test
    void theKeyIsFreeBeforeAResultIsPublished() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Future<Result<String>> leader = takeOff("key", () -> "value " + runs.incrementAndGet());
        Future<String> follower = threads.submit(() -> {
            String joined = flights.execute("key", () -> "not run").value();
            return joined + ", then "
                    + flights.execute("key", () -> "value " + runs.incrementAndGet())
                            .value();
        });
        awaitCalls(2);
        landing.countDown();

        assertThat(follower.get()).isEqualTo("value 1, then value 2");
        assertThat(leader.get().value()).isEqualTo("value 1");
    }

    @Test
    void runnerGetsTheOriginalExceptionAndWaitersOneCausedByIt() throws Exception {
        IOException original = new IOException("unreachable");
        assertSharedFailure(original);
    }

    @Test
    void waitersAreToldOfErrorsToo() throws Exception {
        assertSharedFailure(new StackOverflowError("deep"));
    }

    @Test
    void aFailureIsNotKept() throws Exception {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> flights.execute("key", () -> {
                    throw new IOException("once");
                }));

        assertThat(flights.execute("key", () -> "value").value()).isEqualTo("value");
    }

    @Test
    void anInterruptedWaiterLeavesAlone() throws Exception {
        Future<Result<String>> leader = takeOff("key", () -> "value");
        Future<Result<String>> patient = threads.submit(() -> flights.execute("key", () -> "not run"));
        AtomicInteger interrupted = new AtomicInteger();
        Thread impatient = new Thread(() -> {
            try {
                flights.execute("key", () -> "not run");
            } catch (InterruptedException e) {
                interrupted.incrementAndGet();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        impatient.start();
        awaitCalls(3);
        impatient.interrupt();
        impatient.join();

        assertThat(interrupted).hasValue(1);
        assertThat(flights.inFlight()).isEqualTo(1);
        landing.countDown();
        assertThat(leader.get().value()).isEqualTo("value");
        assertThat(patient.get().value()).isEqualTo("value");
        assertThat(flights.stats()).isEqualTo(new Stats(3, 1, 1));
    }

    @Test
    void aTimedOutWaiterLeavesAlone() throws Exception {
        Future<Result<String>> leader = takeOff("key", () -> "value");

        assertThatExceptionOfType(SingleflightTimeoutException.class)
                .isThrownBy(() -> flights.execute("key", () -> "not run", Duration.ofMillis(1)))
                .withMessageContaining("PT0.001S");

        assertThat(flights.inFlight()).isEqualTo(1);
        landing.countDown();
        assertThat(leader.get().value()).isEqualTo("value");
        assertThat(flights.stats()).isEqualTo(new Stats(2, 1, 0));
    }

    @Test
    void aTimeoutLimitsWaitingAndNotTheWork() throws Exception {
        assertThat(flights.execute("key", () -> "value", Duration.ofNanos(1)).value())
                .isEqualTo("value");
    }

    @Test
    void aHugeTimeoutIsNoTimeout() throws Exception {
        Future<Result<String>> leader = takeOff("key", () -> "value");
        Future<Result<String>> follower =
                threads.submit(() -> flights.execute("key", () -> "not run", Duration.ofSeconds(Long.MAX_VALUE)));
        awaitCalls(2);
        landing.countDown();

        assertThat(follower.get()).isEqualTo(leader.get());
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void refusesATimeoutOfZeroOrLess(long millis) {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> flights.execute("key", () -> "value", Duration.ofMillis(millis)))
                .withMessageContaining(Duration.ofMillis(millis).toString());
    }

    @Test
    @SuppressWarnings("NullAway")
    void refusesANullKey() {
        String none = null;
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> flights.execute(none, () -> "value"));
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> flights.executeAsync(none, () -> "value", threads));
        assertThatExceptionOfType(InvalidKeyException.class).isThrownBy(() -> flights.forget(none));
    }

    @Test
    void reentryOfTheSameKeyIsRefusedAtOnce() throws Exception {
        Result<String> result = flights.execute("key", () -> {
            assertThatIllegalStateException().isThrownBy(() -> flights.execute("key", () -> "inner"));
            assertThatIllegalStateException().isThrownBy(() -> flights.executeAsync("key", () -> "inner", threads));
            return "outer";
        });

        assertThat(result.value()).isEqualTo("outer");
        assertThat(flights.inFlight()).isZero();
    }

    @Test
    void reentryThroughAnotherKeyIsRefusedToo() throws Exception {
        String value = flights.execute(
                        "a",
                        () -> flights.execute("b", () -> {
                                    assertThatIllegalStateException()
                                            .isThrownBy(() -> flights.execute("a", () -> "never"));
                                    return "innermost";
                                })
                                .value())
                .value();

        assertThat(value).isEqualTo("innermost");
    }

    @Test
    void forgetAllowsReentry() throws Exception {
        String value = flights.execute("key", () -> {
                    flights.forget("key");
                    return flights.execute("key", () -> "inner").value() + " and outer";
                })
                .value();

        assertThat(value).isEqualTo("inner and outer");
    }

    private void assertSharedFailure(Throwable original) throws Exception {
        Future<Result<String>> leader = takeOff("key", () -> {
            if (original instanceof Error error) {
                throw error;
            }
            throw (Exception) original;
        });
        Future<Result<String>> follower = threads.submit(() -> flights.execute("key", () -> "not run"));
        awaitCalls(2);
        landing.countDown();

        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(leader::get)
                .satisfies(e -> assertThat(e.getCause()).isSameAs(original));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(follower::get)
                .satisfies(e -> assertThat(e.getCause())
                        .isExactlyInstanceOf(SingleflightException.class)
                        .hasMessageContaining(original.getMessage())
                        .cause()
                        .isSameAs(original));
        assertThat(flights.stats()).isEqualTo(new Stats(2, 1, 1));
        assertThat(flights.inFlight()).isZero();
    }

    /** Starts work in another thread that lasts until {@code landing} opens; returns once it runs. */
    private Future<Result<String>> takeOff(String key, Callable<String> work) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        Future<Result<String>> future = threads.submit(() -> flights.execute(key, () -> {
            running.countDown();
            landing.await();
            return work.call();
        }));
        running.await();
        return future;
    }

    private void awaitCalls(int calls) {
        await().pollInterval(Duration.ofMillis(1)).until(() -> flights.stats().calls() == calls);
    }

    private record Clashing(int id) {
        @Override
        public int hashCode() {
            return 42;
        }
    }
}
