package io.hamster.cluster.raft;

import static io.hamster.cluster.raft.TableRun.LEASE;
import static io.hamster.cluster.raft.TableRun.MAX_AGE;
import static io.hamster.cluster.raft.TableRun.ONE;
import static io.hamster.cluster.raft.TableRun.OTHER;
import static io.hamster.cluster.raft.TableRun.PATIENCE;
import static io.hamster.cluster.raft.TableRun.acquire;
import static io.hamster.cluster.raft.TableRun.answer;
import static io.hamster.cluster.raft.TableRun.millis;
import static io.hamster.cluster.raft.TableRun.renewal;
import static io.hamster.cluster.raft.TableRun.token;
import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.raft.LockCommand.Sent;
import io.hamster.cluster.raft.LockCommand.Wanted;
import io.hamster.cluster.raft.ReplicatedPart.Entry;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockToken;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Lines, offers, sessions and limits of the table, at table times that the test chooses. */
class LockTableTests {

    private static final long OFFER = Duration.ofNanos(LockState.OFFER).toMillis();
    private static final long SESSION = Duration.ofNanos(LockState.SESSION).toMillis();

    private final TableRun run = new TableRun();
    private final LockToken a = token("a");
    private final LockToken b = token("b");
    private final LockToken c = token("c");

    @Test
    void countsALeaseFromItsAcceptAndNotFromTheOffer() {
        run.granted(a);
        run.queued(b);
        run.release(a);
        run.pass(OFFER - 1);

        assertThat(run.ask(b))
                .isInstanceOfSatisfying(
                        Answer.Granted.class,
                        granted -> assertThat(granted.remaining()).isEqualTo(Duration.ofMillis(LEASE)));
    }

    @Test
    void appliesEntriesThoughNobodyCanBeToldOfThem() {
        run.table.watch(new LockTable.Watcher() {
            @Override
            public void applied(Entry entry, List<Offer> offers, long nextDue) {
                throw new OutOfMemoryError("unable to create native thread");
            }

            @Override
            public void replaced(long nextDue) {
                throw new OutOfMemoryError("unable to create native thread");
            }

            @Override
            public void leading(boolean here) {}
        });

        long fence = run.granted(a);
        assertThat(run.release(a)).isTrue();
        assertThat(run.granted(b)).isEqualTo(fence + 1);
        run.table.reset();
        assertThat(run.isEmpty()).isTrue();
    }

    @Test
    void keepsAnOfferForTheFirstAndLetsOthersWaitBehind() {
        run.granted(a);
        run.queued(b);
        run.release(a);

        assertThat(run.offered).containsExactly(b);
        assertThat(run.ask(c))
                .isInstanceOfSatisfying(
                        Answer.Held.class, held -> assertThat(held.remaining()).isEqualTo(Duration.ofMillis(OFFER)));
        run.queued(c);
        run.granted(b);
        assertThat(run.offered).containsExactly(b);
    }

    @Test
    void passesOnAnOfferThatIsNotTaken() {
        run.granted(a);
        run.queued(b);
        run.queued(c);
        run.release(a);
        assertThat(run.dueIn()).isEqualTo(OFFER);

        run.pass(OFFER);
        run.tick();

        assertThat(run.offered).containsExactly(b, c);
        assertThat(run.ask(b)).isInstanceOf(Answer.Held.class);
        run.granted(c);
    }

    @Test
    void offersNothingEarlyIfATickComesEarly() {
        run.granted(a);
        run.queued(b);
        run.passAlive(LEASE - 1);
        assertThat(run.offered).isEmpty();
        assertThat(run.dueIn()).isEqualTo(1);

        run.run(renewal(a, LEASE));
        run.pass(2);
        run.tick();

        assertThat(run.offered).isEmpty();
        assertThat(run.dueIn()).isEqualTo(LEASE - 2);
    }

    @Test
    void endsAnOfferWithItsWaitersPatience() {
        run.granted(a);
        run.queued(ONE, b, 100);
        run.queued(c);
        run.release(a);
        assertThat(run.dueIn()).isEqualTo(100);

        run.pass(100);
        run.tick();

        assertThat(run.offered).containsExactly(b, c);
    }

    @Test
    void offersNothingToOneWhoseLastPatienceEndedWithTheLease() {
        run.granted(a);
        run.queued(ONE, b, LEASE);
        run.queued(c);

        run.passAlive(LEASE);

        assertThat(run.offered).containsExactly(c);
    }

