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
import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockLostException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

class LockedMonoTests {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration LONG = Duration.ofSeconds(10);

    @Test
    void locksWithTheSubscriptionAndUntilItTerminates() {
        with((context, job) -> {
            Mono<String> mono = job.run("a");
            assertThat(isLocked(context, "job:a")).isFalse();

            CompletableFuture<String> call = mono.toFuture();
            await().until(() -> job.subscribed() == 1);
            time(context).advance(Duration.ofMinutes(5));
            assertThat(isLocked(context, "job:a")).isTrue();
            job.sink().tryEmitValue("done");

            assertThat(call).succeedsWithin(LONG).isEqualTo("done");
            assertThat(isLocked(context, "job:a")).isFalse();
        });
    }

    @Test
    void eachSubscriptionIsACallOfItsOwn() {
        with((context, job) -> {
            Mono<String> mono = job.run("a");
            job.sink().tryEmitValue("done");

            assertThat(mono.block(LONG)).isEqualTo("done");
            assertThat(mono.block(LONG)).isEqualTo("done");

            assertThat(job.called()).isEqualTo(2);
            assertThat(context.getBean(LockClient.class).admin().stats().acquired())
                    .isEqualTo(2);
        });
    }

    @Test
    void subscriptionsOfOneKeyTakeTurns() {
        with((context, job) -> {
            LockHandle held = otherInstance(context).lock(LockRequest.of("job:a"));
            CompletableFuture<String> one = job.run("a").toFuture();
            CompletableFuture<String> two = job.run("a").toFuture();
            awaitWaiting(context, 2);
            held.unlock();
            await().until(() -> job.subscribed() == 1);
            awaitWaiting(context, 1);
            assertThat(job.subscribed()).isEqualTo(1);

            job.sink().tryEmitValue("done");

            assertThat(one).succeedsWithin(LONG).isEqualTo("done");
            assertThat(two).succeedsWithin(LONG).isEqualTo("done");
        });
    }

    @Test
    void anEmptyMonoStaysEmptyAndAFailureStaysItself() {
        with((context, job) -> {
            assertThat(job.empty().blockOptional(LONG)).isEmpty();
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> job.failing().block(LONG))
                    .withMessage("broken");
            assertThat(isLocked(context, "empty")).isFalse();
            assertThat(isLocked(context, "failing")).isFalse();
        });
    }

    @Test
    void passesTheSubscribersContextOnAndTheHandleWithIt() {
        with((context, job) -> assertThat(job.contextual()
                        .contextWrite(reactor -> reactor.put("user", "ann"))
                        .block(LONG))
                .isEqualTo("ann holds contextual"));
    }

    @Test
    void aNestedCallFindsItsOwnHandleAndTheOuterOneStaysWhatItWas() {
        with((context, job) -> assertThat(job.outer(job).block(LONG)).isEqualTo("outer, null holds contextual, outer"));
    }

    @Test
    void failsWhenTheWaitIsOverOrTheLockIsLostOrTheKeyIsNone() {
        with((context, job) -> {
            otherInstance(context).lock(LockRequest.of("job:a"));
            CompletableFuture<String> late = job.run("a").toFuture();
            awaitWaiting(context, 1);
            time(context).advance(Duration.ofSeconds(5));
            assertThat(late).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(LockNotAcquiredException.class);

            CompletableFuture<String> lost = job.run("b").toFuture();
            await().until(() -> job.subscribed() == 1);
            context.getBean(LockClient.class).admin().forceRelease("job:b");
            job.sink().tryEmitValue("done");
            assertThat(lost).failsWithin(LONG).withThrowableThat().withCauseInstanceOf(LockLostException.class);

            Mono<String> none = job.run(null);
            assertThatExceptionOfType(InvalidLockKeyException.class).isThrownBy(() -> none.block(LONG));
        });
    }

    @Test
    void cancelledWhileItWaitsItWithdraws() {
        with((context, job) -> {
            LockHandle held = otherInstance(context).lock(LockRequest.of("job:a"));
            Disposable call = job.run("a").subscribe();
            awaitWaiting(context, 1);

            call.dispose();
            awaitWaiting(context, 0);
            held.unlock();

            assertThat(isLocked(context, "job:a")).isFalse();
            assertThat(job.called()).isZero();
        });
    }

    @Test
    void cancelledWhileItRunsItLapses() {
        with((context, job) -> {
            Disposable call = job.run("a").subscribe();
            await().until(() -> job.subscribed() == 1);

            call.dispose();

            await().until(() -> job.cancelled() == 1);
            time(context).advance(LEASE.minusSeconds(1));
            assertThat(isLocked(context, "job:a")).isTrue();
            time(context).advance(Duration.ofSeconds(1));
            assertThat(isLocked(context, "job:a")).isFalse();
        });
    }

    private static void with(Check check) {
        ContextConsumer<AssertableApplicationContext> test = context -> check.on(context, context.getBean(Job.class));
        runner().withBean(Job.class).run(test);
    }

    interface Check {
        void on(AssertableApplicationContext context, Job job) throws Exception;
    }

    static class Job {

        private static Mono<String> holder() {
            return Mono.deferContextual(context ->
                    Mono.just(context.<LockHandle>get(LockHandle.class).key()));
        }

        @HamsterLocked(name = "outer")
        public Mono<String> outer(Job proxy) {
            return Mono.zip(holder(), proxy.contextual(), holder())
                    .map(all -> all.getT1() + ", " + all.getT2() + ", " + all.getT3());
        }

        private final Sinks.One<String> sink = Sinks.one();
        private final AtomicInteger called = new AtomicInteger();
        private final AtomicInteger subscribed = new AtomicInteger();
        private final AtomicInteger cancelled = new AtomicInteger();

        Sinks.One<String> sink() {
            return sink;
        }

        int called() {
            return called.get();
        }

        int subscribed() {
            return subscribed.get();
        }

        int cancelled() {
            return cancelled.get();
        }

        @HamsterLocked(name = "job", key = "#id", waitFor = "5s", lease = "30s")
        public Mono<String> run(@Nullable String id) {
            called.incrementAndGet();
            return sink.asMono()
                    .doOnSubscribe(subscription -> subscribed.incrementAndGet())
                    .doOnCancel(cancelled::incrementAndGet);
        }

        @HamsterLocked(name = "empty")
        public Mono<String> empty() {
            return Mono.empty();
        }

        @HamsterLocked(name = "failing")
        public Mono<String> failing() {
            return Mono.error(new IllegalStateException("broken"));
        }

        @HamsterLocked(name = "contextual")
        public Mono<String> contextual() {
            return Mono.deferContextual(context -> Mono.just(context.getOrDefault("user", null) + " holds "
                    + context.<LockHandle>get(LockHandle.class).key()));
        }
    }
}
