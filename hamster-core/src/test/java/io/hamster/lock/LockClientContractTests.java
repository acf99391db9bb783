package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link LockClient} does, whatever its store. Run against each store. */
public abstract class LockClientContractTests {

    private static final Duration PATIENT = Duration.ofSeconds(60);
    /** How long a lock lasts that is to be held: longer than the machine may pause. */
    private static final Duration LONG = Duration.ofSeconds(60);
    /** Of locks whose renewals are waited for: they come when two thirds are left, so that the machine may pause. */
    private static final Duration RENEWED = Duration.ofSeconds(4);

    private final List<LockClient> clients = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private LockClient client;
    private LockClient other;

    /** A client with a name of its own, over the store that all of a test's clients share. */
    protected abstract LockClient newClient(String node);

    /**
     * How long a lock lasts whose end is waited for. Where time is real, the machine may pause for longer once the lock is
     * granted: nothing may be asked meanwhile.
     */
    protected Duration lease() {
        return Duration.ofSeconds(3);
    }

    /** How long a wait lasts that is in vain. Where time is real, the store has to answer meanwhile. */
    protected Duration timeout() {
        return Duration.ofMillis(500);
    }

    /** Lets that much of the store's and the clients' time pass. */
    protected abstract void pass(Duration time);

    @BeforeEach
    void startClients() {
        client = started("one");
        other = started("two");
    }

    @AfterEach
    protected void closeClients() {
        clients.forEach(LockClient::close);
        // Lost handles that a test didn't close stay in this thread's scope.
        while (LockContext.current().isPresent()) {
            LockContext.current().get().close();
        }
        threads.shutdownNow();
    }

    private LockClient started(String node) {
        LockClient started = newClient(node);
        clients.add(started);
        return started;
    }

    protected final LockRequest.Builder request(String key) {
        return LockRequest.builder(key).expiration(LONG).timeout(PATIENT);
    }

    /**
     * For {@link #lease()} and no longer. To be waited for, so that it is asked for again where the machine paused for so
     * long that it was granted too late.
     */
    private LockRequest.Builder brief(String key) {
        return request(key).expiration(lease()).autoRefresh(false);
    }

