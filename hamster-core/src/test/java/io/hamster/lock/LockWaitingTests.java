package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.lock.FaultyLockStore.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Waiting on a store that doesn't order its waiters: who asks, when, how often, and who is woken. */
class LockWaitingTests extends LockFixture {

    private static final Duration LONG = Duration.ofMinutes(10);

    LockWaitingTests() {
        super(false);
    }

    private static LockRequest patient() {
        return request()
                .timeout(LONG)
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofSeconds(1)))
                .build();
    }

    private static LockRequest with(RetryStrategy retry) {
        return request().timeout(LONG).retry(retry).build();
    }

    private LockHandle heldByOther() {
        return other.tryLock(request().build()).orElseThrow();
    }

    private int attempts() {
        return network.count(Command.ACQUIRE);
    }

    @Test
    void asksOnceIfItMayNotRetry() {
        heldByOther();

        CompletableFuture<LockHandle> asked = client.lockAsync(with(RetryStrategy.fixed(0, Duration.ofSeconds(1))));

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockNotAcquiredException.class);
        assertThat(attempts()).isOne();
    }

    @Test
    void givesUpAfterItsLastAttemptThoughTimeIsLeft() {
        heldByOther();

        CompletableFuture<LockHandle> asked =
                client.lockAsync(with(RetryStrategy.exponential(3, Duration.ofMillis(100))));
        List<Integer> attemptsAt = new ArrayList<>();
        for (int millis = 0; millis <= 700; millis += 100) {
            attemptsAt.add(attempts());
            pass(100);
        }

        assertThat(attemptsAt).containsExactly(1, 2, 2, 3, 3, 3, 3, 4);
        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockNotAcquiredException.class);
    }

    @Test
    void doesNotCountAttemptsThatAWakeUpCaused() {
        heldByOther();
        CompletableFuture<LockHandle> asked = client.lockAsync(with(RetryStrategy.fixed(2, Duration.ofSeconds(1))));

        pass(500);
        for (int i = 0; i < 5; i++) {
            unordered.announceAll();
        }
        assertThat(attempts()).isEqualTo(6);
        pass(500);
        assertThat(asked).isNotDone();
        assertThat(attempts()).isEqualTo(7);
        pass(1000);

        assertThat(asked).isCompletedExceptionally();
        assertThat(attempts()).isEqualTo(8);
    }

    @Test
    void goesOnUntilTheTimeoutIfItMayRetryWithoutLimit() {
        heldByOther();
        CompletableFuture<LockHandle> asked = client.lockAsync(request()
                .timeout(Duration.ofSeconds(10))
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofSeconds(1)))
                .build());

        pass(9999);
        assertThat(asked).isNotDone();
        assertThat(attempts()).isEqualTo(10);
        pass(1);

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockNotAcquiredException.class);
    }

    @Test
    void asksAgainWhenTheHoldersLeaseEndsWithoutCountingIt() {
        other.tryLock(LockRequest.builder("k")
                        .expiration(Duration.ofSeconds(2))
                        .autoRefresh(false)
                        .build())
                .orElseThrow();

        CompletableFuture<LockHandle> asked = client.lockAsync(with(RetryStrategy.fixed(1, Duration.ofMinutes(1))));
        pass(1999);
        assertThat(asked).isNotDone();
        pass(3);

        assertThat(ended(asked).isValid()).isTrue();
        assertThat(attempts()).isEqualTo(2);
    }

    @Test
    void doesNotCountAttemptsAtTheEndOfALeaseThatIsRenewed() {
        other.tryLock(LockRequest.builder("k").expiration(Duration.ofSeconds(2)).build())
                .orElseThrow();

        CompletableFuture<LockHandle> asked = client.lockAsync(with(RetryStrategy.fixed(1, Duration.ofMinutes(1))));
        pass(Duration.ofSeconds(59));
        assertThat(asked).isNotDone();
        assertThat(attempts()).isBetween(25, 60);
        pass(Duration.ofSeconds(1));

        assertThat(asked).isCompletedExceptionally();
    }

    @Test
    void doesNotAskBecauseOfAnAnnouncementWhileItsOwnJvmHoldsTheLock() {
        LockHandle held = heldByOther();
        CompletableFuture<LockHandle> first = client.lockAsync(patient());
        CompletableFuture<LockHandle> second = client.lockAsync(patient());
        held.unlock();
        int before = attempts();

        unordered.announce("k");
        assertThat(attempts()).isEqualTo(before);
        memory.forceRelease("k");
        pass(LEASE.dividedBy(3));

        assertThat(ended(first).isValid()).isFalse();
        assertThat(ended(second).isValid()).isTrue();
    }

    @Test
    void findsAMissedWakeUpByItsNextAttempt() {
        LockHandle held = heldByOther();
        CompletableFuture<LockHandle> asked = client.lockAsync(patient());
        unordered.silent(true);
        held.unlock();
        assertThat(asked).isNotDone();

        pass(1000);

        assertThat(ended(asked).isValid()).isTrue();
    }

    @Test
    void asksAgainAfterWakeUpsMayHaveBeenMissed() {
        LockHandle held = heldByOther();
        CompletableFuture<LockHandle> asked = client.lockAsync(patient());
        unordered.silent(true);
        held.unlock();

        unordered.announceAll();

        assertThat(ended(asked).isValid()).isTrue();
    }

    @Test
    void asksAgainAfterAWakeUpThatCameBeforeTheAnswer() {
        LockHandle held = heldByOther();
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofSeconds(1)));
        CompletableFuture<LockHandle> asked = client.lockAsync(with(RetryStrategy.fixed(1, Duration.ofMinutes(1))));

        held.unlock();
        assertThat(asked).isNotDone();
        pass(1000);

        assertThat(ended(asked).isValid()).isTrue();
    }

    @Test
    void letsOnlyTheHeadTalkToTheStore() {
        LockHandle held = heldByOther();
        List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(client.lockAsync(patient()));
        }
        assertThat(attempts()).isEqualTo(10);

        pass(Duration.ofSeconds(5));
        assertThat(attempts()).isEqualTo(15);
        held.unlock();

        assertThat(attempts()).isEqualTo(16);
        assertThat(ended(waiting.get(0)).isValid()).isTrue();
        assertThat(waiting.subList(1, 10)).noneMatch(CompletableFuture::isDone);
    }

    @Test
    void queuesEvenTheFirstAttemptOfSingleflightCallers() throws Exception {
        LockHandle held = heldByOther();
        CompletableFuture<LockHandle> head = client.lockAsync(patient());
        assertThat(attempts()).isOne();

        Thread follower = new Thread(() -> client.singleflightLock(patient()).close());
        follower.start();
        Awaitility.await().until(() -> client.admin().stats().waiting() == 2);
        assertThat(attempts()).isOne();

        held.unlock();
        ended(head).unlock();
        follower.join(10_000);
        assertThat(follower.isAlive()).isFalse();
        assertThat(attempts()).isEqualTo(3);
    }

    @Test
    void neverTakesAnUnreachableStoreForAHeldLockBehindOthers() {
        network.unreachable(true);
        client.lockAsync(patient());
        FutureTask<LockHandle> follower = new FutureTask<>(() ->
                client.singleflightLock(request().timeout(Duration.ofSeconds(3)).build()));
        new Thread(follower).start();
        Awaitility.await().until(() -> client.admin().stats().waiting() == 2);

        pass(Duration.ofSeconds(3));

        assertThatThrownBy(() -> follower.get(10, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(LockUnavailableException.class)
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void neverTakesASilentStoreForAHeldLockBehindOthers() {
        network.plan(Command.ACQUIRE, network.answerLost());
        client.lockAsync(patient());
        FutureTask<LockHandle> follower = new FutureTask<>(() ->
                client.singleflightLock(request().timeout(Duration.ofSeconds(1)).build()));
        new Thread(follower).start();
        Awaitility.await().until(() -> client.admin().stats().waiting() == 2);

        pass(Duration.ofSeconds(1));

        assertThatThrownBy(() -> follower.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(LockUnavailableException.class);
    }

    @Test
    void neverTakesAnUnreachableStoreForALockThatItsOwnJvmHeld() {
        client.tryLock(request().autoRefresh(false).build()).orElseThrow();
        client.lockAsync(patient());
        CompletableFuture<LockHandle> asked = client.lockAsync(request()
                .timeout(LEASE.plusSeconds(5))
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofSeconds(1)))
                .build());
        network.unreachable(true);

        pass(LEASE.plusSeconds(5));

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockUnavailableException.class);
    }

    @Test
    void handsALockOverWithinTheJvmWithoutWaitingForTheAnnouncement() {
        LockHandle first = client.tryLock(patient()).orElseThrow();
        CompletableFuture<LockHandle> second = client.lockAsync(patient());
        unordered.silent(true);

        first.unlock();

        assertThat(ended(second).isValid()).isTrue();
    }

    @Test
    void holdsBackForOtherInstancesAfterManyHandOvers() {
        LockHandle held = client.tryLock(patient()).orElseThrow();
        List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            waiting.add(client.lockAsync(patient()));
        }
        unordered.silent(true);

        int handedOver = 0;
        held.unlock();
        while (waiting.get(handedOver).isDone()) {
            // A newcomer's first attempt finds the lock held by this very client, not by another instance.
            client.lockAsync(patient());
            ended(waiting.get(handedOver++)).unlock();
        }

        assertThat(handedOver).isEqualTo(64);
        // A newcomer doesn't barge in either, but another instance may.
        CompletableFuture<LockHandle> newcomer = client.lockAsync(patient());
        assertThat(newcomer).isNotDone();
        LockHandle theirs = heldByOther();
        pass(2);
        assertThat(waiting.get(64)).isNotDone();
        unordered.silent(false);
        theirs.unlock();
        assertThat(waiting.get(64)).isDone();
    }

    @Test
    void holdsBackForTwoRoundTripsToTheStore() {
        LockHandle held = client.tryLock(patient()).orElseThrow();
        List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(client.lockAsync(patient()));
        }
        for (int i = 0; i < 20; i++) {
            network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofMillis(5)));
        }
        for (int i = 0; i < 16; i++) {
            held.unlock();
            pass(5);
            held = ended(waiting.get(i));
        }

        int asked = attempts();
        held.unlock();
        pass(9);
        assertThat(attempts()).isEqualTo(asked);
        pass(1);
        assertThat(attempts()).isEqualTo(asked + 1);
        pass(5);

        assertThat(ended(waiting.get(16)).isValid()).isTrue();
    }

    @Test
    void goesOnByItselfIfNoOtherInstanceWantedItsTurn() {
        LockHandle held = client.tryLock(patient()).orElseThrow();
        List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
        for (int i = 0; i < 150; i++) {
            waiting.add(client.lockAsync(patient()));
        }

        List<Integer> heldBackAt = new ArrayList<>();
        held.unlock();
        for (int i = 0; i < waiting.size(); i++) {
            if (!waiting.get(i).isDone()) {
                heldBackAt.add(i);
                pass(1);
            }
            ended(waiting.get(i)).unlock();
        }

        assertThat(heldBackAt).containsExactly(64, 129);
        assertThat(isFree()).isTrue();
    }

    @Test
    void movesTheNextUpWhenTheHeadGivesUp() {
        LockHandle held = heldByOther();
        CompletableFuture<LockHandle> head = client.lockAsync(request()
                .timeout(Duration.ofSeconds(2))
                .retry(patient().retry())
                .build());
        CompletableFuture<LockHandle> next = client.lockAsync(patient());

        pass(2000);
        assertThat(head).isCompletedExceptionally();
        held.unlock();

        assertThat(ended(next).isValid()).isTrue();
    }

    @Test
    void passesOnAWakeUpThatAHeadGaveUpWith() {
        LockHandle held = heldByOther();
        CompletableFuture<LockHandle> head = client.lockAsync(patient());
        CompletableFuture<LockHandle> next = client.lockAsync(patient());
        network.plan(Command.ACQUIRE, network.answerDelayed(Duration.ofMillis(500)));
        held.unlock();
        unordered.silent(true);

        head.cancel(true);

        assertThat(ended(next).isValid()).isTrue();
    }

    @Test
    void releasesALockThatNobodyAwaitsAnyMore() {
        List<Runnable> callbacks = new ArrayList<>();
        LockClient slow = newClientWith(callbacks);
        CompletableFuture<LockHandle> asked = slow.lockAsync(patient());
        assertThat(isFree()).isFalse();

        asked.cancel(true);
        callbacks.forEach(Runnable::run);

        assertThat(isFree()).isTrue();
    }

    private LockClient newClientWith(List<Runnable> callbacks) {
        return LockClient.builder(network, time.scheduler(), callbacks::add)
                .time(time)
                .build();
    }

    @Test
    void spreadsItsAttemptsByTheJitterItIsGiven() {
        heldByOther();
        LockClient jittery = newClient(network, builder -> builder.random(() -> Long.MIN_VALUE));
        RetryStrategy retry = RetryStrategy.fixed(1, Duration.ofSeconds(1)).withJitter(0.5);

        CompletableFuture<LockHandle> asked = jittery.lockAsync(with(retry));
        pass(749);
        assertThat(asked).isNotDone();
        pass(1);

        assertThat(asked).isCompletedExceptionally();
    }
}
