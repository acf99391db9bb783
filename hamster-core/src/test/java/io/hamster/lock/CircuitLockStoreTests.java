package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.lock.FaultyLockStore.Command;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Callers that don't wait for a store that is away. */
class CircuitLockStoreTests extends LockFixture {

    private static final Duration COOL_DOWN = Duration.ofSeconds(1);

    private final CircuitLockStore circuit =
            new CircuitLockStore(network, time, COMMAND_TIMEOUT, COOL_DOWN, IllegalArgumentException.class::isInstance);
    private final LockClient guarded = newClient(circuit, builder -> builder);

    CircuitLockStoreTests() {
        super(true);
    }

    private static LockRequest once() {
        return request().retry(RetryStrategy.fixed(0, Duration.ofSeconds(1))).build();
    }

    private void failRequests(int count) {
        for (int i = 0; i < count; i++) {
            assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> guarded.status("k"));
        }
    }

    @Test
    void asksNoMoreAfterSeveralFailuresInARow() {
        network.unreachable(true);
        failRequests(CircuitLockStore.FAILURES);
        assertThat(circuit.isOpen()).isTrue();
        failRequests(1);
        int asked = network.count(Command.STATUS) + network.count(Command.ACQUIRE);

        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> guarded.tryLock(once()))
                .withCauseInstanceOf(NotSentException.class)
                .satisfies(e -> assertThat(e.getCause()).hasRootCauseMessage("connection refused"));

        assertThat(network.count(Command.STATUS) + network.count(Command.ACQUIRE))
                .isEqualTo(asked);
    }

    @Test
    void tellsSinceWhenAndWhenItIsWorthTryingAgain() {
        network.unreachable(true);
        Instant begun = time.instant();
        failRequests(1);
        assertThat(circuit.awaySince()).isEmpty();
        pass(Duration.ofMillis(10));
        failRequests(CircuitLockStore.FAILURES);
        pass(COOL_DOWN.dividedBy(4));

        assertThat(circuit.awaySince()).contains(begun);
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> guarded.tryLock(once()))
                .satisfies(e -> assertThat(e.retryAfter())
                        .hasValueSatisfying(delay ->
                                assertThat(delay).isPositive().isLessThanOrEqualTo(COOL_DOWN.plus(COMMAND_TIMEOUT))));

        network.unreachable(false);
        pass(COOL_DOWN.plus(COMMAND_TIMEOUT));
        assertThat(guarded.status("k")).isEmpty();
        assertThat(circuit.awaySince()).isEmpty();
    }

    @Test
    void leavesNothingToReleaseAfterARequestThatWasNotSent() {
        network.unreachable(true);
        failRequests(CircuitLockStore.FAILURES + 1);

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> guarded.tryLock(once()));

        assertThat(releases()).isEmpty();
    }

    @Test
    void triesOnceEachCoolDown() {
        network.unreachable(true);
        failRequests(CircuitLockStore.FAILURES + 1);
        int before = network.count(Command.STATUS);

        pass(COOL_DOWN);
        failRequests(3);

        assertThat(network.count(Command.STATUS)).isEqualTo(before + 1);
    }

    @Test
    void triesNoOtherWhileOneMayStillBeAnswered() {
        network.unreachable(true);
        failRequests(CircuitLockStore.FAILURES + 1);
        network.unreachable(false);
        pass(COOL_DOWN);
        network.plan(Command.STATUS, network.answerLost());
        circuit.status("k");
        int before = network.count(Command.STATUS);

        pass(COMMAND_TIMEOUT);
        failRequests(1);
        assertThat(network.count(Command.STATUS)).isEqualTo(before);
        pass(COOL_DOWN);

        assertThat(guarded.status("k")).isEmpty();
    }

    @Test
    void doesNotHoldASingleFailureAgainstAStoreThatNobodyAskedSince() {
        network.unreachable(true);
        failRequests(1);
        network.unreachable(false);

        pass(COMMAND_TIMEOUT.plusMillis(1));

        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void goesOnWithTheFirstAnswer() {
        network.unreachable(true);
        failRequests(CircuitLockStore.FAILURES + 1);
        network.unreachable(false);
        assertThat(circuit.isOpen()).isTrue();

        pass(COOL_DOWN);

        assertThat(guarded.tryLock(once())).isPresent();
        assertThat(circuit.isOpen()).isFalse();
    }

    @Test
    void asksNoMoreWhileNothingIsAnswered() {
        network.plan(Command.ACQUIRE, network.answerLost());
        CompletableFuture<LockHandle> unanswered = guarded.lockAsync(once());
        assertThat(circuit.isOpen()).isFalse();
        pass(COMMAND_TIMEOUT.plusMillis(1));
        assertThatThrownBy(() -> ended(unanswered)).hasCauseInstanceOf(LockUnavailableException.class);

        // The release of what was given up was answered: the store is there.
        assertThat(circuit.isOpen()).isFalse();
        network.plan(Command.ACQUIRE, network.answerLost(), network.answerLost());
        network.plan(Command.RELEASE, network.answerLost());
        CompletableFuture<LockHandle> second = guarded.lockAsync(once());
        pass(COMMAND_TIMEOUT.plusMillis(1));
        assertThatThrownBy(() -> ended(second)).hasCauseInstanceOf(LockUnavailableException.class);
        assertThat(circuit.isOpen()).isTrue();
        guarded.lockAsync(once());
        int asked = network.count(Command.ACQUIRE);

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> guarded.tryLock(once()));

        assertThat(network.count(Command.ACQUIRE)).isEqualTo(asked);
    }

    @Test
    void alwaysRenewsAndReleases() {
        LockHandle held = guarded.tryLock(request().build()).orElseThrow();
        network.unreachable(true);
        failRequests(CircuitLockStore.FAILURES + 1);
        network.unreachable(false);

        held.refresh();

        assertThat(circuit.isOpen()).isFalse();
        held.unlock();
        assertThat(isFree()).isTrue();
    }

    @Test
    void handsOverInOneCommandUnlessTheStoreIsAway() {
        network.handsOver(true);
        LockToken first = new LockToken("c", 1);
        LockToken second = new LockToken("c", 2);
        circuit.acquire(new Ask("k", first, "node", LEASE, Duration.ZERO));
        assertThat(circuit.handOver(first, new Ask("k", second, "node", LEASE, Duration.ZERO))
                        .released())
                .isCompletedWithValue(true);
        assertThat(releases()).isEmpty();
        network.unreachable(true);
        failRequests(CircuitLockStore.FAILURES + 1);

        LockStore.HandOver whileAway = circuit.handOver(second, new Ask("k", first, "node", LEASE, Duration.ZERO));

        assertThat(whileAway.released()).isCompletedExceptionally();
        assertThat(releases()).hasSize(1);
        assertThat(whileAway.answer())
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(NotSentException.class);
    }

    @Test
    void takesTheStoresOwnErrorsForAnswers() {
        LockToken token = new LockToken("c", 1);
        for (int i = 0; i < 2 * CircuitLockStore.FAILURES; i++) {
            network.plan(Command.ACQUIRE, failing());
            circuit.acquire(new Ask("k", token, "node", LEASE, Duration.ZERO));
        }

        assertThat(circuit.isOpen()).isFalse();
        assertThat(circuit.renew(List.of(new Extension("k", token, LEASE)))).isCompleted();
    }

    private static FaultyLockStore.Fault failing() {
        return new FaultyLockStore.Fault() {
            @Override
            public <T> CompletionStage<T> meet(Supplier<CompletionStage<T>> command) {
                return CompletableFuture.failedFuture(new IllegalArgumentException("the store's own"));
            }
        };
    }
}