    private LockRequest patient(String key) {
        return request(key)
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMillis(200)))
                .build();
    }

    @Test
    void grantsAFreeLockToOneOwnerOnly() {
        LockHandle handle = client.tryLock(request("k").build()).orElseThrow();

        assertThat(handle.isValid()).isTrue();
        assertThat(handle.checkValid()).isTrue();
        assertThat(other.tryLock(request("k").build())).isEmpty();
        assertThat(other.tryLock(request("another").build())).isPresent();
    }

    @Test
    void letsTheNextOwnerInAfterARelease() {
        LockHandle first = client.tryLock(request("k").build()).orElseThrow();
        first.unlock();

        LockHandle second = other.tryLock(request("k").build()).orElseThrow();

        assertThat(first.isValid()).isFalse();
        assertThat(second.fence()).isGreaterThan(first.fence());
        assertThat(second.token()).isNotEqualTo(first.token());
        assertThatExceptionOfType(LockNotHeldException.class).isThrownBy(first::unlock);
        assertThatExceptionOfType(LockNotHeldException.class).isThrownBy(first::assertHeld);
        first.close();
        assertThat(second.checkValid()).isTrue();
    }

    @Test
    void raisesFencesOnEveryGrant() {
        List<Long> fences = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            try (LockHandle handle = (i % 2 == 0 ? client : other).lock(patient("k"))) {
                fences.add(handle.fence());
            }
        }

        assertThat(fences).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void reportsTheHolder() {
        assertThat(client.status("k")).isEmpty();

        LockHandle handle = other.tryLock(request("k").build()).orElseThrow();

        LockStatus status = client.status("k").orElseThrow();
        assertThat(status.owner()).isEqualTo("two");
        assertThat(status.fence()).isEqualTo(handle.fence());
        assertThat(status.remaining()).isPositive().isLessThanOrEqualTo(LONG);
    }

    @Test
    void endsAHandleThatIsNotRenewedAndLetsOthersIn() {
        LockHandle handle = client.lock(brief("k").build());
        List<LockHandle> lost = new ArrayList<>();
        handle.onLost(lost::add);

        pass(lease().plusMillis(100));

        assertThat(handle.isValid()).isFalse();
        assertThat(other.tryLock(request("k").build())).isPresent();
        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(handle::assertHeld);
        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(handle::refresh);
        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(handle::unlock);
        eventually(() -> assertThat(lost).containsExactly(handle));
    }

    @Test
    void renewsAHeldLock() {
        LockHandle handle =
                client.tryLock(request("k").expiration(RENEWED).build()).orElseThrow();

        pass(RENEWED.multipliedBy(3).dividedBy(2));

        assertThat(handle.isValid()).isTrue();
        assertThat(handle.checkValid()).isTrue();
        assertThat(other.tryLock(request("k").build())).isEmpty();
    }

    @Test
    void refreshesOnDemand() {
        LockHandle handle =
                client.tryLock(request("k").autoRefresh(false).build()).orElseThrow();

        Instant unrefreshed = handle.validUntil();
        Duration passed = Duration.ofSeconds(2);

        pass(passed);
        handle.refresh();

        assertThat(remaining("k")).isGreaterThan(LONG.minus(passed));
        assertThat(handle.validUntil()).isAfter(unrefreshed.plus(passed.dividedBy(2)));
        assertThat(handle.isValid()).isTrue();
        assertThat(other.tryLock(request("k").build())).isEmpty();
    }

    /** At the store, as another client is told. */
    private Duration remaining(String key) {
        return other.status(key).orElseThrow().remaining();
    }

    @Test
    void stopsRenewalWhenToldTo() {
        LockHandle handle = client.lock(request("k").expiration(lease()).build());

        handle.stopRefresh();
        pass(lease().plusMillis(100));

        assertThat(handle.isValid()).isFalse();
        // A renewal that was slow to get there counts from then.
        eventually(() -> assertThat(other.tryLock(request("k").build())).isPresent());
    }

    @Test
    void stopsRenewalAtMaxHold() {
        LockHandle handle = client.tryLock(request("k")
                        .expiration(RENEWED)
                        .maxHold(RENEWED.plusMillis(500))
                        .build())
                .orElseThrow();
        Instant unrenewed = handle.validUntil();

        pass(RENEWED.dividedBy(2));
        // Also true of a deadline that has passed meanwhile.
        eventually(() -> assertThat(handle.validUntil()).isAfter(unrenewed.plusMillis(400)));
        pass(RENEWED.dividedBy(2).plusMillis(600));

        assertThat(handle.isValid()).isFalse();
        // A renewal that was slow to get there counts from then.
        eventually(() -> assertThat(other.tryLock(request("k").build())).isPresent());
    }

    @Test
    void extendsALeaseAndKeepsOthersOutAfterwards() {
        LockHandle handle =
                client.tryLock(request("k").autoRefresh(false).build()).orElseThrow();
        LockHandle keptBriefly =
                client.tryLock(request("brief").autoRefresh(false).build()).orElseThrow();

        handle.extend(LONG.multipliedBy(2), LONG.multipliedBy(2));
        assertThat(handle.remaining()).isGreaterThan(LONG);
        assertThat(remaining("k")).isGreaterThan(LONG);
        assertThat(handle.checkValid()).isTrue();
        handle.unlock();
        keptBriefly.extend(LONG, lease());
        keptBriefly.unlock();

        pass(lease().plusMillis(100));
        assertThat(other.tryLock(request("k").build())).isEmpty();
        assertThat(remaining("k")).isGreaterThan(LONG);
        assertThat(other.tryLock(request("brief").build())).isPresent();
    }

    @Test
    void keepsOthersOutForAtLeastTheTimeGiven() {
        LockHandle handle = client.tryLock(
                        request("k").atLeastFor(LONG.multipliedBy(2)).build())
                .orElseThrow();
        LockHandle keptBriefly =
                client.tryLock(request("brief").atLeastFor(lease()).build()).orElseThrow();
        handle.unlock();
        keptBriefly.unlock();

        pass(lease().plusMillis(100));
        assertThat(handle.isValid()).isFalse();
        assertThat(other.tryLock(request("k").build())).isEmpty();
        assertThat(remaining("k")).isGreaterThan(LONG);
        assertThat(other.tryLock(request("brief").build())).isPresent();
    }

    @Test
    void wakesAWaiterWhenTheLockIsReleased() throws Exception {
        LockHandle held = client.tryLock(request("k").build()).orElseThrow();
        CompletableFuture<LockHandle> local = client.lockAsync(patient("k"));
        CompletableFuture<LockHandle> remote = other.lockAsync(patient("k"));
        assertThat(local).isNotDone();
        assertThat(remote).isNotDone();

        held.unlock();
        CompletableFuture<LockHandle> first = eitherOf(local, remote);
        LockHandle firstHandle = first.get(60, TimeUnit.SECONDS);
        assertThat(first == local ? remote : local).isNotDone();
        firstHandle.unlock();

        LockHandle second = (first == local ? remote : local).get(60, TimeUnit.SECONDS);
        assertThat(second.isValid()).isTrue();
        assertThat(second.fence()).isGreaterThan(firstHandle.fence());
    }

    @SuppressWarnings("unchecked")
    private static CompletableFuture<LockHandle> eitherOf(
            CompletableFuture<LockHandle> a, CompletableFuture<LockHandle> b) throws Exception {
        CompletableFuture.anyOf(a, b).get(60, TimeUnit.SECONDS);
        return a.isDone() ? a : b;
    }

    @Test
    void servesWaitersOfOneClientInTheirOrder() throws Exception {
        LockHandle held = client.tryLock(request("k").build()).orElseThrow();
        List<CompletableFuture<LockHandle>> waiting = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            waiting.add(client.lockAsync(patient("k")));
        }

        held.unlock();
        for (int i = 0; i < waiting.size(); i++) {
            LockHandle handle = waiting.get(i).get(60, TimeUnit.SECONDS);
            assertThat(waiting.subList(i + 1, waiting.size())).noneMatch(CompletableFuture::isDone);
            handle.unlock();
        }
    }

    @Test
    void givesUpAtTheTimeout() {
        client.tryLock(request("k").build()).orElseThrow();
        LockRequest request = request("k")
                .timeout(timeout())
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMillis(100)))
                .build();

        CompletableFuture<LockHandle> waiting = other.lockAsync(request);
        pass(timeout().plusMillis(100));

        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS))
                .cause()
                .isInstanceOfSatisfying(LockNotAcquiredException.class, e -> {
                    assertThat(e.key()).isEqualTo("k");
                    assertThat(e.remaining()).isPresent();
                });
        assertThat(other.admin().stats().waiting()).isZero();
    }

    @Test
    void givesUpWhenItsAttemptsAreUsedUp() {
        client.tryLock(request("k").build()).orElseThrow();
        LockRequest request = request("k")
                .retry(RetryStrategy.fixed(2, Duration.ofMillis(100)))
                .build();

        CompletableFuture<LockHandle> waiting = other.lockAsync(request);
        pass(Duration.ofMillis(500));

        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(LockNotAcquiredException.class);
    }

    @Test
    void withdrawsACancelledRequest() throws Exception {
        LockHandle held = client.tryLock(request("k").build()).orElseThrow();
        CompletableFuture<LockHandle> cancelled = other.lockAsync(patient("k"));
        CompletableFuture<LockHandle> next = client.lockAsync(patient("k"));

        cancelled.cancel(true);
        held.unlock();

        assertThat(next.get(60, TimeUnit.SECONDS).isValid()).isTrue();
        assertThat(other.admin().stats().waiting()).isZero();
    }

    @Test
    void waitsInterruptiblyAndLeavesNothingBehind() throws Exception {
        LockHandle held = client.tryLock(request("k").build()).orElseThrow();
        CountDownLatch started = new CountDownLatch(1);
        Future<Boolean> interrupted = threads.submit(() -> {
            Thread waiting = Thread.currentThread();
            threads.submit(() -> {
                started.await();
                eventually(() -> assertThat(other.admin().stats().waiting()).isOne());
                waiting.interrupt();
                return null;
            });
            started.countDown();
            assertThatExceptionOfType(LockInterruptedException.class).isThrownBy(() -> other.lock(patient("k")));
            return Thread.interrupted();
        });

        assertThat(interrupted.get(60, TimeUnit.SECONDS)).isTrue();
        held.unlock();

        eventually(() -> assertThat(client.tryLock(request("k").build())).isPresent());
    }

    @Test
    void releasesToItsEndOnAnInterruptedThread() {
        LockHandle held = client.tryLock(request("k").build()).orElseThrow();

        Thread.currentThread().interrupt();
        held.unlock();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(other.tryLock(request("k").build())).isPresent();
    }

    @Test
    void givesEachSingleflightCallerALockOfItsOwn() throws Exception {
        List<Future<LockHandle>> callers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            callers.add(threads.submit(() -> {
                LockHandle handle = client.singleflightLock(patient("k"));
                assertThat(handle.isValid()).isTrue();
                handle.unlock();
                return handle;
            }));
        }

        List<Long> fences = new ArrayList<>();
        for (Future<LockHandle> caller : callers) {
            fences.add(caller.get(60, TimeUnit.SECONDS).fence());
        }
        assertThat(fences).doesNotHaveDuplicates();
    }

    @Test
    void runsWorkUnderALock() throws Exception {
        String result = client.execute(request("k").build(), () -> {
            assertThat(LockContext.current()).map(LockHandle::key).contains("k");
            assertThat(other.tryLock(request("k").build())).isEmpty();
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(LockContext.current()).isEmpty();
        assertThatThrownBy(() -> client.execute(request("k").build(), () -> {
                    throw new java.io.IOException("work");
                }))
                .isInstanceOf(java.io.IOException.class);
        assertThat(other.tryLock(request("k").build())).isPresent();
    }

    @Test
    void tellsThatExecutedWorkOutlivedItsLock() {
        LockRequest request = brief("k").build();

        assertThatExceptionOfType(LockExpiredException.class)
                .isThrownBy(() -> client.execute(request, () -> {
                    pass(lease().plusMillis(100));
                    return "done";
                }));
    }

    @Test
    void countsReentries() {
        LockRequest request = request("k").reentrant(true).build();
        LockHandle outer = client.lock(request);
        LockHandle inner = client.lock(request);
        Optional<LockHandle> innermost = client.tryLock(request);

        assertThat(inner.fence()).isEqualTo(outer.fence());
        innermost.orElseThrow().unlock();
        inner.unlock();
        assertThatExceptionOfType(LockNotHeldException.class).isThrownBy(inner::unlock);
        assertThat(outer.checkValid()).isTrue();
        assertThat(other.tryLock(request)).isEmpty();
        outer.unlock();

        assertThat(LockContext.current()).isEmpty();
        assertThat(other.tryLock(request)).isPresent();
    }

    @Test
    void failsFastWhenAScopeWouldWaitForItself() {
        LockHandle outer = client.lock(request("k").build());

        assertThatExceptionOfType(NestedLockException.class).isThrownBy(() -> client.lock(patient("k")));
        assertThatExceptionOfType(NestedLockException.class)
                .isThrownBy(() -> client.tryLock(request("k").build()));
        outer.unlock();
        assertThat(client.tryLock(request("k").build())).isPresent();
    }

    @Test
    void refusesToReenterALostLock() {
        LockRequest request = brief("k").reentrant(true).build();
        LockHandle outer = client.lock(request);

        pass(lease().plusMillis(100));

        assertThatExceptionOfType(LockExpiredException.class).isThrownBy(() -> client.lock(request));
        outer.close();
        assertThat(client.tryLock(request("k").reentrant(true).build())).isPresent();
    }

    @Test
    void looksLikeAJavaLock() throws Exception {
        Lock lock = client.asLock("k");
        lock.lock();
        lock.lock();

        assertThat(threads.submit(() -> lock.tryLock()).get(60, TimeUnit.SECONDS))
                .isFalse();
        lock.unlock();
        assertThat(other.asLock("k").tryLock()).isFalse();
        lock.unlock();

        assertThatExceptionOfType(LockNotHeldException.class).isThrownBy(lock::unlock);
        assertThat(other.asLock("k").tryLock(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void looksUpALockOfAnyClient() {
        LockHandle theirs = other.tryLock(request("k").build()).orElseThrow();
        client.lockAsync(patient("k"));

        assertThat(client.admin().find("k")).hasValueSatisfying(held -> {
            assertThat(held.owner()).isEqualTo("two");
            assertThat(held.fence()).isEqualTo(theirs.fence());
            assertThat(held.localWaiters()).isOne();
        });
        assertThat(client.admin().find("free")).isEmpty();
        assertThat(client.held("k")).isEmpty();
        assertThat(other.held("k")).contains(theirs);
    }

    @Test
    void listsAndForceReleasesHeldLocks() {
        LockHandle mine = client.tryLock(request("mine").build()).orElseThrow();
        LockHandle theirs = other.tryLock(request("theirs").build()).orElseThrow();
        List<LockHandle> lost = new ArrayList<>();
        theirs.onLost(lost::add);
        client.lockAsync(patient("theirs"));

        List<HeldLock> listed = client.admin().list(10);
        assertThat(listed).extracting(HeldLock::key).containsExactlyInAnyOrder("mine", "theirs");
        assertThat(listed).filteredOn(HeldLock::key, "theirs").singleElement().satisfies(held -> {
            assertThat(held.owner()).isEqualTo("two");
            assertThat(held.fence()).isEqualTo(theirs.fence());
            assertThat(held.localWaiters()).isOne();
            assertThat(held.heldLong()).isFalse();
        });

        assertThat(client.admin().forceRelease("mine")).isTrue();
        assertThat(mine.isValid()).isFalse();
        assertThatExceptionOfType(LockLostException.class).isThrownBy(mine::unlock);
        assertThat(client.admin().forceRelease("mine")).isFalse();

        assertThat(client.admin().forceRelease("theirs")).isTrue();
        assertThat(theirs.checkValid()).isFalse();
        assertThat(theirs.isValid()).isFalse();
        eventually(() -> assertThat(lost).containsExactly(theirs));
    }

    @Test
    void leavesTheNextOwnerAloneWhenALockIsTakenAway() throws Exception {
        LockHandle holder = client.tryLock(request("k").build()).orElseThrow();
        CompletableFuture<LockHandle> next = client.lockAsync(patient("k"));

        assertThat(client.admin().forceRelease("k")).isTrue();

        LockHandle owner = next.get(60, TimeUnit.SECONDS);
        assertThat(holder.isValid()).isFalse();
        assertThat(owner.isValid()).isTrue();
        assertThat(owner.checkValid()).isTrue();
        owner.unlock();
        assertThat(client.status("k")).isEmpty();
    }

    @Test
    void tellsAHolderAtItsNextRenewalThatItsLockIsGone() {
        LockHandle handle =
                other.tryLock(request("k").expiration(RENEWED).build()).orElseThrow();
        client.admin().forceRelease("k");

        pass(RENEWED.dividedBy(2));

        eventually(() -> assertThat(handle.isValid()).isFalse());
        assertThatExceptionOfType(LockLostException.class).isThrownBy(handle::assertHeld);
    }

    @Test
    void releasesLocksAndFailsWaitersWhenClosed() {
        LockHandle held = client.tryLock(request("k").build()).orElseThrow();
        LockHandle wanted = other.tryLock(request("wanted").build()).orElseThrow();
        CompletableFuture<LockHandle> waiting = client.lockAsync(patient("wanted"));

        client.close();

        assertThat(held.isValid()).isFalse();
        assertThat(other.tryLock(request("k").build())).isPresent();
        assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(LockUnavailableException.class);
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> client.tryLock(request("k").build()));
        assertThat(wanted.isValid()).isTrue();
    }

    @Test
    void countsWhatHappened() {
        LockHandle handle =
                client.tryLock(request("k").autoRefresh(false).build()).orElseThrow();
        assertThat(other.tryLock(request("k").build())).isEmpty();
        handle.refresh();
        handle.unlock();

        assertThat(client.admin().stats()).satisfies(stats -> {
            assertThat(stats.acquired()).isOne();
            assertThat(stats.refreshed()).isOne();
            assertThat(stats.released()).isOne();
            assertThat(stats.held()).isZero();
            assertThat(stats.contentionRate()).isZero();
        });
        assertThat(other.admin().stats().failed()).isOne();
        assertThat(other.admin().stats().contentionRate()).isEqualTo(1.0);
    }

    /** For what happens on another thread. */
    protected static void eventually(org.awaitility.core.ThrowingRunnable check) {
        Awaitility.await().atMost(PATIENT).untilAsserted(check);
    }
}