    @Test
    void keepsAWaitersPlaceAndCountsItsLastPatience() {
        run.granted(a);
        run.queued(ONE, b, 1000);
        run.queued(c);
        run.pass(900);
        run.queued(ONE, b, 1000);
        run.pass(900);

        run.release(a);

        assertThat(run.offered).containsExactly(b);
    }

    @Test
    void dropsTheWaitersOfADeadProcessButLeavesItsLocksToRunOut() {
        assertThat(answer(run.apply(run.sent(OTHER, acquire("other", c, 0))))).isInstanceOf(Answer.Granted.class);
        run.granted(a);
        run.queued(OTHER, b, PATIENCE);

        run.pass(SESSION);
        run.tick();

        assertThat(run.table.state().lines).isEmpty();
        assertThat(run.table.state().sessions).isEmpty();
        assertThat(run.table.state().held).containsKeys("k", "other");
    }

    @Test
    void keepsTheWaitersOfAProcessThatSaysAnything() {
        run.granted(a);
        run.queued(OTHER, b, PATIENCE);
        for (int i = 0; i < 5; i++) {
            run.pass(SESSION - 1);
            LockCommand any = i % 2 == 0 ? new LockCommand.KeepAlive() : new LockCommand.Status("x");
            run.apply(run.sent(OTHER, any));
            run.apply(run.sent(ONE, renewal(a, LEASE)));
        }

        run.release(a);

        assertThat(run.offered).containsExactly(b);
    }

    @Test
    void tellsAProcessWhetherItStillWaits() {
        run.granted(a);
        run.queued(OTHER, b, PATIENCE);

        assertThat(run.apply(run.sent(OTHER, new LockCommand.KeepAlive()))).isEqualTo(new LockReply.Done(true));
        run.pass(SESSION);
        assertThat(run.apply(run.sent(OTHER, new LockCommand.KeepAlive()))).isEqualTo(new LockReply.Done(false));
    }

    @Test
    void handsALockOverPastThoseWhoWait() {
        long fence = run.granted(a);
        run.queued(b);

        LockReply reply = run.run(new LockCommand.HandOver(a, new Wanted("k", c, "o", "n", millis(LEASE), 0)));

        assertThat(reply).isInstanceOfSatisfying(LockReply.HandedOver.class, handedOver -> {
            assertThat(handedOver.released()).isTrue();
            assertThat(((Answer.Granted) handedOver.answer()).fence()).isGreaterThan(fence);
        });
        assertThat(run.offered).isEmpty();
        run.release(c);
        assertThat(run.offered).containsExactly(b);
    }

    @Test
    void offersALockThatIsHandedToABuriedRequest() {
        run.granted(a);
        run.queued(b);
        run.run(new LockCommand.Release("k", c, millis(LEASE)));

        LockReply reply = run.run(new LockCommand.HandOver(a, new Wanted("k", c, "o", "n", millis(LEASE), 0)));

        assertThat(reply).isEqualTo(new LockReply.HandedOver(true, new Answer.Refused()));
        assertThat(run.offered).containsExactly(b);
    }

    @Test
    void givesAnyKeyAHigherFenceThanAnyBefore() {
        long last = 0;
        for (int i = 0; i < 10; i++) {
            Answer answer = answer(run.run(acquire("key" + i, new LockToken("t", i), 0)));
            long fence = ((Answer.Granted) answer).fence();
            assertThat(fence).isGreaterThan(last);
            last = fence;
        }
    }

    @Test
    void forgetsAllThatHasEnded() {
        for (int i = 0; i < 100; i++) {
            run.run(acquire("key" + i % 7, new LockToken("t", i), i % 3 * 1000));
            run.run(new LockCommand.Release("key" + i % 5, new LockToken("t", i), millis(i % 2 * 5000)));
        }
        assertThat(run.isEmpty()).isFalse();

        run.pass(1000);
        run.tick();
        assertThat(run.dueIn()).isPositive();
        run.pass(LEASE + OFFER);
        run.tick();

        assertThat(run.isEmpty()).isTrue();
        assertThat(run.dueIn()).isEqualTo(-1);
    }

    @Test
    void wantsAnEntryNowAndThenWhileNobodyWaits() {
        run.granted(a);

        assertThat(run.dueIn()).isGreaterThan(LEASE);
    }

    // --- commands that come late or twice

    @Test
    void ignoresARequestThatComesTwiceAfterItsRelease() {
        Sent asked = run.sent(ONE, acquire("k", a, 0));
        run.apply(asked);
        run.release(a);

        assertThat(answer(run.apply(asked))).isInstanceOf(Answer.Refused.class);
        run.pass(MAX_AGE + 1);
        assertThat(run.apply(asked)).isInstanceOf(LockReply.Late.class);
        assertThat(run.table.state().held).isEmpty();
    }

