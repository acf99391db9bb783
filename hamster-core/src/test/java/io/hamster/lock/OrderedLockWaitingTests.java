package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.lock.FaultyLockStore.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Waiting on a store that orders its waiters: it gets every waiter, and wakes the one whose turn it is. */
class OrderedLockWaitingTests extends LockFixture {

    OrderedLockWaitingTests() {
        super(true);
    }

    private static LockRequest patient() {
        return request()
                .timeout(Duration.ofMinutes(10))
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMinutes(1)))
                .build();
    }

    @Test
    void servesWaitersOfDifferentClientsInTheOrderInWhichTheyCame() {
        LockHandle held = client.tryLock(patient()).orElseThrow();
        List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add((i % 3 == 0 ? client : other).lockAsync(patient()));
        }

        held.unlock();
        for (int i = 0; i < waiting.size(); i++) {
            assertThat(waiting.subList(i + 1, waiting.size())).noneMatch(CompletableFuture::isDone);
            ended(waiting.get(i)).unlock();
        }

        assertThat(isFree()).isTrue();
    }

    @Test
    void asksForAPlaceAsLongAsItsCallerWaits() {
        other.tryLock(request().build()).orElseThrow();

        client.lockAsync(patient());
        pass(Duration.ofMinutes(1));

        assertThat(asks())
                .extracting(LockStore.Ask::patience)
                .containsExactly(Duration.ofMinutes(10), Duration.ofMinutes(9));
    }

    @Test
    void takesNoPlaceIfItMayNotRetry() {
        LockHandle held = other.tryLock(request().build()).orElseThrow();

        CompletableFuture<LockHandle> asked = client.lockAsync(
                request().retry(RetryStrategy.fixed(0, Duration.ofSeconds(1))).build());
        held.unlock();

        assertThatThrownBy(() -> ended(asked)).hasCauseInstanceOf(LockNotAcquiredException.class);
        assertThat(asks())
                .singleElement()
                .satisfies(ask -> assertThat(ask.patience()).isZero());
        assertThat(isFree()).isTrue();
    }

    @Test
    void givesItsPlaceUpWhenItsCallerGivesUp() {
        LockHandle held = other.tryLock(request().build()).orElseThrow();
        CompletableFuture<LockHandle> first = client.lockAsync(patient());
        CompletableFuture<LockHandle> second = other.lockAsync(patient());

        first.cancel(true);
        assertThat(releases())
                .singleElement()
                .satisfies(release -> assertThat(release.tombstone()).isZero());
        held.unlock();

        assertThat(ended(second).isValid()).isTrue();
    }

    @Test
    void passesALockOnWhenItsOfferIsNotTaken() {
        LockHandle held = other.tryLock(request().build()).orElseThrow();
        CompletableFuture<LockHandle> deaf = client.lockAsync(patient());
        CompletableFuture<LockHandle> next = other.lockAsync(patient());
        network.unreachable(true);

        held.unlock();
        assertThat(next).isNotDone();
        pass(Duration.ofSeconds(1));

        assertThat(ended(next).isValid()).isTrue();
        assertThat(deaf).isNotDone();
    }

    @Test
    void wakesTheNextWhenALeaseEnds() {
        other.tryLock(request().autoRefresh(false).build()).orElseThrow();
        CompletableFuture<LockHandle> next = client.lockAsync(patient());

        pass(LEASE.minusMillis(1));
        assertThat(next).isNotDone();
        pass(1);

        assertThat(ended(next).isValid()).isTrue();
        assertThat(network.count(Command.ACQUIRE)).isEqualTo(2);
    }

    @Test
    void countsFromTheAcceptNotFromTheOffer() {
        LockHandle held = other.tryLock(request().build()).orElseThrow();
        network.plan(Command.ACQUIRE, network.none(), network.answerDelayed(Duration.ofMillis(400)));
        CompletableFuture<LockHandle> next =
                client.lockAsync(request().autoRefresh(false).timeout(LEASE).build());

        held.unlock();
        pass(400);

        assertThat(ended(next).remaining()).isEqualTo(withoutMargin(LEASE).minusMillis(400));
    }
}
