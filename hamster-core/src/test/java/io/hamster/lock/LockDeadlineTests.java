package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.lock.FaultyLockStore.Command;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** The handle knows first: where its deadline comes from and that nothing brings it back. */
class LockDeadlineTests extends LockFixture {

    LockDeadlineTests() {
        super(true);
    }

    @Test
    void countsFromBeforeTheRequestWasSent() {
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofSeconds(1)));
        Instant sentAt = time.instant();

        CompletableFuture<LockHandle> asked =
                client.lockAsync(request().autoRefresh(false).build());
        pass(Duration.ofSeconds(1));

        LockHandle handle = ended(asked);
        assertThat(handle.acquiredAt()).isEqualTo(sentAt);
        assertThat(handle.validUntil()).isEqualTo(sentAt.plus(withoutMargin(LEASE)));
        assertThat(handle.remaining()).isEqualTo(withoutMargin(LEASE).minusSeconds(1));
    }

    @Test
    void endsToTheNanosecondWithoutTheStore() {
        LockHandle handle = client.tryLock(request().autoRefresh(false).build()).orElseThrow();
        List<Instant> lostAt = new ArrayList<>();
        handle.onLost(lost -> lostAt.add(time.instant()));
        Instant deadline = handle.validUntil();
        network.unreachable(true);

        pass(withoutMargin(LEASE).minusNanos(1));
        assertThat(handle.isValid()).isTrue();
        assertThat(lostAt).isEmpty();
        pass(Duration.ofNanos(1));

        assertThat(handle.isValid()).isFalse();
        assertThat(lostAt).containsExactly(deadline);
        assertThat(handle.validUntil()).isEqualTo(deadline);
        assertThat(handle.remaining()).isZero();
        assertThat(isFree()).isFalse();
    }

    @Test
    void doesNotFollowTheWallClock() {
        LockHandle handle = client.tryLock(request().autoRefresh(false).build()).orElseThrow();

        time.stepWallClock(Duration.ofHours(5));
        assertThat(handle.isValid()).isTrue();
        time.stepWallClock(Duration.ofHours(-10));
        pass(LEASE);

        assertThat(handle.isValid()).isFalse();
    }

    @Test
    void givesARepeatedRequestWhatIsLeftOfItsOwnGrant() {
        network.plan(Command.ACQUIRE, network.brokenAfterwards());
        Instant sentAt = time.instant();

        CompletableFuture<LockHandle> asked = client.lockAsync(
                request().retry(RetryStrategy.fixed(3, Duration.ofSeconds(4))).build());
        pass(Duration.ofSeconds(4));

        LockHandle handle = ended(asked);
        assertThat(asks())
                .hasSize(2)
                .extracting(LockStore.Ask::token)
                .containsOnly(asks().get(0).token());
        // Sent 4 s later, but the grant had 26 s left then: no new lease.
        assertThat(handle.validUntil()).isEqualTo(sentAt.plusSeconds(4).plus(withoutMargin(LEASE.minusSeconds(4))));
    }

    @Test
    void takesAnAnswerThatCameAfterTheLeaseForNoLock() {
        Duration lease = Duration.ofSeconds(1);
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofMillis(1500)));

        CompletableFuture<LockHandle> asked = client.lockAsync(
                request().expiration(lease).retry(RetryStrategy.fixed(0, lease)).build());
        pass(1500);

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockUnavailableException.class);
        assertThat(isFree()).isTrue();
    }

    @Test
    void isNeverValidAgainOnceItWasNot() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RENEW, network.answerDelayed(Duration.ofSeconds(25)));
        for (int i = 0; i < 20; i++) {
            network.plan(Command.RENEW, network.refused());
        }

        pass(withoutMargin(LEASE));
        assertThat(handle.isValid()).isFalse();
        // By now the renewal has been answered: the store did extend the lease.
        pass(Duration.ofSeconds(10));

        assertThat(handle.isValid()).isFalse();
        assertThat(client.admin().stats().expired()).isOne();
    }

    @Test
    void isNotRevivedThoughNobodyLookedBeforeTheRenewalWasAnswered() {
        ManualTime stalled = new ManualTime();
        LockClient paused = LockClient.builder(network, stalled.scheduler(), Runnable::run)
                .time(time)
                .build();
        LockHandle handle = paused.tryLock(request().autoRefresh(false).build()).orElseThrow();
        pass(Duration.ofSeconds(10));
        network.plan(Command.RENEW, network.answerDelayed(Duration.ofSeconds(25)));
        int planned = time.pendingTasks();
        CompletableFuture<Void> refreshed = CompletableFuture.runAsync(handle::refresh);
        // The renewal is noted before its answer is planned.
        Awaitility.await().until(() -> renewals().size() == 1 && time.pendingTasks() > planned);

        pass(Duration.ofSeconds(25));

        assertThatThrownBy(refreshed.orTimeout(30, TimeUnit.SECONDS)::join)
                .hasCauseInstanceOf(LockExpiredException.class);
        assertThat(handle.isValid()).isFalse();
        assertThat(isFree()).isTrue();
        paused.close();
    }

    @Test
    void tellsALateListenerAtOnceAndNoneAfterARelease() {
        LockHandle lost = client.tryLock(request().autoRefresh(false).build()).orElseThrow();
        pass(LEASE);
        LockHandle released = client.tryLock(
                        LockRequest.builder("released").expiration(LEASE).build())
                .orElseThrow();
        List<LockHandle> told = new ArrayList<>();
        released.onLost(told::add);
        released.unlock();

        lost.onLost(told::add);
        released.onLost(told::add);
        pass(LEASE.multipliedBy(2));

        assertThat(told).containsExactly(lost);
    }

    @Test
    void runsEveryCallbackOnceInOrderWhateverOneThrows() {
        LockHandle handle = client.tryLock(request().autoRefresh(false).build()).orElseThrow();
        List<String> ran = new ArrayList<>();
        handle.onLost(h -> ran.add("first"));
        handle.onLost(h -> {
            throw new IllegalStateException("planted");
        });
        handle.onLost(h -> {
            throw new AssertionError("planted");
        });
        handle.onLost(h -> ran.add("third"));

        pass(LEASE.multipliedBy(2));

        assertThat(ran).containsExactly("first", "third");
    }
}
