package io.hamster.lock;

import io.hamster.Keys;
import io.hamster.lock.LockListener.Loss;
import io.hamster.lock.LockStore.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of one grant.
 *
 * <p>{@link #word} is its whole state: not negative, it is the deadline of a live handle; negative, it is the
 * complement of (last deadline, reason of the end). Every change is a compare-and-set, and whoever reads a deadline that
 * has passed ends the handle before saying so: that is why a renewal's late answer can't revive it.
 */
final class DefaultLockHandle extends SharedTimer.Item implements LockHandle {

    private static final AtomicLongFieldUpdater<DefaultLockHandle> WORD =
            AtomicLongFieldUpdater.newUpdater(DefaultLockHandle.class, "word");
    private static final AtomicIntegerFieldUpdater<DefaultLockHandle> HOLDS =
            AtomicIntegerFieldUpdater.newUpdater(DefaultLockHandle.class, "holds");
    private static final AtomicIntegerFieldUpdater<DefaultLockHandle> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(DefaultLockHandle.class, "inFlight");
    private static final AtomicReferenceFieldUpdater<DefaultLockHandle, Callback> CALLBACKS =
            AtomicReferenceFieldUpdater.newUpdater(DefaultLockHandle.class, Callback.class, "callbacks");

    private static final int PENDING = 0;
    private static final int RELEASED = 1;
    private static final int EXPIRED = 2;
    private static final int LOST = 3;
    private static final int REASON_BITS = 2;
    private static final int REASON_MASK = (1 << REASON_BITS) - 1;
    private static final int ROOT_LEFT = 1 << 30;
    private static final int RENEWALS_A_LEASE = 3;
    private static final int RETRIES_A_LEASE = 10;
    private static final int SLACK_DIVISOR = 4;
    private static final long SHORTEST_RETRY = TimeUnit.MILLISECONDS.toNanos(10);

    private final LockEngine engine;
    private final LockRequest request;
    private final LockToken token;
    private final boolean asynchronous;

    private volatile long word = ended(0, PENDING);
    private long fence;
    private long acquired;
    private volatile long renewAt = SharedTimer.NEVER;
    private volatile @Nullable RefreshPlan plan;
    private volatile @Nullable LockContext scope;
    private volatile Callback callbacks = Callback.NONE;
    private volatile int inFlight;
    private volatile int holds = 1;
    private volatile boolean settled = true;
    private volatile boolean stopped;
    private volatile boolean ambiguous;
    private volatile boolean longHoldReported;

    DefaultLockHandle(LockEngine engine, LockRequest request, LockToken token, boolean asynchronous) {
        this.engine = engine;
        this.request = request;
        this.token = token;
        this.asynchronous = asynchronous;
    }

    // --- what the engine does with it

    LockRequest request() {
        return request;
    }

    LockToken lockToken() {
        return token;
    }

    LockEngine engine() {
        return engine;
    }

    /** Acquired without a thread that waits, so nothing that runs belongs to it. */
    boolean asynchronous() {
        return asynchronous;
    }

    /** An attempt with this token may still take effect at the store although its answer isn't awaited any more. */
    void markAmbiguous() {
        ambiguous = true;
    }

    boolean ambiguous() {
        return ambiguous;
    }

    boolean renewalInFlight() {
        return inFlight > 0;
    }

    void enteredScope(LockContext entered) {
        scope = entered;
    }

    /** Makes the pending handle a live one. False if it was closed meanwhile or the deadline has passed already. */
    boolean activate(long fenceGranted, long sent, long deadline, long now) {
        fence = fenceGranted;
        acquired = sent;
        if (request.autoRefresh() && request.leaseNanos() < request.maxHoldNanos()) {
            renewAt = sent + interval();
        }
        if (now >= deadline || !WORD.compareAndSet(this, ended(0, PENDING), deadline)) {
            return false;
        }
        engine.timer().dueAt(this, nextDue());
        return true;
    }

    /** Takes the lock away from the holder, whatever the deadline. False if there was nothing to take. */
    boolean takeAway() {
        for (long w = word; w >= 0; w = word) {
            if (end(w, LOST)) {
                engine.lost(this, Loss.LOST);
                return true;
            }
        }
        return false;
    }

    /** Makes sure that a pending handle never becomes a live one. */
    void abandon() {
        WORD.compareAndSet(this, ended(0, PENDING), ended(0, LOST));
    }

    /** Registers a renewal that is about to be sent. False if the handle has ended. */
    boolean beginRenewal() {
        // Counted before the state is read, as a loss changes the state before it reads the count: one sees the other.
        IN_FLIGHT.incrementAndGet(this);
        if (live()) {
            return true;
        }
        IN_FLIGHT.decrementAndGet(this);
        return false;
    }

    /** The lease to ask for now: full, or what {@code maxHold} leaves. */
    long leaseToAsk(long now) {
        long hold = request.maxHoldNanos();
        return hold == Long.MAX_VALUE ? request.leaseNanos() : Math.min(request.leaseNanos(), acquired + hold - now);
    }

    /** Takes in what became of a renewal; null if that isn't known. */
    void endRenewal(long sent, long lease, @Nullable Renewal answer) {
        if (answer instanceof Renewal.Renewed renewed) {
            if (extend(sent + engine.settings().withoutMargin(renewed.remaining()))) {
                settled = true;
                if (renewAt != SharedTimer.NEVER) {
                    renewAt = lease < request.leaseNanos() ? SharedTimer.NEVER : sent + interval();
                }
                engine.counters().refreshed(request.key());
                engine.timer().dueAt(this, nextDue());
            }
            // Not earlier: if it came too late, the store has extended what must be released now.
            IN_FLIGHT.decrementAndGet(this);
            return;
        }
        IN_FLIGHT.decrementAndGet(this);
        if (answer instanceof Renewal.NotYours) {
            takeAway();
        }
    }

    private boolean extend(long until) {
        for (long w = word; w >= 0; w = word) {
            if (engine.clock().now() >= w) {
                expire(w);
            } else if (until <= w || WORD.compareAndSet(this, w, until)) {
                return true;
            }
        }
        return false;
    }

    private void expire(long w) {
        if (end(w, EXPIRED)) {
            engine.lost(this, Loss.EXPIRED);
        }
    }

    private boolean end(long w, int reason) {
        return WORD.compareAndSet(this, w, ended(w, reason));
    }

    private static long ended(long deadline, int reason) {
        return ~(deadline << REASON_BITS | reason);
    }

    private static int reason(long w) {
        return (int) (~w & REASON_MASK);
    }

    // --- the timer

    @Override
    void fire(long now) {
        long w = word;
        if (w < 0) {
            engine.timer().dueAt(this, SharedTimer.NEVER);
            return;
        }
        if (now >= w) {
            expire(w);
            return;
        }
        if (!longHoldReported
                && now - acquired >= engine.settings().longHoldWarning().toNanos()) {
            longHoldReported = true;
            engine.heldLong(this);
        }
        if (!stopped && renewAt - slack() <= now) {
            settled = false;
            // Closer and closer towards the deadline, so that a store that comes back late still saves the lock.
            renewAt = now + Math.min(retryAfter(), Math.max(SHORTEST_RETRY, (w - now) / 2));
            engine.renewals().add(this);
        }
        engine.timer().dueAt(this, nextDue());
    }

    @Override
    long slack() {
        // Renewals may come early to share a batch; deadlines and repeated renewals may not.
        return settled && due() == renewAt ? interval() / SLACK_DIVISOR : 0;
    }

    @Override
    int spread() {
        return (int) token.sequence();
    }

    private long nextDue() {
        long w = word;
        if (w < 0) {
            return SharedTimer.NEVER;
        }
        // A renewal under way sets its successor's time when it is answered, so that time alone can't say that none
        // comes.
        long due = stopped ? w : Math.min(w, renewAt);
        if (!longHoldReported) {
            due = Math.min(due, acquired + engine.settings().longHoldWarning().toNanos());
        }
        return due;
    }

    private long interval() {
        RefreshPlan own = plan;
        return own == null ? request.leaseNanos() / RENEWALS_A_LEASE : own.interval;
    }

    private long retryAfter() {
        RefreshPlan own = plan;
        long retry = own == null
                ? Math.min(engine.settings().commandTimeoutNanos(), request.leaseNanos() / RETRIES_A_LEASE)
                : own.timeout;
        return Math.max(1, retry);
    }

    // --- what the holder sees

    @Override
    public String key() {
        return request.key();
    }

    @Override
    public String token() {
        return token.toString();
    }

    @Override
    public long fence() {
        return fence;
    }

    @Override
    public Instant acquiredAt() {
        return engine.clock().wallClockAt(acquired);
    }

    @Override
    public Instant validUntil() {
        long w = word;
        return engine.clock().wallClockAt(w >= 0 ? w : ~w >> REASON_BITS);
    }

    @Override
    public Duration remaining() {
        return isValid() ? remainingLife() : Duration.ZERO;
    }

    Duration remainingLife() {
        long w = word;
        return Duration.ofNanos(Math.max(0, w - engine.clock().now()));
    }

    @Override
    public boolean isValid() {
        return (holds & ROOT_LEFT) == 0 && live();
    }

    /** Whether the grant lives, whoever of its nested holders asks. */
    boolean live() {
        for (long w = word; w >= 0; w = word) {
            if (engine.clock().now() < w) {
                return true;
            }
            expire(w);
        }
        return false;
    }

    @Override
    public boolean checkValid() {
        return isValid() && engine.confirm(this) && isValid();
    }

    @Override
    public void assertHeld() {
        if ((holds & ROOT_LEFT) != 0) {
            throw new LockNotHeldException(key());
        }
        assertLive();
    }

    void assertLive() {
        if (!live()) {
            throw endOf(word);
        }
    }

    private LockException endOf(long w) {
        return switch (reason(w)) {
            case EXPIRED -> new LockExpiredException(key());
            case LOST -> new LockLostException(key());
            default -> new LockNotHeldException(key());
        };
    }

    @Override
    public void refresh() {
        assertHeld();
        engine.refresh(this);
        assertHeld();
    }

    @Override
    public void autoRefresh(Duration interval, Duration timeout) {
        if (interval.isNegative() || interval.isZero() || interval.toNanos() >= request.leaseNanos()) {
            throw new IllegalArgumentException("Lock refresh interval " + interval
                    + " is out of range; give more than 0, less than the lease of " + request.lease());
        }
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException(
                    "Lock refresh timeout " + timeout + " is out of range; give more than 0");
        }
        plan = new RefreshPlan(interval.toNanos(), timeout.toNanos());
        stopped = false;
        if (live()) {
            renewAt = engine.clock().now() + interval.toNanos();
            engine.timer().dueAt(this, nextDue());
        }
    }

    @Override
    public void stopRefresh() {
        stopped = true;
        engine.timer().dueAt(this, nextDue());
    }

    @Override
    public void onLost(Consumer<? super LockHandle> callback) {
        Callback head = callbacks;
        while (head != Callback.DONE && !CALLBACKS.compareAndSet(this, head, new Callback(callback, head))) {
            head = callbacks;
        }
        if (head == Callback.DONE) {
            engine.execute(() -> engine.runCallback(this, callback));
        }
    }

    /** Runs the callbacks, in the order in which they were registered; later ones run when they come. */
    void runCallbacks() {
        Callback ordered = Callback.NONE;
        for (Callback c = CALLBACKS.getAndSet(this, Callback.DONE); c.next != null; c = c.next) {
            ordered = new Callback(c.action, ordered);
        }
        for (Callback c = ordered; c.next != null; c = c.next) {
            engine.runCallback(this, c.action);
        }
    }

    // --- the end

    /** Takes part in the lock once more. False if its last holder has left. */
    boolean enter() {
        for (int h = holds; (h & ~ROOT_LEFT) > 0; h = holds) {
            if (HOLDS.compareAndSet(this, h, h + 1)) {
                return true;
            }
        }
        return false;
    }

    /** A nested holder leaves. */
    CompletableFuture<Void> leaveNested() {
        return leave(0);
    }

    /** One holder leaves; the last one releases the lock. */
    private CompletableFuture<Void> leave(int flag) {
        for (int h = holds; ; h = holds) {
            if ((h & flag) != 0) {
                return CompletableFuture.failedFuture(new LockNotHeldException(key()));
            }
            if (HOLDS.compareAndSet(this, h, (h - 1) | flag)) {
                if (((h - 1) & ~ROOT_LEFT) > 0) {
                    return live()
                            ? CompletableFuture.completedFuture(null)
                            : CompletableFuture.failedFuture(endOf(word));
                }
                return release();
            }
        }
    }

    private CompletableFuture<Void> release() {
        for (long w = word; w >= 0; w = word) {
            long now = engine.clock().now();
            if (now >= w) {
                expire(w);
            } else if (end(w, RELEASED)) {
                // Out of the timer before the release is sent, so that no renewal follows it.
                engine.timer().remove(this);
                return engine.release(this, now - acquired);
            }
        }
        return CompletableFuture.failedFuture(endOf(word));
    }

    void leaveScope() {
        LockContext entered = scope;
        if (entered != null) {
            entered.exited(this);
        }
    }

    @Override
    public CompletableFuture<Void> unlockAsync() {
        leaveScope();
        return leave(ROOT_LEFT);
    }

    @Override
    public void unlock() {
        LockEngine.join(unlockAsync(), key());
    }

    @Override
    public void close() {
        engine.joinQuietly(unlockAsync(), key());
    }

    long heldNanos() {
        return engine.clock().now() - acquired;
    }

    @Override
    public String toString() {
        return "LockHandle[" + Keys.shortened(key()) + ", fence=" + fence + ", "
                + (live() ? "valid for " + remaining() : "ended") + "]";
    }

    private record RefreshPlan(long interval, long timeout) {}

    private static final class Callback {

        /** The end of every list. */
        private static final Callback NONE = new Callback(handle -> {}, null);

        /** In place of the list once it has run. */
        private static final Callback DONE = new Callback(handle -> {}, null);

        private final Consumer<? super LockHandle> action;
        private final @Nullable Callback next;

        private Callback(Consumer<? super LockHandle> action, @Nullable Callback next) {
            this.action = action;
            this.next = next;
        }
    }
}
