package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.awaitWaiting;
import static io.hamster.spring.lock.LockTestSupport.isLocked;
import static io.hamster.spring.lock.LockTestSupport.otherInstance;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.FaultyLockStore;
import io.hamster.lock.FaultyLockStore.Command;
import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockLostException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class LockedFutureTests {

    private static final Duration LEASE = Duration.ofSeconds(30);

    @Test
    void holdsTheLockUntilTheFutureCompletes() {
        with((context, job) -> {
            CompletableFuture<String> call = job.run("a");
            await().until(() -> job.begun() == 1);
            time(context).advance(Duration.ofMinutes(5));
            assertThat(isLocked(context, "job:a")).isTrue();
            assertThat(call).isNotDone();

            job.work().complete("done");

            assertThat(call).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("done");
            assertThat(isLocked(context, "job:a")).isFalse();
        });
    }

    @Test
    void isFreeBeforeTheCallerIsTold() {
        with((context, job) -> {
            CompletableFuture<Boolean> locked = job.run("a").thenApply(done -> isLocked(context, "job:a"));
            job.work().complete("done");

            assertThat(locked).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo(false);
        });
    }

    @Test
    void tellsTheCallerOnAThreadThatNoAnswersOfTheStoreNeed() {
        runner().withUserConfiguration(SlowStore.class).withBean(Job.class).run(context -> {
            FaultyLockStore network = context.getBean(FaultyLockStore.class);
            network.plan(Command.RELEASE, network.answerDelayed(Duration.ofSeconds(1)));
            Job job = context.getBean(Job.class);
            CompletableFuture<Thread> told = job.run("a").thenApply(done -> Thread.currentThread());
            job.work().complete("done");
            await().until(() -> network.count(Command.RELEASE) == 1);

            // The answer comes on this thread.
            time(context).advance(Duration.ofSeconds(1));

            assertThat(told).succeedsWithin(10, TimeUnit.SECONDS).isNotSameAs(Thread.currentThread());
        });
    }

    @Test
    void waitsWithoutBlockingTheCaller() {
        with((context, job) -> {
            LockHandle held = otherInstance(context).lock(LockRequest.of("job:a"));
            job.work().complete("done");
            CompletableFuture<String> call = job.run("a");
            awaitWaiting(context, 1);
            assertThat(job.begun()).isZero();

            held.unlock();

            assertThat(call).succeedsWithin(10, TimeUnit.SECONDS).isEqualTo("done");
        });
    }

    @Test
    void anAbandonedLockIsNotRenewedEvenWithoutAMarginForDrift() {
        with(
                (context, job) -> {
                    CompletableFuture<String> call = job.run("a");
                    await().until(() -> job.begun() == 1);

                    call.cancel(false);
                    time(context).advance(Duration.ofSeconds(30));

                    assertThat(isLocked(context, "job:a")).isFalse();
                },
                "hamster.lock.drift-margin=0");
    }

    @Test
    void failsWhenTheWaitIsOver() {
        with((context, job) -> {
            otherInstance(context).lock(LockRequest.of("job:a"));
            CompletableFuture<String> call = job.run("a");
            awaitWaiting(context, 1);

            time(context).advance(Duration.ofSeconds(5));

            assertThat(call)
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(LockNotAcquiredException.class);
            assertThat(job.begun()).isZero();
        });
    }

    @Test
    void passesOnTheFailureAndReleases() {
        with((context, job) -> {
            CompletableFuture<String> call = job.run("a");
            job.work().completeExceptionally(new IOException("broken"));

            assertThat(call)
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(IOException.class);
            assertThat(isLocked(context, "job:a")).isFalse();
        });
    }

    @Test
    void aMethodThatThrowsFailsItsFuture() {
        with((context, job) -> {
            assertThat(job.throwing())
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(IOException.class);
            assertThat(isLocked(context, "throwing")).isFalse();
        });
    }

    @Test
    void givesTheMethodItsHandlesAndTakesSeveral() {
        with((context, job) -> {
            job.work().complete("done");

            assertThat(job.several(List.of("b", "a")).toCompletableFuture())
                    .succeedsWithin(10, TimeUnit.SECONDS)
                    .isEqualTo("several:b");
            assertThat(isLocked(context, "several:a")).isFalse();
            assertThat(isLocked(context, "several:b")).isFalse();
        });
    }

    @Test
    void severalShareOneWaitAndLeaveNothingBehind() {
        with((context, job) -> {
            otherInstance(context).lock(LockRequest.of("several:b"));
            CompletionStage<String> call = job.several(List.of("b", "a"));
            await().until(() -> isLocked(context, "several:a"));
            awaitWaiting(context, 1);

            time(context).advance(Duration.ofSeconds(5));

            assertThat(call.toCompletableFuture()).failsWithin(10, TimeUnit.SECONDS);
            assertThat(isLocked(context, "several:a")).isFalse();
        });
    }

    @Test
    void takesThousandsOfKeys() {
        with((context, job) -> {
            job.work().complete("done");
            List<String> keys =
                    IntStream.range(0, 10_000).mapToObj(Integer::toString).toList();

            assertThat(job.several(keys).toCompletableFuture()).succeedsWithin(60, TimeUnit.SECONDS);
            assertThat(context.getBean(LockClient.class).admin().stats().released())
                    .isEqualTo(10_000);
        });
    }

    @Test
    void failsIfTheLockWasLostMeanwhile() {
        with((context, job) -> {
            CompletableFuture<String> call = job.run("a");
            await().until(() -> job.begun() == 1);
            context.getBean(LockClient.class).admin().forceRelease("job:a");
            job.work().complete("done");

            assertThat(call)
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(LockLostException.class);
        });
    }

    @Test
    void cancelledWhileItWaitsItWithdraws() {
        with((context, job) -> {
            LockHandle held = otherInstance(context).lock(LockRequest.of("job:a"));
            CompletableFuture<String> call = job.run("a");
            awaitWaiting(context, 1);

            call.cancel(true);
            awaitWaiting(context, 0);
            held.unlock();

            assertThat(isLocked(context, "job:a")).isFalse();
            assertThat(job.begun()).isZero();
        });
    }

    @Test
    void cancelledWhileItRunsItLapses() {
        with((context, job) -> {
            CompletableFuture<String> call = job.run("a");
            await().until(() -> job.begun() == 1);

            call.cancel(true);

            await().untilAsserted(() -> assertThat(job.work()).as("passed on").isCancelled());
            time(context).advance(LEASE.minusSeconds(1));
            assertThat(isLocked(context, "job:a"))
                    .as("nobody knows whether the work has ended")
                    .isTrue();
            time(context).advance(Duration.ofSeconds(1));
            assertThat(isLocked(context, "job:a")).isFalse();
        });
    }

    @Test
    void cancelledWhileItRunsItKeepsOthersOutForAtLeastItsTime() {
        with((context, job) -> {
            CompletableFuture<String> call = job.atLeastFiveMinutes();
            await().until(() -> job.begun() == 1);
            call.cancel(true);
            await().untilAsserted(() -> assertThat(job.work()).isCancelled());

            time(context).advance(Duration.ofSeconds(299));
            assertThat(isLocked(context, "kept")).isTrue();
            time(context).advance(LEASE.plusSeconds(1));

            assertThat(isLocked(context, "kept")).isFalse();
        });
    }

    @Test
    void givenUpByTheCallerItIsReleasedWhenTheWorkIsSeenToEnd() {
        with((context, job) -> {
            CompletableFuture<String> call = job.run("a");
            await().until(() -> job.begun() == 1);

            call.completeExceptionally(new TimeoutException());
            assertThat(isLocked(context, "job:a")).isTrue();
            job.work().complete("done after all");

            await().until(() -> !isLocked(context, "job:a"));
        });
    }

    @Test
    void aKeyThatIsNoneIsRefusedAtOnce() {
        with((context, job) -> {
            assertThatExceptionOfType(InvalidLockKeyException.class).isThrownBy(() -> job.run(null));
            assertThat(job.begun()).isZero();
        });
    }

    private static void with(Check check, String... properties) {
        ContextConsumer<AssertableApplicationContext> test = context -> check.on(context, context.getBean(Job.class));
        runner().withPropertyValues(properties).withBean(Job.class).run(test);
    }

    interface Check {
        void on(AssertableApplicationContext context, Job job) throws Exception;
    }

    @Configuration(proxyBeanMethods = false)
    static class SlowStore {

        @Bean
        FaultyLockStore store(ManualTime time) {
            return new FaultyLockStore(new MemoryLockStore(time, time.scheduler()), time.scheduler());
        }
    }

    static class Job {

        private final CompletableFuture<String> work = new CompletableFuture<>();
        private volatile int begun;

        int begun() {
            return begun;
        }

        CompletableFuture<String> work() {
            return work;
        }

        @HamsterLocked(name = "job", key = "#id", waitFor = "5s", lease = "30s")
        public CompletableFuture<String> run(String id) {
            begun = begun + 1;
            return work;
        }

        @HamsterLocked(name = "kept", lease = "30s", atLeastFor = "5m")
        public CompletableFuture<String> atLeastFiveMinutes() {
            begun = begun + 1;
            return work;
        }

        @HamsterLocked(name = "throwing")
        public CompletableFuture<String> throwing() throws IOException {
            throw new IOException("broken");
        }

        @HamsterLocked(name = "several", key = "#ids", waitFor = "5s")
        public CompletionStage<String> several(List<String> ids) {
            String key = LockContext.current().orElseThrow().key();
            return work.thenApply(done -> key);
        }
    }
}
