package io.hamster.lock;

import io.hamster.Keys;
import io.hamster.lock.LockListener.Loss;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client's handles and waiters share: the store, the timer, the settings, and every command sent to the store.
 */
final class LockEngine {

    private static final Logger LOG = LoggerFactory.getLogger(LockEngine.class);

    private final LockStore store;
    private final LockSettings settings;
    private final String clientName;
    private final Clock clock;
    private final Executor executor;
    private final LockCounters counters;
    private final SharedTimer timer;
    private final StoreCalls calls;
    private final Renewals renewals;
    private final Waiters waiters;
    private final Releases releases;
    private final LockStore.Registration registration;
    private final ReentrantLock randomLock = new ReentrantLock();
    private final RandomGenerator random;
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicBoolean closed = new AtomicBoolean();

    LockEngine(
            LockStore store,
            LockSettings settings,
            String clientName,
            Clock clock,
            ScheduledExecutorService scheduler,
            Executor executor,
            RandomGenerator random,
            LockCounters counters) {
        this.store = store;
        this.settings = settings;
        this.clientName = clientName;
        this.clock = clock;
        this.executor = executor;
        this.random = random;
        this.counters = counters;
        this.renewals = new Renewals(store, clock);
        // Without its scheduler nothing is renewed and nobody's wait ends: better no client than such a one.
        this.timer = new SharedTimer(clock, scheduler, renewals::flush, () -> execute(this::close));
        this.calls = new StoreCalls(timer, clock, settings);
        this.waiters = new Waiters(this, store.ordersWaiters());
        this.releases = new Releases(this, store);
        this.registration = store.listen(waiters);
    }

    LockSettings settings() {
        return settings;
    }

    Clock clock() {
        return clock;
    }

    SharedTimer timer() {
        return timer;
    }

    LockCounters counters() {
        return counters;
    }

    Renewals renewals() {
        return renewals;
    }

    Waiters waiters() {
        return waiters;
    }

    Releases releases() {
        return releases;
    }

    StoreCalls calls() {
        return calls;
    }

    boolean isClosed() {
        return closed.get();
    }

    LockUnavailableException closedException(String key) {
        return new LockUnavailableException(key, "can't be used: its client was closed", null);
    }

    long pauseNanos(RetryStrategy retry, int attempt) {
        if (retry.jitter() == 0) {
            return retry.pauseNanos(attempt, random);
        }
        randomLock.lock();
        try {
            return retry.pauseNanos(attempt, random);
        } finally {
            randomLock.unlock();
        }
    }

    /** Makes a handle that is known before its request is sent. */
    DefaultLockHandle newHandle(LockRequest request, boolean asynchronous) {
        LockToken token = new LockToken(clientName, sequence.incrementAndGet());
        DefaultLockHandle handle = new DefaultLockHandle(this, request, token, asynchronous);
        timer.add(handle, SharedTimer.NEVER);
        if (closed.get()) {
            handle.abandon();
            timer.remove(handle);
            throw closedException(request.key());
        }
        return handle;
    }

    CompletableFuture<Answer> ask(DefaultLockHandle handle, Duration patience) {
        Ask ask = askFor(handle, patience);
        return StoreCalls.call(() -> store.acquire(ask));
    }

    Ask askFor(DefaultLockHandle handle, Duration patience) {
        return new Ask(
                handle.key(),
                handle.lockToken(),
                settings.node(),
                handle.request().lease(),
                patience);
    }

    /** False if the answer came too late to be of use. */
    boolean granted(DefaultLockHandle handle, long sent, Answer.Granted granted, long now) {
        return handle.activate(granted.fence(), sent, sent + settings.withoutMargin(granted.remaining()), now);
    }

    /**
     * Ends a request that didn't become a lock.
     *
     * @param mayTakeEffect whether the store may still grant it
     * @param queued whether the store keeps it among the waiters
     */
    void giveUp(DefaultLockHandle handle, boolean mayTakeEffect, boolean queued) {
        handle.abandon();
        timer.remove(handle);
        if (mayTakeEffect) {
            handle.markAmbiguous();
        }
        if (queued || handle.ambiguous()) {
            releases.inBackground(handle);
        }
    }

    /** A live handle ended without its holder's doing. */
    void lost(DefaultLockHandle handle, Loss loss) {
        timer.remove(handle);
        waiters.releasing(handle);
        waiters.released(handle.key());
        execute(() -> {
            counters.lost(handle.key(), loss, handle.heldNanos());
            LOG.warn(
                    "Lock {} {} before its holder released it",
                    Keys.shortened(handle.key()),
                    loss == Loss.EXPIRED ? "expired" : "was lost");
            handle.runCallbacks();
        });
        if (handle.renewalInFlight() || handle.ambiguous()) {
            // What the store took away can't be kept; otherwise others stay out for at least the lock's time.
            releases.afterLoss(handle, loss == Loss.EXPIRED || closed.get());
        }
    }

    void heldLong(Grant grant) {
        Duration held = Duration.ofNanos(grant.heldNanos());
        LOG.warn(
                "Lock {} has been held for {}, longer than the warning's {}",
                Keys.shortened(grant.request().key()),
                held,
                settings.longHoldWarning());
        counters.heldLong(grant.request().key(), held.toNanos());
    }

