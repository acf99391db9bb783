package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.cluster.raft.LockCommand.Sent;
import io.hamster.cluster.raft.ManualGroup.Fate;
import io.hamster.cluster.raft.ManualGroup.Outcome;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.Renewal;
import io.hamster.lock.LockToken;
import io.hamster.lock.NotSentException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** The store on bad days: changes of leaders, and commands, answers and messages that are lost, late or repeated. */
class RaftLockStoreTests {

    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration TIMEOUT = LockNodes.COMMAND_TIMEOUT;

    private final LockNodes nodes = new LockNodes("one", "two", "three");
    private final ManualGroup group = nodes.group;
    private final RaftLockStore one = nodes.store("one");
    private final RaftLockStore two = nodes.store("two");
    private final LockToken a = new LockToken("a", 1);
    private final LockToken b = new LockToken("b", 1);
    private final LockToken c = new LockToken("c", 1);

    private static final class Woken implements LockStore.Wakeups {

        private final List<LockToken> tokens = new ArrayList<>();
        private int rechecks;

        @Override
        public void woken(String key, Optional<LockToken> token) {
            tokens.add(token.orElseThrow());
        }

        @Override
        public void recheckAll() {
            rechecks++;
        }
    }

    private static Woken on(RaftLockStore store) {
        Woken woken = new Woken();
        store.listen(woken);
        return woken;
    }

    private void pass(long millis) {
        nodes.time.advance(Duration.ofMillis(millis));
    }

    private static <T> T now(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isDone();
        return stage.toCompletableFuture().join();
    }

    private static CompletableFuture<Answer> asking(RaftLockStore store, LockToken token, Duration patience) {
        return store.acquire(new Ask("k", token, "owner", LEASE, patience)).toCompletableFuture();
    }

    private static Answer.Granted granted(RaftLockStore store, LockToken token) {
        return (Answer.Granted) now(asking(store, token, Duration.ZERO));
    }

    private static void queued(RaftLockStore store, LockToken token) {
        assertThat(now(asking(store, token, PATIENCE))).isInstanceOf(Answer.Queued.class);
    }

    private static boolean release(RaftLockStore store, LockToken token) {
        return now(store.release("k", token, Duration.ZERO));
    }

    private Optional<Duration> remaining() {
        return now(one.status("k")).map(status -> status.remaining());
    }

