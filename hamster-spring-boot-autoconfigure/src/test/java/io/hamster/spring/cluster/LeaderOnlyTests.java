package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.LeaderOnly;
import io.hamster.cluster.Cluster;
import io.hamster.spring.HamsterAutoConfiguration;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import reactor.core.publisher.Mono;

@ExtendWith(OutputCaptureExtension.class)
class LeaderOnlyTests {

    private final ScriptedEngine engine = new ScriptedEngine();
    private final State state = new State();

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class, HamsterAutoConfiguration.class, HamsterClusterAutoConfiguration.class))
            .withBean(ClusterEngine.class, () -> engine)
            .withPropertyValues("hamster.cluster.enabled=true", "hamster.cluster.mode=redis");

    @Test
    void runsOnTheLeaderAndIsSkippedElsewhere() {
        List<String> skipped = new CopyOnWriteArrayList<>();
        runner.withBean(Jobs.class, () -> new Jobs(state))
                .withBean(LeaderOnlyInterceptor.SkippedCalls.class, () -> skipped::add)
                .run(context -> {
                    Jobs jobs = context.getBean(Jobs.class);
                    assertThat(jobs.report()).isNull();
                    engine.leads(1);
                    assertThat(jobs.report()).isEqualTo("done");
                    engine.elector().follows(2, "b");
                    assertThat(jobs.report()).isNull();
                    engine.leads(3);
                    assertThat(jobs.report()).isEqualTo("done");
                    assertThat(state.runs).hasValue(2);
                });
        assertThat(skipped).containsExactly("Jobs.report", "Jobs.report");
    }

    @Test
    void warnsOfCallsThatPassTheProxyBy(CapturedOutput output) {
        runner.withBean(Jobs.class, () -> new Jobs(state))
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(output).doesNotContain("of the same object");

        runner.withBean(SelfCalling.class).run(context -> assertThat(context).hasNotFailed());

        assertThat(output)
                .contains("SelfCalling.hourly calls report of the same object, which runs on every instance then");
    }

    @Test
    void runsAtOnceInAClusterOfOne() {
        // The first call may come before the trackers have been told: it must not be skipped for that.
        for (int i = 0; i < 10; i++) {
            runner.withPropertyValues("hamster.cluster.mode=single")
                    .withBean(Jobs.class, () -> new Jobs(state))
                    .run(context ->
                            assertThat(context.getBean(Jobs.class).report()).isEqualTo("done"));
        }
    }

    @Test
    void returnsWhatTheReturnTypeHasForNothing() throws Exception {
        runner.withBean(Jobs.class, () -> new Jobs(state)).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            jobs.nothing();
            assertThat(jobs.optional()).isEmpty();
            assertThat(jobs.optionalInt()).isEmpty();
            assertThat(jobs.optionalLong()).isEmpty();
            assertThat(jobs.optionalDouble()).isEmpty();
            assertThat(jobs.future()).isCompletedWithValue(null);
            assertThat(jobs.stage().toCompletableFuture()).isCompletedWithValue(null);
            assertThat(jobs.plainFuture().get(1, TimeUnit.SECONDS)).isNull();
            assertThat(jobs.list()).isNull();
            assertThat(state.runs).hasValue(0);
        });
    }

    @Test
    void findsTheAnnotationOnAnInterface() {
        runner.withBean(Contract.class, Implementation::new).run(context -> {
            assertThat(context.getBean(Contract.class).work()).isNull();
            engine.leads(1);
            assertThat(context.getBean(Contract.class).work()).isEqualTo("worked");
        });
    }

    @Test
    void guardsScheduledMethods() {
        runner.withUserConfiguration(Scheduling.class)
                .withBean(ScheduledJobs.class, () -> new ScheduledJobs(state))
                .run(context -> {
                    assertThat(state.everywhere.tryAcquire(3, 30, TimeUnit.SECONDS))
                            .isTrue();
                    assertThat(state.onLeader.availablePermits()).isZero();
                    engine.leads(1);
                    assertThat(state.onLeader.tryAcquire(3, 30, TimeUnit.SECONDS))
                            .isTrue();
                });
    }

    @Test
    void interruptsARunWhenLeadershipIsLost() {
        runner.withBean(Jobs.class, () -> new Jobs(state)).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            engine.leads(1);
            Worker worker = new Worker(jobs::block);
            assertThat(state.began.await(30, TimeUnit.SECONDS)).isTrue();

            engine.elector().follows(2, "b");

            assertThat(worker.end().join()).isEqualTo("interrupted");
            assertThat(worker.flagAfterwards.join()).isFalse();
        });
    }

    @Test
    void interruptsNestedRunsButNotWhatComesAfterThem() {
        runner.withBean(Jobs.class, () -> new Jobs(state))
                .withBean(Outer.class, Outer::new)
                .run(context -> {
                    Jobs jobs = context.getBean(Jobs.class);
                    Outer outer = context.getBean(Outer.class);
                    engine.leads(1);
                    Worker worker = new Worker(() -> outer.around(jobs::swallow));
                    assertThat(state.began.await(30, TimeUnit.SECONDS)).isTrue();

                    engine.elector().follows(2, "b");

                    assertThat(worker.end().join()).isEqualTo("outer interrupted: true");
                    assertThat(worker.flagAfterwards.join()).isFalse();
                });
    }

    @Test
    void handsLeadershipOverOnceItsRunsHaveEnded() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        List<String> order = state.order;
        runner.withBean(Jobs.class, () -> new Jobs(state)).run(context -> {
            Jobs jobs = context.getBean(Jobs.class);
            engine.elector().onResign(() -> {
                order.add("handed over");
                engine.elector().resigned().complete(null);
            });
            engine.leads(1);
            new Worker(() -> {
                jobs.stubborn(release);
                return "";
            });
            assertThat(state.began.await(30, TimeUnit.SECONDS)).isTrue();

            CompletableFuture<Boolean> resigned = context.getBean(Cluster.class).resign();
            assertThat(state.interrupted.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(order).isEmpty();
            release.countDown();

            assertThat(resigned).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
            assertThat(order).containsExactly("ended", "handed over");
        });
    }

    @Test
    void doesNotWaitForEverForARunThatIgnoresItsInterrupt() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        runner.withBean(Jobs.class, () -> new Jobs(state))
                .withPropertyValues("hamster.cluster.stop-timeout=100ms")
                .run(context -> {
                    Jobs jobs = context.getBean(Jobs.class);
                    engine.leads(1);
                    Worker worker = new Worker(() -> {
                        jobs.stubborn(release);
                        return "ended";
                    });
                    assertThat(state.began.await(30, TimeUnit.SECONDS)).isTrue();

                    engine.elector().follows(2, "b");
                    engine.leads(3);

                    // The next leadership isn't held up for good by a run of the last.
                    await().untilAsserted(() -> assertThat(jobs.report()).isEqualTo("done"));
                    release.countDown();
                    assertThat(worker.end().join()).isEqualTo("ended");
                });
    }

    @ParameterizedTest
    @ValueSource(
            classes = {
                PrivateMethod.class,
                StaticMethod.class,
                FinalMethod.class,
                PrimitiveResult.class,
                ReactiveResult.class
            })
    void stopsTheStartWhereItCouldNotSkip(Class<?> type) {
        runner.withBean(type)
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("@LeaderOnly on " + type.getName() + ".job"));
    }

    @Test
    void runsOutsideOfCachesLocksAndTransactions() {
        runner.run(context -> assertThat(
                        ((Ordered) context.getBean("hamsterLeaderOnlyAdvisor", Advisor.class)).getOrder())
                .isEqualTo(Ordered.LOWEST_PRECEDENCE - 300));
        runner.withPropertyValues("hamster.cluster.aspect-order=7")
                .run(context -> assertThat(
                                ((Ordered) context.getBean("hamsterLeaderOnlyAdvisor", Advisor.class)).getOrder())
                        .isEqualTo(7));
    }

    /** Apart from the beans, whose proxies have no fields. */
    static final class State {

        final AtomicInteger runs = new AtomicInteger();
        final CountDownLatch began = new CountDownLatch(1);
        final CountDownLatch interrupted = new CountDownLatch(1);
        final List<String> order = new CopyOnWriteArrayList<>();
        final Semaphore everywhere = new Semaphore(0);
        final Semaphore onLeader = new Semaphore(0);
    }

    static class SelfCalling {

        public void hourly() {
            report();
        }

        @LeaderOnly
        public void report() {}
    }

    static class Jobs {

        private final State state;

        Jobs(State state) {
            this.state = state;
        }

        @LeaderOnly
        public String report() {
            state.runs.incrementAndGet();
            return "done";
        }

        @LeaderOnly
        public void nothing() {
            state.runs.incrementAndGet();
        }

        @LeaderOnly
        public Optional<String> optional() {
            return Optional.of("" + state.runs.incrementAndGet());
        }

        @LeaderOnly
        public OptionalInt optionalInt() {
            return OptionalInt.of(state.runs.incrementAndGet());
        }

        @LeaderOnly
        public OptionalLong optionalLong() {
            return OptionalLong.of(state.runs.incrementAndGet());
        }

        @LeaderOnly
        public OptionalDouble optionalDouble() {
            return OptionalDouble.of(state.runs.incrementAndGet());
        }

        @LeaderOnly
        public CompletableFuture<Integer> future() {
            return CompletableFuture.completedFuture(state.runs.incrementAndGet());
        }

        @LeaderOnly
        public CompletionStage<Integer> stage() {
            return future();
        }

        @LeaderOnly
        public Future<Integer> plainFuture() {
            return future();
        }

        @LeaderOnly
        public List<String> list() {
            state.runs.incrementAndGet();
            return List.of();
        }

        @LeaderOnly
        public String block() {
            state.began.countDown();
            try {
                new Semaphore(0).acquire();
                return "went on";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return "interrupted";
            }
        }

        @LeaderOnly
        public String swallow() {
            state.began.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait();
            }
            return "";
        }

        @LeaderOnly
        public String stubborn(CountDownLatch release) {
            state.began.countDown();
            while (true) {
                try {
                    release.await();
                    state.order.add("ended");
                    return "";
                } catch (InterruptedException e) {
                    state.interrupted.countDown();
                }
            }
        }
    }

    static class Outer {

        @LeaderOnly
        public String around(Supplier<String> inner) {
            inner.get();
            return "outer interrupted: " + Thread.currentThread().isInterrupted();
        }
    }

    interface Contract {

        @LeaderOnly
        String work();
    }

    static class Implementation implements Contract {

        @Override
        public String work() {
            return "worked";
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    static class ScheduledJobs {

        private final State state;

        ScheduledJobs(State state) {
            this.state = state;
        }

        @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.MILLISECONDS)
        public void everywhere() {
            state.everywhere.release();
        }

        @LeaderOnly
        @Scheduled(fixedDelay = 5, timeUnit = TimeUnit.MILLISECONDS)
        public void onLeader() {
            state.onLeader.release();
        }
    }

    static class PrivateMethod {
        @LeaderOnly
        private void job() {}
    }

    static class StaticMethod {
        @LeaderOnly
        static void job() {}
    }

    static class FinalMethod {
        @LeaderOnly
        public final void job() {}
    }

    static class PrimitiveResult {
        @LeaderOnly
        public int job() {
            return 1;
        }
    }

    static class ReactiveResult {
        @LeaderOnly
        public Mono<String> job() {
            return Mono.just("");
        }
    }

    /** Runs work on a thread of its own and tells whether that thread was left with its interrupt flag set. */
    private static final class Worker {

        private final CompletableFuture<String> result = new CompletableFuture<>();
        private final CompletableFuture<Boolean> flagAfterwards = new CompletableFuture<>();

        private Worker(Supplier<String> work) {
            new Thread(() -> {
                        try {
                            result.complete(work.get());
                        } catch (RuntimeException e) {
                            result.completeExceptionally(e);
                        }
                        flagAfterwards.complete(Thread.currentThread().isInterrupted());
                    })
                    .start();
        }

        private CompletableFuture<String> end() {
            return result.orTimeout(30, TimeUnit.SECONDS);
        }
    }
}