    @Test
    void ignoresARequestThatComesTwiceAfterItsLeaseRanOut() {
        Wanted brief = new Wanted("k", a, "o", "n", millis(10), 0);
        Sent asked = run.sent(ONE, new LockCommand.Acquire(brief));
        run.apply(asked);
        run.pass(20);

        assertThat(answer(run.apply(asked))).isInstanceOf(Answer.Refused.class);
        assertThat(answer(run.run(new LockCommand.Acquire(brief)))).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void ignoresARequestThatComesAfterItsReleaseHoweverLong() {
        Sent asked = run.sent(ONE, acquire("k", a, 0));
        run.release(a);
        for (int i = 0; i < 30; i++) {
            run.pass(MAX_AGE / 10);
            assertThat(run.apply(asked))
                    .satisfiesAnyOf(
                            reply -> assertThat(reply).isInstanceOf(LockReply.Late.class),
                            reply -> assertThat(answer(reply)).isInstanceOf(Answer.Refused.class));
        }
    }

    @Test
    void refusesWhatCameBeforeATombstoneThatWasDroppedForWantOfRoom() {
        Sent asked = run.sent(ONE, acquire("k", a, 0));
        run.release(a);
        for (int i = 0; i < LockState.MAX_TOMBSTONES; i++) {
            run.run(new LockCommand.Release("other", new LockToken("t", i), 0));
        }
        assertThat(run.table.state().tombstones)
                .hasSize(LockState.MAX_TOMBSTONES)
                .doesNotContainKey(a);

        assertThat(run.apply(asked)).isInstanceOf(LockReply.Late.class);
        run.granted(b);
    }

    @Test
    void doesNotCutALeaseByARenewalThatWasOvertaken() {
        run.granted(a);
        Sent brief = run.sent(ONE, renewal(a, 100));
        Sent full = run.sent(ONE, renewal(a, LEASE));
        assertThat(run.renewed(run.apply(full))).isEqualTo(LEASE);

        assertThat(run.renewed(run.apply(brief))).isEqualTo(LEASE);

        run.pass(LEASE - 1);
        assertThat(run.ask(b)).isInstanceOf(Answer.Held.class);
    }

    @Test
    void takesALockAwayOnceForEachCommand() {
        run.granted(a);
        Sent force = run.sent(ONE, new LockCommand.ForceRelease("k"));
        assertThat(run.apply(force)).isEqualTo(new LockReply.Done(true));
        run.granted(b);

        assertThat(run.apply(force)).isEqualTo(new LockReply.Done(false));
        run.pass(MAX_AGE + 1);
        assertThat(run.apply(force)).isInstanceOf(LockReply.Late.class);
        assertThat(run.release(b)).isTrue();
    }

    @Test
    void refusesAStampFromFarAhead() {
        Sent dishonest = new Sent(ONE, Long.MAX_VALUE, new LockCommand.Release("k", a, 0));

        assertThat(run.apply(dishonest)).isInstanceOf(LockReply.Late.class);
        assertThat(run.isEmpty()).isTrue();
    }

    // --- limits

    @Test
    void takesABoundedNumberOfWaitersForAKey() {
        run.granted(a);
        for (int i = 0; i < LockState.MAX_WAITERS_PER_KEY; i++) {
            run.queued(new LockToken("t", i));
        }

        assertThat(run.run(acquire("k", b, PATIENCE))).isInstanceOf(LockReply.Full.class);
        assertThat(run.ask(b)).isInstanceOf(Answer.Held.class);
        run.queued(new LockToken("t", 5));
        assertThat(answer(run.run(acquire("other", b, PATIENCE)))).isInstanceOf(Answer.Granted.class);
    }

    @Test
    void takesABoundedNumberOfWaitersInAll() {
        int keys = LockState.MAX_WAITERS / LockState.MAX_WAITERS_PER_KEY * 2;
        for (int i = 0; i < keys; i++) {
            run.run(acquire("key" + i, new LockToken("holder", i), 0));
        }
        for (int i = 0; i < LockState.MAX_WAITERS; i++) {
            run.run(acquire("key" + i % keys, new LockToken("t", i), PATIENCE));
        }

        assertThat(run.run(acquire("key0", b, PATIENCE))).isInstanceOf(LockReply.Full.class);
        run.run(new LockCommand.Release("key1", new LockToken("t", 1), 0));
        assertThat(answer(run.run(acquire("key0", b, PATIENCE)))).isInstanceOf(Answer.Queued.class);
    }
}