    private static LockCommand read(byte[] command) {
        try {
            return Sent.fromBytes(command).command();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private long count(int from, Predicate<LockCommand> which) {
        return group.commandsFrom(from).stream()
                .map(RaftLockStoreTests::read)
                .filter(which)
                .count();
    }

    // --- leaders

    @Test
    void leavesEveryLeaseAtLeastItsLengthWhenLeadersChange() {
        granted(one, a);
        pass(10_000);
        release(one, b);
        group.loseLeader();
        pass(25_000);

        group.lead("two");

        assertThat(remaining()).hasValueSatisfying(left -> assertThat(left).isEqualTo(Duration.ofSeconds(20)));
        pass(19_999);
        assertThat(remaining()).isPresent();
        pass(1);
        assertThat(remaining()).isEmpty();
    }

    @Test
    void failsAtOnceAndSendsNothingWithoutALeader() {
        group.loseLeader();
        int before = group.entries();

        assertThatThrownBy(asking(one, a, PATIENCE)::join).hasCauseInstanceOf(NotSentException.class);
        assertThatThrownBy(() -> now(one.status("k"))).hasCauseInstanceOf(NotSentException.class);
        assertThatThrownBy(() -> now(one.renew(List.of(new Extension("k", a, LEASE)))))
                .hasCauseInstanceOf(NotSentException.class);
        group.lead("one");

        assertThat(group.entries()).isEqualTo(before);
    }

    @Test
    void releasesOnceThereIsALeaderAgain() {
        granted(one, a);
        group.loseLeader();
        CompletableFuture<Boolean> released = one.release("k", a, Duration.ZERO).toCompletableFuture();
        assertThat(released).isNotDone();

        group.lead("two");
        pass(20);

        assertThat(now(released)).isTrue();
        assertThat(remaining()).isEmpty();
    }

    @Test
    void doesNotReleaseLaterThanACommandMay() {
        granted(one, a);
        group.loseLeader();
        CompletableFuture<Boolean> released = one.release("k", a, Duration.ZERO).toCompletableFuture();

        pass(TIMEOUT.toMillis());

        assertThat(released).isCompletedExceptionally();
        assertThatThrownBy(released::join).hasCauseInstanceOf(NotSentException.class);
    }

    @Test
    void doesNotSayThatALockWasLostWhichItMayHaveReleasedItself() {
        granted(one, a);
        group.nextCommand(Fate.late(Duration.ZERO, Outcome.FAILED));
        CompletableFuture<Boolean> released = one.release("k", a, Duration.ZERO).toCompletableFuture();
        pass(20);

        assertThatThrownBy(released::join).hasCauseInstanceOf(GroupUnavailableException.class);
        assertThat(remaining()).isEmpty();
    }

    @Test
    void failsWithTheLogAndGetsTheSameGrantWhenAskedAgain() {
        granted(one, c);
        release(one, c);
        group.nextCommand(Fate.late(Duration.ZERO, Outcome.FAILED));
        assertThatThrownBy(asking(one, a, Duration.ZERO)::join).hasCauseInstanceOf(GroupUnavailableException.class);
        long fence = now(one.status("k")).orElseThrow().fence();

        assertThat(granted(one, a).fence()).isEqualTo(fence);
    }

    @Test
    void letsTheNewLeaderEndLeasesThatSomebodyWaitsFor() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        pass(10_000);
        group.lead("three");

        pass(30_000);

        assertThat(woken.tokens).containsExactly(b);
    }

    @Test
    void hasWaitersAskAgainUnderANewLeader() {
        Woken waiting = on(two);
        Woken idle = on(nodes.store("three"));
        granted(one, a);
        queued(two, b);
        group.lead("two");

        remaining();

        assertThat(waiting.rechecks).isOne();
        assertThat(idle.rechecks).isZero();
    }

    @Test
    void hasWaitersAskAgainAfterADisruptionAndAfterASnapshot() {
        Woken waiting = on(two);
        granted(one, a);
        queued(two, b);

        group.disrupt();
        assertThat(waiting.rechecks).isOne();
        group.restore("two");
        assertThat(waiting.rechecks).isGreaterThan(1);
    }

    // --- wake-ups

    @Test
    void wakesAWaiterOnceThoughBothLogAndLeaderSaySo() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        group.messages(() -> Fate.repeated(Duration.ofMillis(10)));

        release(one, a);
        pass(100);

        assertThat(woken.tokens).containsExactly(b);
    }

    @Test
    void wakesAWaiterOnANodeThatLagsByMessage() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        group.lag("two");

        release(one, a);

        assertThat(woken.tokens).containsExactly(b);
        assertThat(now(asking(two, b, PATIENCE))).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void wakesAWaiterByItsOwnCopyIfTheMessageIsLost() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        group.messages(() -> Fate.LOST);

        release(one, a);

