package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamster.Keys;
import io.hamster.lock.FaultyLockStore.Command;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Renewal: when, how many at once, through which faults, and until when. */
class LockRenewalTests extends LockFixture {

    LockRenewalTests() {
        super(true);
    }

    @Test
    void renewsAtAThirdOfTheLease() {
        client.tryLock(request().build()).orElseThrow();

        pass(Duration.ofSeconds(7));
        assertThat(renewals()).isEmpty();
        pass(Duration.ofSeconds(3));
        assertThat(renewals()).hasSize(1);
        pass(Duration.ofSeconds(90));

        assertThat(renewals()).hasSizeBetween(9, 14);
    }

    @Test
    void renewsManyLocksInOneBatch() {
        for (int i = 0; i < 500; i++) {
            client.tryLock(LockRequest.builder("k" + i).expiration(LEASE).build())
                    .orElseThrow();
            pass(2);
        }

        pass(Duration.ofSeconds(10));

        assertThat(renewals()).hasSizeLessThanOrEqualTo(2);
        assertThat(renewals().stream().mapToInt(List::size).sum()).isGreaterThanOrEqualTo(500);
    }

    @Test
    void schedulesNothingForAShortHold() {
        for (int i = 0; i < 1000; i++) {
            client.tryLock(request().build()).orElseThrow().unlock();
        }

        assertThat(time.pendingTasks()).isLessThanOrEqualTo(1);
        pass(LEASE);
        assertThat(renewals()).isEmpty();
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void goesOnThroughErrorsUntilTheDeadline() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        pass(Duration.ofSeconds(9));
        network.unreachable(true);
        pass(Duration.ofSeconds(20));
        assertThat(handle.isValid()).isTrue();
        assertThat(renewals()).hasSizeGreaterThan(5);

        network.unreachable(false);
        pass(withoutMargin(LEASE));

        assertThat(handle.isValid()).isTrue();
        assertThat(handle.checkValid()).isTrue();
    }

    @Test
    void endsAtTheDeadlineIfTheErrorsGoOn() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.unreachable(true);

        pass(withoutMargin(LEASE));

