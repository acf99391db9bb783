package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cluster.Standing;
import io.hamster.cluster.raft.LeadershipPart.Register;
import io.hamster.testing.ManualTime;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The elector's decisions, over a group that does what a test says. */
class RaftElectorTests {

    private static final RaftSettings SETTINGS = RaftSettings.of(Path.of("unused"), false);
    private static final long LEASE = SETTINGS.lease().toNanos();
    private static final long MARGIN = LEASE / 100;

    private final ManualTime time = new ManualTime();
    private final LeadershipPart part = new LeadershipPart(time);
    private final FakeSeat seat = new FakeSeat();
    private final List<Standing> reports = new ArrayList<>();
    private @Nullable Error reportFailure;
    private final RaftElector elector = new RaftElector("a", seat, part, SETTINGS, time, time.scheduler());

    @BeforeEach
    void start() {
        elector.start(standing -> {
            if (reportFailure != null) {
                throw reportFailure;
            }
            reports.add(standing);
        });
    }

    @Test
    void leadsFromBeforeTheBeatWasSent() {
        long sent = time.nanoTime();
        leader(1);
        tick();

        seat.agree();

        assertThat(last()).isEqualTo(new Standing.Leading(1, sent + LEASE - MARGIN));
    }

    @Test
    void saysNothingOfLeadingUntilABeatIsAgreedOn() {
        leader(1);
        tick();

        assertThat(last()).isEqualTo(new Standing.Electing(1, true));
        seat.disagree();
        assertThat(last()).isEqualTo(new Standing.Electing(1, true));
    }

    @Test
    void waitsForTheLeaseOfAnotherFromItsLastBeatOn() {
        register("b", UUID.randomUUID(), 1, 2 * LEASE);
        advance(LEASE);
        leader(2);

        advance(LEASE - 1);
        assertThat(seat.proposed).isEmpty();
        advance(1);
        assertThat(seat.proposed).hasSize(1);

        seat.agree();
        assertThat(last()).isInstanceOf(Standing.Leading.class);
    }

    @Test
    void waitsNoLongerWhenOneElectionIsFollowedByAnother() {
        register("b", UUID.randomUUID(), 1, LEASE);
        leader(2);
        advance(LEASE / 2);
        seat.role = GroupRole.electing(3);
        tick();
        leader(4);

        advance(LEASE / 2);

        assertThat(seat.proposed).hasSize(1);
    }

    @Test
    void waitsForALeaseThatCameWithASnapshotFromThenOn() throws IOException {
        register("b", UUID.randomUUID(), 1, LEASE);
        byte[] snapshot = ManualGroup.snapshot(part);
        advance(LEASE / 2);
        part.readFrom(new DataInputStream(new ByteArrayInputStream(snapshot)));
        leader(2);

        advance(LEASE - 1);
        assertThat(seat.proposed).isEmpty();
        advance(1);
        assertThat(seat.proposed).hasSize(1);
    }

    @Test
    void doesntWaitForALeaseThatWasReleased() {
        UUID other = UUID.randomUUID();
        register("b", other, 1, LEASE);
        part.apply(entry(1), LeadershipPart.release(new Register("b", other, 1, 2, LEASE, false)));

        leader(2);
        tick();

        assertThat(seat.proposed).hasSize(1);
    }

    @Test
    void doesntWaitForItsOwnLease() {
        leader(1);
        tick();
        seat.agree();

        leader(3);
        tick();

        assertThat(seat.proposed).hasSize(1);
    }

    @Test
    void waitsForTheLeaseOfAnotherProcessOfItsName() {
        register("a", UUID.randomUUID(), 1, LEASE);

        leader(2);
        advance(LEASE - 1);

        assertThat(seat.proposed).isEmpty();
    }

    @Test
    void beatsSeveralTimesInALeaseAndNotMoreOftenThanAnswersCome() {
        leader(1);
        for (int i = 0; i < 20; i++) {
            advance(LEASE / 20);
        }
        assertThat(seat.proposed).hasSizeBetween(2, 3);
        while (!seat.proposed.isEmpty()) {
            seat.agree();
        }
        int beats = 0;
        for (int i = 0; i < 100; i++) {
            advance(LEASE / 100);
            while (!seat.proposed.isEmpty()) {
                seat.agree();
                beats++;
            }
        }

        assertThat(beats).isBetween(3, 5);
    }

    @Test
    void revokesAtOnceWhenItIsDeposed() {
        lead(1);

        seat.role = GroupRole.electing(2);
        tick();

        assertThat(last()).isEqualTo(new Standing.Electing(2, true));
    }

    @Test
    void ignoresTheAnswerToABeatOfAnEarlierTerm() {
        leader(1);
        tick();
        seat.role = GroupRole.electing(2);
        tick();

        seat.agree();

        assertThat(last()).isEqualTo(new Standing.Electing(2, true));
    }