        assertThat(woken.tokens).containsExactly(b);
    }

    @Test
    void wakesAgainWhoIsOfferedAgain() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        release(one, a);
        pass(600);
        granted(one, c);
        queued(two, b);

        release(one, c);

        assertThat(woken.tokens).containsExactly(b, b);
    }

    @Test
    void takesNoNonsenseFromOtherNodes() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);

        for (byte[] nonsense : List.of(new byte[0], new byte[] {1, 2, 3}, new byte[100])) {
            group.messenger("one").tell("two", Topic.LOCKS, nonsense);
        }

        assertThat(woken.tokens).isEmpty();
    }

    // --- sessions and ticks

    @Test
    void keepsTheirPlacesForAsLongAsTheyWait() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        for (int i = 0; i < 60; i++) {
            pass(5000);
            one.renew(List.of(new Extension("k", a, LEASE)));
        }

        release(one, a);

        assertThat(woken.tokens).containsExactly(b);
    }

    @Test
    void passesTheWaitersOfAKilledProcessOver() {
        Woken woken = on(one);
        granted(one, a);
        queued(two, b);
        queued(one, c);
        nodes.restart("two");
        pass(11_000);

        release(one, a);

        assertThat(woken.tokens).containsExactly(c);
    }

    @Test
    void asksAgainOnceItsPlacesAreGone() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        group.commands(command -> read(command) instanceof LockCommand.KeepAlive ? Fate.LOST : Fate.GOOD);
        pass(12_000);
        remaining();
        assertThat(woken.rechecks).isZero();

        group.commands(command -> Fate.GOOD);
        pass(5000);

        assertThat(woken.rechecks).isPositive();
    }

    @Test
    void makesNoEntriesWhileNothingIsGoingOn() {
        granted(one, a);
        queued(two, b);
        release(two, b);
        release(one, a);
        pass(120_000);
        int before = group.entries();

        pass(3_600_000);

        assertThat(group.entries()).isEqualTo(before);
        assertThat(nodes.time.pendingTasks()).isZero();
    }

    @Test
    void makesFewEntriesWhileSomebodyWaits() {
        granted(one, a);
        queued(two, b);
        int before = group.entries();

        pass(29_000);

        assertThat(group.entries() - before).isBetween(5, 11);
    }

    @Test
    void ticksOnceAndOnOneNodeOnlyWhenALeaseEnds() {
        granted(one, a);
        queued(two, b);
        group.lead("two");
        group.lead("three");

        pass(30_010);

        assertThat(count(0, command -> command instanceof LockCommand.Tick)).isOne();
    }

    @Test
    void ticksAgainIfATickIsLost() {
        Woken woken = on(two);
        granted(one, a);
        queued(two, b);
        group.commands(command -> read(command) instanceof LockCommand.Tick ? Fate.LOST : Fate.GOOD);
        pass(30_000);

        group.commands(command -> Fate.GOOD);
        pass(2 * TIMEOUT.toMillis());

        assertThat(woken.tokens).containsExactly(b);
    }

    // --- late and repeated commands

    @Test
    void grantsNothingToARequestThatComesAfterItsReleaseInTime() {
        granted(two, c);
        release(two, c);
        group.nextCommand(Fate.late(Duration.ofSeconds(1), Outcome.LOST));
        asking(two, a, Duration.ZERO);
        now(two.release("k", a, Duration.ZERO));

        pass(1000);

        assertThat(remaining()).isEmpty();
    }

    @Test
    void grantsNothingToARequestThatComesAfterItsTombstone() {
        granted(two, c);
        release(two, c);
        group.nextCommand(Fate.late(Duration.ofMinutes(2), Outcome.LOST));
        asking(two, a, Duration.ZERO);
        now(two.release("k", a, Duration.ofSeconds(32)));

        pass(120_000);

        assertThat(remaining()).isEmpty();
    }

    @Test
    void grantsNothingToACopyOfARequestThatWasAnsweredAndReleased() {
        granted(two, c);
        release(two, c);
        group.nextCommand(Fate.repeated(Duration.ofSeconds(1)));
        granted(two, a);
        release(two, a);

        pass(1000);

        assertThat(remaining()).isEmpty();
    }

    @Test
    void sendsWhatCameTooLateAgainIfItsCallerStillWaits() {
        granted(one, c);
        release(one, c);
        group.nextCommand(Fate.late(Duration.ofSeconds(10), Outcome.GIVEN));
        CompletableFuture<Answer> late = asking(one, a, Duration.ZERO);

        pass(10_000);

        assertThat(now(late)).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void doesNotSendAgainWhatItsCallerWithdrew() {
        granted(one, c);
        release(one, c);
        group.nextCommand(Fate.late(Duration.ofSeconds(10), Outcome.GIVEN));
        CompletableFuture<Answer> late = asking(one, a, Duration.ZERO);
        late.cancel(false);

        pass(10_000);

        assertThat(count(0, command -> command instanceof LockCommand.Acquire)).isEqualTo(2);
        assertThat(remaining()).isEmpty();
    }

    @Test
    void learnsTheTablesTimeFromItsFirstAnswer() {
        pass(3_600_000);
        RaftLockStore late = nodes.store("late");
        group.lag("late");

        granted(late, a);
        release(late, a);
        int before = group.entries();
        granted(late, b);

        assertThat(group.entries() - before).isOne();
    }

    @Test
    void goesOnAfterALongTimeWithoutALeader() {
        granted(one, a);
        group.loseLeader();
        pass(3_600_000);
        group.lead("two");
        release(one, a);

        granted(one, b);
        group.nextCommand(Fate.late(Duration.ofMinutes(1), Outcome.LOST));
        asking(one, c, Duration.ZERO);
        release(one, b);
        pass(60_000);

        assertThat(remaining()).isEmpty();
    }

    // --- renewals

    @Test
    void renewsManyLocksInFewEntries() {
        List<Extension> batch = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            LockToken token = new LockToken("a-client-of-22-letters", i);
            String key = "orders/customer-" + i;
            one.acquire(new Ask(key, token, "node", LEASE, Duration.ZERO));
            batch.add(new Extension(key, token, LEASE));
        }
        batch.add(new Extension("free", a, LEASE));
        int before = group.entries();
        pass(20_000);

        Map<LockToken, Renewal> answers = now(one.renew(batch));

        assertThat(count(before, command -> command instanceof LockCommand.Renew))
                .isBetween(2L, 4L);
        assertThat(group.commandsFrom(before)).allMatch(command -> command.length < 300 * 1024);
        assertThat(answers).hasSize(10_001).containsEntry(a, new Renewal.NotYours());
        answers.remove(a);
        assertThat(answers.values()).containsOnly(new Renewal.Renewed(LEASE));
    }

    @Test
    void knowsWhatItCanOfRenewalsThatPartlyFailed() {
        List<Extension> batch = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            batch.add(new Extension("orders/customer-" + i, new LockToken("a-client-of-22-letters", i), LEASE));
        }
        group.nextCommand(Fate.late(Duration.ZERO, Outcome.FAILED));

        Map<LockToken, Renewal> answers = now(one.renew(batch));

        assertThat(answers.size()).isBetween(1000, 9000);
    }

    // --- limits and the end

    @Test
    void refusesClearlyWhatTheTableCannotTake() {
        granted(one, a);
        for (int i = 0; i < LockState.MAX_WAITERS_PER_KEY; i++) {
            one.acquire(new Ask("k", new LockToken("t", i), "node", LEASE, PATIENCE));
        }

        assertThatThrownBy(asking(two, b, PATIENCE)::join)
                .cause()
                .isInstanceOf(LockTableFullException.class)
                .hasMessageContaining("10000 of them for one key");
    }

    @Test
    void refusesWhatIsOutOfRange() {
        Ask tooLong = new Ask("k", a, "node", Duration.ofHours(25), Duration.ZERO);

        assertThatThrownBy(() -> now(one.acquire(tooLong)))
                .cause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lease");
        assertThatThrownBy(() -> now(one.status("k".repeat(201)))).cause().hasMessageContaining("201 bytes");
    }

    @Test
    void saysThatItIsClosed() {
        granted(two, a);
        queued(two, b);
        two.close();

        assertThatThrownBy(() -> now(two.status("k"))).hasRootCauseMessage("The cluster's lock store is closed");
        assertThatThrownBy(asking(two, b, PATIENCE)::join).hasRootCauseMessage("The cluster's lock store is closed");
        release(one, a);
        pass(600);
        assertThat(granted(one, c).remaining()).isEqualTo(LEASE);
    }
}
