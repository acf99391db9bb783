package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.lock.FaultyLockStore.Command;
import io.hamster.lock.LockStore.Answer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Answers that don't come, or come too late: no lock that nobody owns, no lock that two own, no false "held". */
class LockAmbiguityTests extends LockFixture {

    private static final Duration TOMBSTONE = LEASE.plus(COMMAND_TIMEOUT);

    LockAmbiguityTests() {
        super(true);
    }

    private static LockRequest once() {
        return request().retry(RetryStrategy.fixed(0, Duration.ofSeconds(1))).build();
    }

    @Test
    void neverMistakesAnUnreachableStoreForAHeldLock() {
        network.unreachable(true);

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> client.tryLock(once()));
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> client.lock(once()));
        assertThatThrownBy(() -> ended(client.lockAsync(once()))).hasCauseInstanceOf(LockUnavailableException.class);
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> client.status("k"));
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> client.admin().list(5))
                .satisfies(e -> assertThat(e.key()).isEmpty());
    }

    @Test
    void saysUnavailableIfItsTimeoutEndsBeforeTheFirstAnswer() {
        network.plan(Command.ACQUIRE, network.answerLost());

        CompletableFuture<LockHandle> asked =
                client.lockAsync(request().timeout(COMMAND_TIMEOUT.dividedBy(2)).build());
        pass(COMMAND_TIMEOUT.dividedBy(2));

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockUnavailableException.class);
        assertThat(isFree()).isTrue();
    }

    @Test
    void saysUnavailableIfTheLastAttemptWasNotAnswered() {
        other.tryLock(request().build()).orElseThrow();
        network.plan(Command.ACQUIRE, network.none(), network.refused());

        CompletableFuture<LockHandle> asked = client.lockAsync(
                request().retry(RetryStrategy.fixed(1, Duration.ofSeconds(1))).build());
        pass(1000);

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockUnavailableException.class);
    }

    @Test
    void saysHeldIfTheLastAttemptWasAnswered() {
        other.tryLock(request().build()).orElseThrow();
        network.plan(Command.ACQUIRE, network.refused());

        CompletableFuture<LockHandle> asked = client.lockAsync(
                request().retry(RetryStrategy.fixed(1, Duration.ofSeconds(1))).build());
        pass(1000);

        assertThatThrownBy(() -> ended(asked))
                .cause()
                .isInstanceOfSatisfying(
                        LockNotAcquiredException.class,
                        e -> assertThat(e.remaining()).contains(LEASE.minusSeconds(1)));
    }

    @Test
    void releasesWhatAnUnansweredAttemptMayHaveTaken() {
        network.plan(Command.ACQUIRE, network.answerLost());

        CompletableFuture<LockHandle> asked = client.lockAsync(once());
        assertThat(isFree()).isFalse();
        pass(COMMAND_TIMEOUT);

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockUnavailableException.class);
        assertThat(releases())
                .containsExactly(new FaultyLockStore.Release("k", asks().get(0).token(), TOMBSTONE));
        assertThat(isFree()).isTrue();
    }

    @Test
    void buriesARequestThatArrivesAfterItsCallerGaveUp() {
        network.plan(Command.ACQUIRE, network.requestDelayed(Duration.ofSeconds(20)));

        CompletableFuture<LockHandle> asked = client.lockAsync(once());
        pass(Duration.ofSeconds(30));

        assertThat(asked).isCompletedExceptionally();
        assertThat(isFree()).isTrue();
        assertThat(other.tryLock(request().build())).isPresent();
    }

    @Test
    void tellsTheStoreThatNobodyWaitsForAnAnswerAnyMore() throws Exception {
        CompletableFuture<Answer> waited = new CompletableFuture<>();
        CompletableFuture<Answer> tried = new CompletableFuture<>();
        network.plan(Command.ACQUIRE, network.answeredBy(waited), network.answeredBy(tried));
        CompletableFuture<LockHandle> asked = client.lockAsync(once());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> trying = thread.submit(() -> client.tryLock(once()));
            Awaitility.await().until(() -> asks().size() == 2);
            assertThat(waited).isNotDone();

            trying.cancel(true);
            pass(COMMAND_TIMEOUT);

            assertThat(asked).isCompletedExceptionally();
            assertThat(waited).isCancelled();
            Awaitility.await().untilAsserted(() -> assertThat(tried).isCancelled());
        } finally {
            thread.shutdownNow();
        }
    }

    @Test
    void triesTheBackgroundReleaseUntilItIsAnswered() {
        network.plan(Command.ACQUIRE, network.answerLost());
        network.plan(Command.RELEASE, network.refused(), network.answerLost(), network.refused());

        client.lockAsync(once());
        pass(COMMAND_TIMEOUT);
        assertThat(releases()).hasSize(1);
        pass(Duration.ofSeconds(10));

        assertThat(releases()).hasSize(4);
        assertThat(isFree()).isTrue();
        pass(LEASE);
        assertThat(releases()).hasSize(4);
    }

    @Test
    void endsTheBackgroundReleaseWhenNothingIsLeftToRelease() {
        network.plan(Command.ACQUIRE, network.answerLost());
        client.lockAsync(once());
        pass(Duration.ofSeconds(1));
        network.unreachable(true);

        pass(TOMBSTONE.multipliedBy(2));
        int sent = releases().size();
        assertThat(sent).isGreaterThan(3);
        pass(TOMBSTONE.multipliedBy(2));

        assertThat(releases()).hasSize(sent);
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void takesALateGrantWhileTheCallerStillWaits() {
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofSeconds(3)), network.answerLost());

        CompletableFuture<LockHandle> asked = client.lockAsync(request()
                .timeout(Duration.ofSeconds(20))
                .retry(RetryStrategy.fixed(3, Duration.ofMillis(500)))
                .build());
        pass(Duration.ofSeconds(3));

        LockHandle handle = ended(asked);
        assertThat(handle.remaining()).isEqualTo(withoutMargin(LEASE).minusSeconds(3));
        handle.unlock();
        // The second attempt is still out: were it to arrive now, it must not bring the lock back.
        assertThat(releases())
                .singleElement()
                .satisfies(release -> assertThat(release.tombstone()).isEqualTo(TOMBSTONE));
    }

    @Test
    void buriesAFailedAttemptWithTheLockThatALaterOneGot() {
        network.plan(Command.ACQUIRE, network.brokenButArrives(Duration.ofSeconds(5)));
        CompletableFuture<LockHandle> asked = client.lockAsync(
                request().retry(RetryStrategy.fixed(1, Duration.ofSeconds(1))).build());
        pass(Duration.ofSeconds(1));

        ended(asked).unlock();
        pass(Duration.ofSeconds(5));

        assertThat(isFree()).isTrue();
    }

    @Test
    void buriesAFailedAttemptAfterTheTimeThatItsLockIsKept() {
        network.plan(Command.ACQUIRE, network.brokenButArrives(Duration.ofSeconds(25)));
        CompletableFuture<LockHandle> asked = client.lockAsync(request()
                .atLeastFor(Duration.ofSeconds(20))
                .retry(RetryStrategy.fixed(1, Duration.ofSeconds(1)))
                .build());
        pass(Duration.ofSeconds(1));

        ended(asked).unlock();
        pass(Duration.ofMillis(19_900));
        assertThat(isFree()).isFalse();
        pass(Duration.ofSeconds(5));

        assertThat(isFree()).isTrue();
        assertThat(releases())
                .singleElement()
                .satisfies(release -> assertThat(release.tombstone()).isEqualTo(TOMBSTONE));
    }

    @Test
    void keepsALockForItsTimeThoughItsClientIsClosedBeforeItsBurial() {
        network.plan(Command.ACQUIRE, network.refused());
        CompletableFuture<LockHandle> asked = client.lockAsync(request()
                .atLeastFor(Duration.ofSeconds(20))
                .retry(RetryStrategy.fixed(1, Duration.ofSeconds(1)))
                .build());
        pass(Duration.ofSeconds(1));
        ended(asked).unlock();

        client.close();
        pass(Duration.ofMillis(19_900));

        assertThat(isFree()).isFalse();
    }

    @Test
    void doesNotBuryAnUnambiguousRelease() {
        client.tryLock(request().build()).orElseThrow().unlock();

        assertThat(releases())
                .singleElement()
                .satisfies(release -> assertThat(release.tombstone()).isZero());
    }

    @Test
    void survivesARepeatedRequest() {
        network.plan(Command.ACQUIRE, network.repeated(Duration.ofSeconds(1)));
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        long fence = handle.fence();

        pass(Duration.ofSeconds(2));

        assertThat(memory.status("k").toCompletableFuture().join())
                .map(LockStatus::fence)
                .contains(fence);
        assertThat(handle.checkValid()).isTrue();
    }

    @Test
    void withdrawsAnOutstandingAttemptOnCancellation() {
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofSeconds(1)));
        CompletableFuture<LockHandle> asked = client.lockAsync(request().build());

        asked.cancel(true);
        pass(Duration.ofSeconds(5));

        assertThat(isFree()).isTrue();
        assertThat(client.admin().stats().acquired()).isZero();
        assertThat(client.admin().stats().failed()).isOne();
    }

    @Test
    void withdrawsTheRequestWhenItsFutureIsCompletedByOthers() {
        LockHandle held = other.tryLock(request().build()).orElseThrow();
        CompletableFuture<LockHandle> asked = client.lockAsync(request().build());

        asked.completeExceptionally(new IllegalStateException("no longer wanted"));
        held.unlock();

        assertThat(isFree()).isTrue();
        assertThat(client.admin().stats().waiting()).isZero();
    }

    @Test
    void withdrawsAnOutstandingAttemptOnInterrupt() throws Exception {
        network.plan(Command.ACQUIRE, network.answerLost(), network.answerLost());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            for (boolean wait : new boolean[] {false, true}) {
                Future<Optional<LockHandle>> asking = thread.submit(() -> wait
                        ? Optional.of(client.lock(request().build()))
                        : client.tryLock(request().build()));
                Awaitility.await().until(() -> !isFree());
                asking.cancel(true);
                Awaitility.await().untilAsserted(() -> assertThat(isFree()).isTrue());
            }
        } finally {
            thread.shutdownNow();
            assertThat(thread.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(releases()).extracting(FaultyLockStore.Release::tombstone).containsOnly(TOMBSTONE);
    }

    @Test
    void triesAJavaLockOnAnInterruptedThreadToo() throws Exception {
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofMillis(200)));
        FutureTask<Boolean> trying = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            boolean acquired = client.asLock("k").tryLock();
            return acquired && Thread.interrupted();
        });
        new Thread(trying).start();

        Awaitility.await().until(() -> {
            pass(100);
            return trying.isDone();
        });

        assertThat(trying.get()).isTrue();
        assertThat(asks()).hasSize(1);
    }

    @Test
    void reportsAnUnansweredReleaseAndTriesAgain() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RELEASE, network.refused());

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(handle::unlock);
        assertThat(handle.isValid()).isFalse();
        pass(Duration.ofSeconds(1));

        assertThat(isFree()).isTrue();
    }

    @Test
    void closesQuietlyThoughTheReleaseIsNotAnswered() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RELEASE, network.refused());

        handle.close();
        assertThat(handle.isValid()).isFalse();
        pass(Duration.ofSeconds(1));

        assertThat(isFree()).isTrue();
    }

    @Test
    void tellsAReleaserThatTheLockWasNotHeldAnyMore() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        memory.forceRelease("k");

        assertThatExceptionOfType(LockLostException.class).isThrownBy(handle::unlock);
    }

    @Test
    void keepsTheHandleWhenACheckIsNotAnswered() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.STATUS, network.refused());

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(handle::checkValid);

        assertThat(handle.isValid()).isTrue();
    }

    @Test
    void keepsALingeringLockThroughAnUnansweredExtension() {
        LockHandle handle = client.tryLock(
                        request().atLeastFor(LEASE.multipliedBy(2)).build())
                .orElseThrow();
        network.plan(Command.RENEW, network.refused());

        handle.close();
        pass(LEASE.plusSeconds(10));
        assertThat(isFree()).isFalse();
        pass(LEASE);

        assertThat(isFree()).isTrue();
    }

    @Test
    void leavesALockInPlaceForAtLeastItsTimeWhenClosed() {
        client.tryLock(request().atLeastFor(LEASE.multipliedBy(2)).build()).orElseThrow();

        client.close();
        pass(LEASE.plusSeconds(1));
        assertThat(isFree()).isFalse();
        pass(LEASE);

        assertThat(isFree()).isTrue();
    }

    @Test
    void leavesALockInPlaceForAtLeastItsTimeThoughARequestMayStillArrive() {
        network.plan(Command.ACQUIRE, network.refused());
        CompletableFuture<LockHandle> asked = client.lockAsync(request()
                .atLeastFor(Duration.ofSeconds(20))
                .retry(RetryStrategy.fixed(1, Duration.ofSeconds(1)))
                .build());
        pass(Duration.ofSeconds(1));
        assertThat(ended(asked).isValid()).isTrue();

        client.close();
        pass(Duration.ofMillis(19_900));
        assertThat(isFree()).isFalse();
        pass(Duration.ofMillis(200));

        assertThat(isFree()).isTrue();
    }

    @Test
    void leavesALockInPlaceForAtLeastItsTimeThoughARenewalIsUnanswered() {
        client.tryLock(request().atLeastFor(LEASE.multipliedBy(2)).build()).orElseThrow();
        network.plan(Command.RENEW, network.answerLost());
        pass(LEASE.dividedBy(3));
        assertThat(renewals()).hasSize(1);

        client.close();
        pass(LEASE.multipliedBy(2).minus(LEASE.dividedBy(3)).minusMillis(100));
        assertThat(isFree()).isFalse();
        pass(200);

        assertThat(isFree()).isTrue();
    }

    @Test
    void keepsALockThatExpiredForAtLeastItsTimeThoughARenewalIsUnanswered() {
        LockHandle handle = client.tryLock(
                        request().atLeastFor(Duration.ofSeconds(50)).build())
                .orElseThrow();
        for (int i = 0; i < 100; i++) {
            network.plan(Command.RENEW, network.answerLost());
        }

        pass(LEASE);
        assertThat(handle.isValid()).isFalse();
        pass(Duration.ofSeconds(19));
        assertThat(isFree()).isFalse();
        assertThat(releases()).isEmpty();
        pass(Duration.ofSeconds(1));

        assertThat(isFree()).isTrue();
    }

    @Test
    void closesInTimeThoughTheStoreIsSilent() throws Exception {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RELEASE, network.answerLost());
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try {
            Future<?> closing = thread.submit(client::close);
            Awaitility.await().until(() -> releases().size() == 1);
            assertThat(handle.isValid()).isFalse();
            Awaitility.await().until(() -> {
                pass(COMMAND_TIMEOUT);
                return closing.isDone();
            });
            closing.get(1, TimeUnit.SECONDS);
        } finally {
            thread.shutdownNow();
        }
        assertThat(isFree()).isTrue();
    }
}