    @Test
    void followsWhoeverOrdersTheEntriesAndHasBeaten() {
        seat.role = GroupRole.following(4, "b");
        tick();
        assertThat(last()).isEqualTo(new Standing.Electing(4, false));

        register("b", UUID.randomUUID(), 4, LEASE);
        tick();
        assertThat(last()).isEqualTo(new Standing.Following(4, "b"));

        // It still orders the entries but ceased to beat: it resigned, or its elector was closed.
        advance(2 * LEASE);
        assertThat(last()).isEqualTo(new Standing.Electing(4, false));
    }

    @Test
    void neverGoesBackInTerms() {
        seat.role = GroupRole.electing(5);
        tick();

        seat.role = GroupRole.OUTSIDE;
        tick();

        assertThat(last()).isEqualTo(new Standing.Electing(5, false));
    }

    @Test
    void releasesItsLeaseBeforeItHandsOver() {
        lead(1);

        CompletableFuture<Void> resigned = elector.resign(true, false).toCompletableFuture();

        assertThat(last()).isEqualTo(new Standing.Electing(1, false));
        assertThat(seat.handOvers).isEmpty();
        seat.agree();
        assertThat(part.register().orElseThrow().released()).isTrue();
        seat.role = GroupRole.following(2, "b");
        seat.handOvers.remove().complete(null);
        assertThat(resigned).isCompleted();
        assertThat(last()).as("no loss to anybody").isEqualTo(new Standing.Electing(2, false, true));
    }

    @Test
    void staysUntilAnotherLeadsOnceItResignedForGood() {
        CompletableFuture<Void> resigned = resignedForGood();

        assertThat(resigned).isNotDone();
        register("b", UUID.randomUUID(), 2, LEASE);
        assertThat(resigned).isCompleted();
    }

    @Test
    void goesAfterASecondIfNobodyLeads() {
        CompletableFuture<Void> resigned = resignedForGood();

        advance(Duration.ofMillis(999).toNanos());
        assertThat(resigned).isNotDone();
        advance(Duration.ofMillis(1).toNanos());
        assertThat(resigned).isCompleted();
    }

    @Test
    void handsOverThoughItsReleaseIsNeverAnswered() {
        lead(1);
        CompletableFuture<Void> resigned = elector.resign(true, false).toCompletableFuture();

        advance(LEASE - 1);
        assertThat(seat.handOvers).isEmpty();
        advance(1);

        seat.handOvers.remove().complete(null);
        assertThat(resigned).isCompleted();
    }

    @Test
    void handsOverThoughItsReleaseFailsWithAnError() {
        lead(1);
        seat.noThread = true;
        assertThatCode(() -> elector.resign(true, false)).doesNotThrowAnyException();
        seat.noThread = false;

        seat.handOvers.remove().completeExceptionally(new GroupUnavailableException("nobody", null));

        leadsAgain();
    }

