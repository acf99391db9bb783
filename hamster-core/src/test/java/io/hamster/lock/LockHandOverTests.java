package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.lock.FaultyLockStore.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Locks that pass from one request of a JVM to the next in one command, and those who wait elsewhere. */
class LockHandOverTests extends LockFixture {

    private static final Duration TOMBSTONE = LEASE.plus(COMMAND_TIMEOUT);

    private final List<String> announced = new ArrayList<>();

    LockHandOverTests() {
        super(false);
    }

    @BeforeEach
    void listen() {
        network.handsOver(true);
        unordered.listen(new LockStore.Wakeups() {
            @Override
            public void woken(String key, Optional<LockToken> token) {
                announced.add(key);
            }

            @Override
            public void recheckAll() {
                announced.add("all");
            }
        });
    }

    /** Polls so rarely that only wake-ups and the ends of leases can explain a grant. */
    private static LockRequest.Builder patient() {
        return request()
                .timeout(Duration.ofMinutes(30))
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMinutes(10)));
    }

    private LockHandle held() {
        return client.tryLock(patient().build()).orElseThrow();
    }

    private CompletableFuture<LockHandle> waiting(LockClient who) {
        CompletableFuture<LockHandle> asked = who.lockAsync(patient().build());
        assertThat(asked).isNotDone();
        return asked;
    }

    private int handOvers() {
        return network.count(Command.HAND_OVER);
    }

    @Test
    void takesOneCommandAndTellsNobody() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        CompletableFuture<LockHandle> elsewhere = waiting(other);

        first.unlock();

        assertThat(ended(next).isValid()).isTrue();
        assertThat(ended(next).fence()).isGreaterThan(first.fence());
        assertThat(handOvers()).isOne();
        assertThat(releases()).isEmpty();
        assertThat(announced).isEmpty();
        ended(next).unlock();
        assertThat(announced).containsExactly("k");
        assertThat(ended(elsewhere).isValid()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"0, 64", "1, 16", "100, 16"})
    void releasesForOtherInstancesAfterSomeTurns(int turnMillis, int turns) {
        LockHandle first = held();
        List<CompletableFuture<LockHandle>> here = new ArrayList<>();
        for (int i = 0; i < turns + 4; i++) {
            here.add(waiting(client));
        }
        CompletableFuture<LockHandle> elsewhere = waiting(other);

        first.unlock();
        for (int i = 0; i < turns; i++) {
            assertThat(elsewhere).isNotDone();
            LockHandle mine = ended(here.get(i));
            pass(turnMillis);
            mine.unlock();
        }

        assertThat(handOvers()).isEqualTo(turns);
        assertThat(releases()).hasSize(1);
        LockHandle theirs = ended(elsewhere);
        pass(1);
        assertThat(here.get(turns)).isNotDone();
        theirs.unlock();
        assertThat(ended(here.get(turns)).isValid()).isTrue();
    }

    @Test
    void newcomersDoNotAskForWhatTheirOwnClientHolds() {
        LockHandle first = held();
        CompletableFuture<LockHandle> second = waiting(client);
        CompletableFuture<LockHandle> third = waiting(client);
        first.unlock();
        int asked = asks().size();

        CompletableFuture<LockHandle> fourth = waiting(client);
        CompletableFuture<LockHandle> once = client.lockAsync(
                request().retry(RetryStrategy.fixed(0, Duration.ofSeconds(1))).build());

        // Only the one that has a single attempt makes it.
        assertThat(asks()).hasSize(asked + 1);
        assertThatThrownBy(() -> ended(once)).hasCauseInstanceOf(LockNotAcquiredException.class);
        ended(second).unlock();
        ended(third).unlock();
        assertThat(ended(fourth).isValid()).isTrue();
        assertThat(client.admin().stats().contentionRate()).isGreaterThan(0.7);
    }

    @Test
    void releasesForEverybodyIfTheNextGivesUpMeanwhile() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        CompletableFuture<LockHandle> elsewhere = waiting(other);
        network.plan(Command.HAND_OVER, network.answerDelayed(Duration.ofSeconds(1)));

        CompletableFuture<Void> released = first.unlockAsync();
        next.cancel(true);

        assertThat(releases()).extracting(FaultyLockStore.Release::tombstone).containsExactly(TOMBSTONE);
        assertThat(ended(elsewhere).isValid()).isTrue();
        pass(1000);
        assertThat(released).isCompleted();
    }

    @Test
    void releasesForEverybodyIfItArrivesAfterTheNextGaveUp() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        CompletableFuture<LockHandle> elsewhere = waiting(other);
        network.plan(Command.HAND_OVER, network.requestDelayed(Duration.ofSeconds(1)));

        CompletableFuture<Void> released = first.unlockAsync();
        next.cancel(true);
        assertThat(elsewhere).isNotDone();
        pass(1000);

        assertThat(released).isCompleted();
        assertThat(ended(elsewhere).isValid()).isTrue();
    }

    @Test
    void movesTheLineUpIfTheNextGivesUpMeanwhile() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        CompletableFuture<LockHandle> afterIt = waiting(client);
        network.plan(Command.HAND_OVER, network.answerDelayed(Duration.ofSeconds(1)));

        first.unlockAsync();
        next.cancel(true);

        assertThat(ended(afterIt).isValid()).isTrue();
    }

    @Test
    void findsTheGrantWhoseAnswerWasLost() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = client.lockAsync(patient()
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofSeconds(5)))
                .build());
        network.plan(Command.HAND_OVER, network.answerLost());

        CompletableFuture<Void> released = first.unlockAsync();
        long fence =
                memory.status("k").toCompletableFuture().join().orElseThrow().fence();
        pass(5000);

        assertThatThrownBy(released::join).hasCauseInstanceOf(LockUnavailableException.class);
        assertThat(ended(next).fence()).isEqualTo(fence);
        assertThat(ended(next).remaining()).isLessThanOrEqualTo(withoutMargin(LEASE.minusSeconds(5)));
        ended(next).unlock();
        assertThat(releases())
                .extracting(FaultyLockStore.Release::token, FaultyLockStore.Release::tombstone)
                .contains(org.assertj.core.groups.Tuple.tuple(
                        LockToken.parse(ended(next).token()), TOMBSTONE));
    }

    @Test
    void releasesWhatCouldNotBeHandedOver() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        network.plan(Command.HAND_OVER, network.refused());

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(first::unlock);

        // The release that is tried again tells the next, like everybody.
        assertThat(ended(next).isValid()).isTrue();
        assertThat(announced).containsExactly("k");
    }

    @Test
    void survivesAHandOverThatArrivesOnceMore() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        CompletableFuture<LockHandle> elsewhere = waiting(other);
        network.plan(Command.HAND_OVER, network.repeated(Duration.ofSeconds(1)));

        first.unlock();
        ended(next).unlock();
        LockHandle theirs = ended(elsewhere);
        pass(1000);

        assertThat(theirs.checkValid()).isTrue();
    }

    @Test
    void leavesTheLockToItsLeaseIfTheProcessThatHasItIsGone() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        CompletableFuture<LockHandle> elsewhere = waiting(other);
        pass(LEASE.dividedBy(4));
        first.unlock();
        ended(next).stopRefresh();
        network.unreachable(true);

        // Told of the first holder's lease only; asked again at its end, of the next one's.
        pass(LEASE.minusMillis(1));
        assertThat(elsewhere).isNotDone();
        pass(3);

        assertThat(ended(elsewhere).isValid()).isTrue();
    }

    @Test
    void tellsTheHolderThatItHadLostTheLock() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        unordered.silent(true);
        unordered.forceRelease("k");

        assertThatExceptionOfType(LockLostException.class).isThrownBy(first::unlock);

        assertThat(ended(next).isValid()).isTrue();
    }

    @Test
    void endsTheHandleThatTakesOverIfItIsReleasedByForce() {
        LockHandle first = held();
        CompletableFuture<LockHandle> next = waiting(client);
        CompletableFuture<LockHandle> elsewhere = waiting(other);
        first.unlock();

        client.admin().forceRelease("k");

        assertThat(ended(next).isValid()).isFalse();
        assertThat(ended(elsewhere).isValid()).isTrue();
    }

    @Test
    void buriesAnAmbiguousRequestInsteadOfHandingItsLockOver() {
        network.plan(Command.ACQUIRE, network.refused());
        CompletableFuture<LockHandle> first = client.lockAsync(
                request().retry(RetryStrategy.fixed(1, Duration.ofSeconds(1))).build());
        pass(1000);
        CompletableFuture<LockHandle> next = waiting(client);

        ended(first).unlock();

        assertThat(handOvers()).isZero();
        assertThat(releases()).extracting(FaultyLockStore.Release::tombstone).containsExactly(TOMBSTONE);
        assertThat(ended(next).isValid()).isTrue();
    }

    @Test
    void doesNotHandOverWhatMustBeKept() {
        LockHandle first =
                client.tryLock(patient().atLeastFor(LEASE.dividedBy(2)).build()).orElseThrow();
        CompletableFuture<LockHandle> next = waiting(client);

        first.unlock();
        assertThat(next).isNotDone();
        pass(LEASE.dividedBy(2).plusMillis(2));

        assertThat(handOvers()).isZero();
        assertThat(ended(next).isValid()).isTrue();
    }

    @Test
    void handsOverWhenTheLastOfSeveralEntriesLeaves() {
        LockRequest reentrant = patient().reentrant(true).build();
        LockHandle outer = client.lock(reentrant);
        LockHandle inner = client.lock(reentrant);
        CompletableFuture<LockHandle> next = waiting(client);

        outer.unlock();
        assertThat(next).isNotDone();
        inner.unlock();

        assertThat(handOvers()).isOne();
        assertThat(ended(next).isValid()).isTrue();
    }
}