        assertThat(handle.isValid()).isFalse();
        int sent = renewals().size();
        pass(LEASE);
        assertThat(renewals()).hasSize(sent);
    }

    @Test
    void sendsARenewalAgainThatIsNotAnswered() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RENEW, network.answerLost(), network.answerLost());

        pass(LEASE.plus(LEASE));

        assertThat(handle.isValid()).isTrue();
        assertThat(renewals()).hasSizeGreaterThan(2);
    }

    @Test
    void endsAtOnceIfTheStoreSaysItIsNotOurs() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        List<LockHandle> lost = new ArrayList<>();
        handle.onLost(lost::add);
        memory.forceRelease("k");

        pass(Duration.ofSeconds(10));

        assertThat(lost).containsExactly(handle);
        assertThatExceptionOfType(LockLostException.class).isThrownBy(handle::assertHeld);
        assertThat(client.admin().stats().lost()).isOne();
        assertThat(client.admin().stats().expired()).isZero();
    }

    @Test
    void followsARenewalInFlightAtTheLossByARelease() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        // Arrives just before the store's own expiry and after the handle's, so it extends a lock nobody has.
        network.plan(Command.RENEW, network.requestDelayed(Duration.ofMillis(19_900)));
        for (int i = 0; i < 30; i++) {
            network.plan(Command.RENEW, network.refused());
        }

        pass(withoutMargin(LEASE));
        assertThat(handle.isValid()).isFalse();
        assertThat(releases()).hasSize(1);
        pass(Duration.ofSeconds(1));

        assertThat(isFree()).isTrue();
    }

    @Test
    void neverRenewsAReleasedLock() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RELEASE, network.requestDelayed(Duration.ofSeconds(1)));
        pass(Duration.ofSeconds(5));
        handle.unlockAsync();

        pass(LEASE);

        assertThat(renewals()).isEmpty();
        assertThat(isFree()).isTrue();
    }

    @Test
    void renewsAtTheHoldersOwnInterval() {
        LockHandle handle = client.tryLock(request().autoRefresh(false).build()).orElseThrow();

        handle.autoRefresh(Duration.ofSeconds(2), Duration.ofMillis(500));
        pass(Duration.ofSeconds(60));

        assertThat(handle.isValid()).isTrue();
        assertThat(renewals()).hasSizeBetween(30, 40);
        network.plan(Command.RENEW, network.answerLost(), network.answerLost(), network.answerLost());
        int before = renewals().size();
        pass(Duration.ofSeconds(2).plusMillis(1200));
        assertThat(renewals().size() - before).isGreaterThanOrEqualTo(3);
    }

    @Test
    void renewsBeforeTheHandlesEndAtAnIntervalCloseToTheLease() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();

        handle.autoRefresh(LEASE.minusMillis(1), Duration.ofMillis(500));
        pass(Duration.ofMinutes(5));

        assertThat(handle.isValid()).isTrue();
        assertThat(renewals()).hasSizeBetween(11, 13);
    }

    @Test
    void renewsBeforeTheHandlesEndAfterARenewalThatMayCutItsLease() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RENEW, network.refused());
        pass(Duration.ofSeconds(11));
        handle.extend(LEASE.multipliedBy(4), Duration.ZERO);

        handle.autoRefresh(LEASE.multipliedBy(2), Duration.ofMillis(500));
        pass(Duration.ofMinutes(5));

        assertThat(handle.isValid()).isTrue();
    }

    @Test
    void refusesAnIntervalThatCannotKeepTheLock() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> handle.autoRefresh(LEASE, Duration.ofSeconds(1)))
                .withMessageContaining("PT30S");
        assertThatIllegalArgumentException().isThrownBy(() -> handle.autoRefresh(Duration.ofSeconds(1), Duration.ZERO));
    }

    @Test
    void doesNotRenewBeyondMaxHold() {
        LockHandle handle = client.tryLock(
                        request().maxHold(Duration.ofSeconds(65)).build())
                .orElseThrow();

        pass(Duration.ofSeconds(64));
        assertThat(handle.isValid()).isTrue();
        pass(Duration.ofSeconds(1));

        assertThat(handle.isValid()).isFalse();
        assertThat(isFree()).isTrue();
        handle.close();
    }

    @Test
    void cutsALongLeaseToMaxHold() {
        client.tryLock(request().maxHold(Duration.ofSeconds(5)).build()).orElseThrow();

        assertThat(asks())
                .singleElement()
                .satisfies(ask -> assertThat(ask.lease()).isEqualTo(Duration.ofSeconds(5)));
        pass(Duration.ofSeconds(5));
        assertThat(renewals()).isEmpty();
        assertThat(isFree()).isTrue();
    }

    @Test
    void reportsAFailedRefreshAndKeepsTheHandle() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        network.plan(Command.RENEW, network.refused());

        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(handle::refresh)
                .withRootCauseInstanceOf(IllegalStateException.class);

        assertThat(handle.isValid()).isTrue();
        handle.refresh();
        assertThat(handle.remaining()).isEqualTo(withoutMargin(LEASE));
    }

    @Test
    void stopsNotBeforeOthersWereKeptOutForLongEnough() {
        LockHandle handle = client.tryLock(
                        request().atLeastFor(Duration.ofMinutes(5)).build())
                .orElseThrow();
        pass(Duration.ofSeconds(1));
        handle.stopRefresh();

        pass(Duration.ofSeconds(298));
        assertThat(isFree()).isFalse();
        int sent = renewals().size();
        pass(Duration.ofMillis(1001).plus(LEASE));

        assertThat(isFree()).isTrue();
        assertThat(renewals()).hasSize(sent);
    }

    @Test
    void keepsOthersOutForAnExtensionsTimeThoughItHadStopped() {
        LockHandle handle = client.tryLock(request().build()).orElseThrow();
        handle.stopRefresh();
        handle.extend(LEASE, Duration.ofMinutes(2));

        pass(Duration.ofSeconds(119));
        assertThat(isFree()).isFalse();
        pass(Duration.ofMillis(1001).plus(LEASE));

        assertThat(isFree()).isTrue();
    }

    @Test
    void deliversAndTellsLaterIfThereIsNoThread() {
        AtomicInteger withoutThread = new AtomicInteger(20_000);
        LockClient starved = LockClient.builder(network, time.scheduler(), work -> {
                    if (withoutThread.getAndDecrement() > 0) {
                        throw new OutOfMemoryError("unable to create native thread");
                    }
                    work.run();
                })
                .time(time)
                .build();
        try {
            CompletableFuture<LockHandle> asked = starved.lockAsync(request().build());
            assertThat(asked).isNotDone();
            pass(Duration.ofSeconds(2_001));
            LockHandle handle = ended(asked);
            assertThat(handle.isValid()).isTrue();

            List<LockHandle> lost = new ArrayList<>();
            handle.onLost(lost::add);
            withoutThread.set(2);
            memory.forceRelease("k");
            pass(Duration.ofSeconds(12));
            assertThat(lost).containsExactly(handle);

            withoutThread.set(Integer.MAX_VALUE);
            CompletableFuture<LockHandle> last = starved.lockAsync(request().build());
            starved.close();
            assertThat(ended(last).isValid()).isFalse();
            assertThat(isFree()).isTrue();
        } finally {
            starved.close();
        }
    }

    @Test
    void deliversOnceThoughItsExecutorFailsAfterwards() {
        LockClient starved = LockClient.builder(network, time.scheduler(), work -> {
                    work.run();
                    throw new OutOfMemoryError("planted");
                })
                .time(time)
                .build();
        LockHandle handle = ended(starved.lockAsync(request().build()));

        pass(Duration.ofSeconds(1));

        assertThat(handle.isValid()).isTrue();
        handle.unlock();
        starved.close();
    }

    @Test
    void goesOnWhateverItsListenerThrows() {
        LockClient watched = newClient(
                network,
                builder -> builder.longHoldWarning(Duration.ofSeconds(5)).listener(new FailingListener()));
        LockHandle first = watched.tryLock(request().build()).orElseThrow();
        LockHandle second = ended(
                watched.lockAsync(LockRequest.builder("k2").expiration(LEASE).build()));
        List<LockHandle> lost = new ArrayList<>();
        second.onLost(lost::add);
        CompletableFuture<LockHandle> third = watched.lockAsync(request()
                .timeout(LEASE.multipliedBy(4))
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofSeconds(1)))
                .build());

        pass(LEASE.multipliedBy(2));
        assertThat(first.isValid()).isTrue();
        assertThat(second.isValid()).isTrue();
        memory.forceRelease("k2");
        pass(LEASE);
        assertThat(lost).containsExactly(second);
        first.unlock();

        ended(third).unlock();
        assertThat(isFree()).isTrue();
    }

    @Test
    void warnsOnceOfEachEventAtWhichItsListenerFails() {
        LockClient watched = newClient(network, builder -> builder.listener(new FailingListener()));
        Logger logger = (Logger) LoggerFactory.getLogger(LockCounters.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        logger.addAppender(lines);
        logger.setLevel(Level.WARN);
        logger.setAdditive(false);
        lines.start();
        try {
            for (int i = 0; i < 3; i++) {
                watched.tryLock(request().build()).orElseThrow().unlock();
            }
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(null);
            logger.setAdditive(true);
        }

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .satisfiesExactly(
                        first -> assertThat(first).contains("'requested' of lock " + Keys.shortened("k")),
                        second -> assertThat(second).contains("'released' of lock " + Keys.shortened("k")));
        assertThat(lines.list.get(0).getThrowableProxy().getMessage()).isEqualTo("planted");
    }

    /** Fails with errors, as one does that was built against another version of something. */
    private static final class FailingListener implements LockListener {

        @Override
        public void requested(String key, Outcome outcome, boolean contended, long waitNanos) {
            throw new NoSuchMethodError("planted");
        }

        @Override
        public void released(String key, long holdNanos) {
            throw new NoSuchMethodError("planted");
        }

        @Override
        public void lost(String key, Loss loss, long holdNanos) {
            throw new NoSuchMethodError("planted");
        }

        @Override
        public void refreshed(String key) {
            throw new NoSuchMethodError("planted");
        }

        @Override
        public void heldLong(String key, long holdNanos) {
            throw new NoSuchMethodError("planted");
        }
    }

    @Test
    void warnsOnceOfALongHold() {
        List<String> warned = new ArrayList<>();
        LockClient watched = newClient(
                network,
                builder -> builder.longHoldWarning(Duration.ofMinutes(1)).listener(new LockListener() {
                    @Override
                    public void heldLong(String key, long holdNanos) {
                        warned.add(key + "@" + Duration.ofNanos(holdNanos).toSeconds());
                    }
                }));
        watched.tryLock(request().build()).orElseThrow();

        pass(Duration.ofSeconds(59));
        assertThat(warned).isEmpty();
        assertThat(watched.admin().list(1)).extracting(HeldLock::heldLong).containsExactly(false);
        pass(Duration.ofMinutes(5));

        assertThat(warned).containsExactly("k@60");
        assertThat(watched.admin().list(1)).extracting(HeldLock::heldLong).containsExactly(true);
    }
}
