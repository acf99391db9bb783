package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.otherInstance;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.OnFailure;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockUnavailableException;
import io.hamster.lock.NestedLockException;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.scheduling.annotation.Async;
import reactor.core.publisher.Mono;

class RefusedCallTests {

    @Test
    void skipsTheMethodAndReturnsNothing() {
        whileTaken("job", job -> {
            job.nothing();
            assertThat(job.text()).isNull();
            assertThat(job.optional()).isEmpty();
            assertThat(job.optionalInt()).isEmpty();
            assertThat(job.future()).succeedsWithin(10, TimeUnit.SECONDS).isNull();
            assertThat(job.futureOfOptional())
                    .succeedsWithin(10, TimeUnit.SECONDS)
                    .isEqualTo(Optional.empty());
            assertThat(job.declaredAsync()).isNotNull().isDone();
            assertThat(job.mono().blockOptional()).isEmpty();
            assertThat(job.ran()).isZero();
        });
    }

    @Test
    void throwsUnlessToldOtherwise() {
        whileTaken("job", job -> {
            assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(job::throwing);
            assertThat(job.throwingFuture())
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(LockNotAcquiredException.class);
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> job.throwingMono().block());
            assertThat(job.ran()).isZero();
        });
    }

    @Test
    void callsTheFallbackInstead() {
        whileTaken("job", job -> {
            assertThat(job.withFallback("x")).isEqualTo(-1);
            assertThat(job.withReason("x")).isEqualTo("x after LockNotAcquiredException");
            assertThat(job.futureWithFallback("x"))
                    .succeedsWithin(10, TimeUnit.SECONDS)
                    .isEqualTo("instead of x");
            assertThat(job.monoWithFallback("x").block()).isEqualTo("instead of x");
            assertThat(job.ran()).isZero();
        });
    }

    @Test
    void passesOnWhatTheFallbackThrows() {
        whileTaken(
                "job",
                job -> assertThatExceptionOfType(IOException.class)
                        .isThrownBy(job::failingFallback)
                        .withMessage("no"));
    }

    @Test
    void releasesWhatItHadBeforeItAnswers() {
        runner().withBean(Job.class).run(context -> {
            otherInstance(context).lock(LockRequest.of("b"));

            assertThat(context.getBean(Job.class).two()).isEqualTo("a is free: true");
        });
    }

    @Test
    void aStoreThatDoesNotAnswerIsNeverTakenForALockThatIsHeld() {
        runner().withBean(LockStore.class, RefusedCallTests::closedStore)
                .withBean(Job.class)
                .run(context -> {
                    Job job = context.getBean(Job.class);
                    assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(job::text);
                    assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> job.withFallback("x"));
                    assertThat(job.future())
                            .failsWithin(10, TimeUnit.SECONDS)
                            .withThrowableThat()
                            .withCauseInstanceOf(LockUnavailableException.class);
                    assertThat(job.ran()).isZero();
                });
    }

    @Test
    void aFaultOfTheProgramIsNeverSkipped() {
        runner().withBean(Job.class)
                .run(context -> assertThatExceptionOfType(NestedLockException.class)
                        .isThrownBy(() -> context.getBean(Job.class).nesting(context.getBean(Job.class))));
    }

    private static LockStore closedStore() {
        ManualTime time = new ManualTime();
        LockStore store = new MemoryLockStore(time, time.scheduler());
        store.close();
        return store;
    }

    private static void whileTaken(String key, Check check) {
        runner().withBean(Job.class).run((AssertableApplicationContext context) -> {
            otherInstance(context).lock(LockRequest.of(key));
            check.on(context.getBean(Job.class));
        });
    }

    interface Check {
        void on(Job job) throws Exception;
    }

    static class Job {

        private int ran;
        private final ObjectProvider<LockClient> client;

        Job(ObjectProvider<LockClient> client) {
            this.client = client;
        }

        int ran() {
            return ran;
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public void nothing() {
            ran++;
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public String text() {
            ran++;
            return "ran";
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public Optional<String> optional() {
            ran++;
            return Optional.of("ran");
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public OptionalInt optionalInt() {
            ran++;
            return OptionalInt.of(1);
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public CompletableFuture<String> future() {
            ran++;
            return CompletableFuture.completedFuture("ran");
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public CompletableFuture<Optional<String>> futureOfOptional() {
            ran++;
            return CompletableFuture.completedFuture(Optional.of("ran"));
        }

        @Async // Nothing here enables it.
        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public Future<String> declaredAsync() {
            ran++;
            return CompletableFuture.completedFuture("ran");
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP)
        public Mono<String> mono() {
            ran++;
            return Mono.just("ran");
        }

        @HamsterLocked(name = "job", waitFor = "0")
        public int throwing() {
            return ++ran;
        }

        @HamsterLocked(name = "job", waitFor = "0")
        public CompletableFuture<String> throwingFuture() {
            ran++;
            return CompletableFuture.completedFuture("ran");
        }

        @HamsterLocked(name = "job", waitFor = "0")
        public Mono<String> throwingMono() {
            ran++;
            return Mono.just("ran");
        }

        @HamsterLocked(name = "job", waitFor = "0", onFailure = OnFailure.SKIP, fallback = "instead")
        public int withFallback(String text) {
            return ++ran;
        }

        private int instead(String text) {
            return -text.length();
        }

        @HamsterLocked(name = "job", waitFor = "0", fallback = "insteadBecause")
        public String withReason(String text) {
            ran++;
            return text;
        }

        String insteadBecause(String text, LockNotAcquiredException reason) {
            return text + " after " + reason.getClass().getSimpleName();
        }

        @HamsterLocked(name = "job", waitFor = "0", fallback = "futureInstead")
        public CompletableFuture<String> futureWithFallback(String text) {
            ran++;
            return CompletableFuture.completedFuture(text);
        }

        CompletableFuture<String> futureInstead(String text) {
            return CompletableFuture.completedFuture("instead of " + text);
        }

        @HamsterLocked(name = "job", waitFor = "0", fallback = "monoInstead")
        public Mono<String> monoWithFallback(String text) {
            ran++;
            return Mono.just(text);
        }

        Mono<String> monoInstead(String text, RuntimeException reason) {
            return Mono.just("instead of " + text);
        }

        @HamsterLocked(name = "job", waitFor = "0", fallback = "failing")
        public void failingFallback() throws IOException {
            ran++;
        }

        void failing() throws IOException {
            throw new IOException("no");
        }

        @HamsterLocked(name = "a")
        @HamsterLocked(name = "b", waitFor = "0", fallback = "whatIsFree")
        public String two() {
            return "ran";
        }

        String whatIsFree() {
            return "a is free: " + client.getObject().status("a").isEmpty();
        }

        @HamsterLocked(name = "nesting", onFailure = OnFailure.SKIP)
        public void nesting(Job proxy) {
            proxy.nesting(proxy);
        }
    }
}