    @Test
    void releasesItsLeaseThoughItsSchedulerHasEnded() {
        lead(1);
        time.scheduler().shutdown();

        CompletableFuture<Void> resigned = elector.resign(true, true).toCompletableFuture();

        seat.agree();
        assertThat(part.register().orElseThrow().released()).isTrue();
        seat.handOvers.remove().complete(null);
        assertThat(resigned).isCompleted();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leadsOnIfItsResignationCannotBeReported(boolean forGood) {
        lead(1);
        reportFailure = new NoClassDefFoundError("planned");
        assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(() -> elector.resign(true, forGood));
        reportFailure = null;

        leadsAgain();
    }

    private void leadsAgain() {
        tick();
        seat.agree();
        assertThat(last()).isInstanceOf(Standing.Leading.class);
    }

    private CompletableFuture<Void> resignedForGood() {
        lead(1);
        CompletableFuture<Void> resigned = elector.resign(true, true).toCompletableFuture();
        seat.agree();
        seat.role = GroupRole.following(2, "b");
        seat.handOvers.remove().complete(null);
        return resigned;
    }

    @Test
    void leavesTheLeaseOfUnfinishedWorkToRunOut() {
        lead(1);

        elector.resign(false, false);

        assertThat(seat.proposed).isEmpty();
        assertThat(seat.handOvers).hasSize(1);
        assertThat(part.register().orElseThrow().released()).isFalse();
    }

    @Test
    void keepsLeadershipThatNobodyTakes() {
        lead(1);
        CompletableFuture<Void> resigned = elector.resign(false, false).toCompletableFuture();

        seat.handOvers.remove().completeExceptionally(new GroupUnavailableException("nobody", null));

        assertThat(resigned).isCompletedExceptionally();
        tick();
        seat.agree();
        assertThat(last()).isInstanceOf(Standing.Leading.class);
    }

    @Test
    void ignoresAnswersToBeatsFromBeforeItResigned() {
        lead(1);
        advance(LEASE / 2);
        assertThat(seat.proposed).isNotEmpty();

        elector.resign(false, false);
        seat.agree();

        assertThat(last()).isEqualTo(new Standing.Electing(1, false));
    }

    @Test
    void leadsNoMoreOnceItResignedForGood() {
        lead(1);
        elector.resign(false, true);
        seat.handOvers.remove().completeExceptionally(new GroupUnavailableException("nobody", null));

        leader(5);
        advance(10 * LEASE);

        assertThat(seat.declines).isTrue();
        assertThat(seat.proposed).isEmpty();
        assertThat(last()).isEqualTo(new Standing.Electing(5, false));
    }

    @Test
    void leadsAnewAlone() {
        seat.alone = true;
        lead(1);

        CompletableFuture<Void> resigned = elector.resign(true, false).toCompletableFuture();
        seat.agree();

        assertThat(resigned).isCompleted();
        tick();
        seat.agree();
        assertThat(last()).isInstanceOf(Standing.Leading.class);
    }

    @Test
    void reportsNothingOnceItIsClosed() {
        leader(1);
        tick();
        int before = reports.size();

        elector.close();
        seat.agree();
        advance(LEASE);

        assertThat(reports).hasSize(before);
        assertThat(seat.declines).isTrue();
        elector.start(reports::add);
        assertThat(seat.declines).isFalse();
    }

    @Test
    void looksAgainAfterALookThatFailed() {
        seat.failure = new IllegalStateException("closing");
        tick();
        seat.failure = null;

        // Nobody tells the elector of this.
        seat.role = GroupRole.electing(4);
        tick();

        assertThat(last()).isEqualTo(new Standing.Electing(4, true));
    }

    @Test
    void looksAgainAfterALookThatFailedWithAnError() {
        leader(1);
        seat.noThread = true;
        tick();
        seat.noThread = false;

        advance(LEASE);
        seat.agree();

        assertThat(last()).isInstanceOf(Standing.Leading.class);
    }

    @Test
    void beatsAsOftenAsBeforeAfterAnswersThatWereLost() {
        leader(1);
        advance(LEASE);
        assertThat(seat.proposed).hasSizeGreaterThanOrEqualTo(2);
        seat.proposed.clear();
        advance(2 * LEASE);

        while (!seat.proposed.isEmpty()) {
            seat.agree();
        }
        for (int beats = 0; beats < 8; beats++) {
            advance(LEASE / 2);
            assertThat(seat.proposed).isNotEmpty();
            while (!seat.proposed.isEmpty()) {
                seat.agree();
            }
        }
        assertThat(last())
                .isInstanceOfSatisfying(
                        Standing.Leading.class,
                        leading -> assertThat(leading.deadline()).isGreaterThan(time.nanoTime()));
    }

    private void lead(long term) {
        leader(term);
        tick();
        seat.agree();
        assertThat(last()).isInstanceOf(Standing.Leading.class);
    }

    private void leader(long term) {
        seat.role = GroupRole.leading(term);
        seat.changed.run();
    }

    private void tick() {
        advance(Duration.ofMillis(50).toNanos());
    }

    private void advance(long nanos) {
        time.advance(Duration.ofNanos(nanos));
    }

    private Standing last() {
        return reports.get(reports.size() - 1);
    }

    private void register(String node, UUID process, long term, long lease) {
        part.apply(entry(term), LeadershipPart.beat(new Register(node, process, term, 1, lease, false)));
    }

    private static ReplicatedPart.Entry entry(long term) {
        return new ReplicatedPart.Entry(1, term, 0, false);
    }

    private final class FakeSeat implements GroupSeat {

        private final Deque<Proposal> proposed = new ArrayDeque<>();
        private final Deque<CompletableFuture<Void>> handOvers = new ArrayDeque<>();
        private GroupRole role = GroupRole.OUTSIDE;
        private Runnable changed = () -> {};
        private @Nullable RuntimeException failure;
        private boolean noThread;
        private boolean alone;
        private boolean declines;

        private record Proposal(byte[] command, long term, CompletableFuture<byte[]> answer) {}

        private void agree() {
            Proposal next = proposed.remove();
            next.answer().complete(part.apply(entry(next.term()), next.command()));
        }

        private void disagree() {
            proposed.remove().answer().completeExceptionally(new GroupUnavailableException("no majority", null));
        }

        @Override
        public CompletionStage<byte[]> propose(Part of, byte[] command, Duration timeout) {
            if (noThread) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            proposed.add(new Proposal(command, role.term(), answer));
            return answer;
        }

        @Override
        public Optional<String> leader() {
            return Optional.ofNullable(role.leader());
        }

        @Override
        public GroupRole role() {
            if (failure != null) {
                throw failure;
            }
            return role;
        }

        @Override
        public boolean isAlone() {
            return alone;
        }

        @Override
        public CompletionStage<Void> handOver() {
            CompletableFuture<Void> done = new CompletableFuture<>();
            handOvers.add(done);
            return done;
        }

        @Override
        public void decline(boolean now) {
            declines = now;
        }

        @Override
        public void onChange(Runnable listener) {
            changed = listener;
        }
    }
}