    /** Renews one lock now. */
    void refresh(DefaultLockHandle handle) {
        if (!handle.beginRenewal()) {
            return;
        }
        long sent = clock.now();
        long lease = handle.leaseToAsk(sent);
        Extension extension = new Extension(handle.key(), handle.lockToken(), Duration.ofNanos(lease));
        CompletableFuture<Map<LockToken, Renewal>> answers = StoreCalls.call(() -> store.renew(List.of(extension)));
        CompletableFuture<@Nullable Renewal> answer = answers.handle((all, failure) -> {
            Renewal renewal = failure == null ? all.get(handle.lockToken()) : null;
            handle.endRenewal(sent, lease, renewal);
            if (failure != null || renewal == null || renewal instanceof Renewal.Unknown) {
                throw unanswered(handle.key(), "couldn't be refreshed", failure);
            }
            return renewal;
        });
        joined(calls.bounded(() -> answer), handle.key(), "couldn't be refreshed");
    }

    /** Asks the store whether it has the handle's grant; if not, the handle is lost. */
    boolean confirm(DefaultLockHandle handle) {
        Optional<LockStatus> status = status(handle.key());
        if (status.isPresent() && status.get().fence() == handle.fence()) {
            return true;
        }
        handle.takeAway();
        return false;
    }

    Optional<LockStatus> status(String key) {
        return joined(calls.bounded(() -> store.status(key)), key, "couldn't be looked up");
    }

    List<LockStatus> list(int limit) {
        return joined(calls.bounded(() -> store.list(limit)), "", "Locks couldn't be listed");
    }

    boolean forceRelease(String key) {
        boolean held = joined(calls.bounded(() -> store.forceRelease(key)), key, "couldn't be released by force");
        List<DefaultLockHandle> live = new ArrayList<>();
        timer.forEach(item -> {
            if (item instanceof DefaultLockHandle handle && handle.key().equals(key) && handle.live()) {
                live.add(handle);
            }
        });
        if (!live.isEmpty()) {
            // The next waiter may be of this client and have the lock already: its handle is not the one to end.
            long fence = status(key).map(LockStatus::fence).orElse(0L);
            live.stream().filter(handle -> handle.fence() != fence).forEach(DefaultLockHandle::takeAway);
        }
        return held;
    }

    private static LockUnavailableException unanswered(String key, String problem, @Nullable Throwable failure) {
        return new LockUnavailableException(
                key, problem + ": its store didn't answer", failure == null ? null : StoreCalls.unwrapped(failure));
    }

    private static <T> T joined(CompletableFuture<T> answer, String key, String problem) {
        try {
            return StoreCalls.awaitUninterruptibly(answer);
        } catch (ExecutionException e) {
            Throwable cause = StoreCalls.unwrapped(e);
            throw cause instanceof LockException known ? known : unanswered(key, problem, cause);
        }
    }

    /** Waits for a release and throws what it failed with. */
    static void join(CompletableFuture<Void> release, String key) {
        joined(release, key, "couldn't be released");
    }

    /** Waits for a release; what it failed with needs nobody's attention or is logged. */
    void joinQuietly(CompletableFuture<Void> release, String key) {
        try {
            join(release, key);
        } catch (LockUnavailableException e) {
            releasedLate(e);
        } catch (LockException e) {
            LOG.debug("Lock {} was gone before it was closed", Keys.shortened(key));
        }
    }

    /** A release that the store didn't answer, where the holder needs not know. */
    void releasedLate(LockUnavailableException e) {
        LOG.warn("Lock {} is released later or runs out: {}", Keys.shortened(e.key()), String.valueOf(e.getCause()));
    }

    void runCallback(LockHandle handle, Consumer<? super LockHandle> callback) {
        try {
            callback.accept(handle);
        } catch (Throwable e) {
            // Even of an error the other callbacks mustn't suffer.
            LOG.error("A callback for the lost lock {} failed", Keys.shortened(handle.key()), e);
        }
    }

    /**
     * Runs work elsewhere; here if the executor is full or gone, because losing it would be worse than its delay. Later if
     * there is no thread for it at present: here it could hold up the answers or renewals of all locks. Once in any case:
     * an executor that runs work on this thread may throw what the work threw.
     */
    void execute(Runnable work) {
        AtomicBoolean begun = new AtomicBoolean();
        Runnable once = () -> {
            if (begun.compareAndSet(false, true)) {
                work.run();
            }
        };
        if (!handOver(once)) {
            new PostponedWork(this, once).postpone();
        }
    }

    /**
     * Hands work to the executor, or runs it here if that is full or gone.
     *
     * @param work does nothing if it is run again
     * @return {@code false} if there is no thread for it at present
     */
    boolean handOver(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            work.run();
        } catch (OutOfMemoryError e) {
            return false;
        }
        return true;
    }

    void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        registration.close();
        waiters.close();
        List<CompletableFuture<Boolean>> last = new ArrayList<>();
        timer.forEach(item -> {
            if (item instanceof DefaultLockHandle handle) {
                if (handle.takeAway()) {
                    // Nothing can be entered again through a closed client, and threads outlive it.
                    handle.leaveScope();
                    last.add(releases.last(handle));
                } else {
                    handle.abandon();
                }
            } else if (item instanceof BackgroundCommand command) {
                last.add(command.lastAttempt());
            }
        });
        for (CompletableFuture<Boolean> release : last) {
            try {
                StoreCalls.awaitUninterruptibly(release);
            } catch (ExecutionException e) {
                LOG.debug("A lock wasn't released when its client was closed and runs out by itself", e);
            }
        }
        timer.close();
        // Whoever still waits for an answer that would have timed out.
        timer.forEach(SharedTimer.Item::timerClosed);
    }
}
