package io.hamster.lock;

import io.hamster.lock.LockStore.Renewal;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/** A lease with its request: when it is renewed, what comes of that, and how long it may go on. */
abstract class Grant extends Lease {

    private static final AtomicIntegerFieldUpdater<Grant> IN_FLIGHT =
            AtomicIntegerFieldUpdater.newUpdater(Grant.class, "inFlight");
    private static final AtomicReferenceFieldUpdater<Grant, Terms> TERMS =
            AtomicReferenceFieldUpdater.newUpdater(Grant.class, Terms.class, "terms");

    private static final int RENEWALS_A_LEASE = 3;
    private static final int RETRIES_A_LEASE = 10;
    private static final int SLACK_DIVISOR = 4;
    private static final long SHORTEST_RETRY = TimeUnit.MILLISECONDS.toNanos(10);

    private final LockEngine engine;
    private final LockRequest request;
    private final LockToken token;

    // Written before the lease begins, read after.
    private long fence;
    private long acquired;

    private volatile long renewAt = SharedTimer.NEVER;
    private volatile @Nullable RefreshPlan plan;
    private volatile Terms terms = Terms.AS_REQUESTED;
    private volatile int inFlight;
    private volatile boolean settled = true;
    private volatile boolean stopped;
    private volatile boolean ambiguous;
    private volatile boolean unanswered;
    private volatile boolean longHoldReported;

    Grant(LockEngine engine, LockRequest request, LockToken token) {
        this.engine = engine;
        this.request = request;
        this.token = token;
    }

    final LockEngine engine() {
        return engine;
    }

    final LockRequest request() {
        return request;
    }

    final LockToken lockToken() {
        return token;
    }

    final long fenceNumber() {
        return fence;
    }

    /** When the request was sent that got the grant. */
    final long acquired() {
        return acquired;
    }

    final long heldNanos() {
        return clock().now() - acquired;
    }

    @Override
    final Clock clock() {
        return engine.clock();
    }

    /** An attempt with this token may still take effect at the store although its answer isn't awaited any more. */
    final void markAmbiguous() {
        ambiguous = true;
    }

    final boolean ambiguous() {
        return ambiguous;
    }

    final boolean renewalInFlight() {
        return inFlight > 0;
    }

    /** The store has granted it. False if that is of no use: it was abandoned, or the deadline has passed already. */
    final boolean activate(long fenceGranted, long sent, long deadline, long now) {
        fence = fenceGranted;
        acquired = sent;
        if (request.autoRefresh() && request.leaseNanos() < request.maxHoldNanos()) {
            renewAt = sent + interval();
        }
        if (now >= deadline || !begin(deadline)) {
            return false;
        }
        engine.timer().dueAt(this, nextDue());
        return true;
    }

    /** Renews at its own interval from now on, the first time early enough. */
    final void renewEvery(Duration interval, Duration timeout) {
        plan = new RefreshPlan(interval.toNanos(), timeout.toNanos());
        stopped = false;
        if (live()) {
            long now = clock().now();
            renewAt = now + Math.min(interval.toNanos(), (deadline() - now) / RENEWALS_A_LEASE);
            engine.timer().dueAt(this, nextDue());
        }
    }

    /** Renews no more once others are kept out for as long as they must be; a renewal under way may still count. */
    final void renewNoMore() {
        stopped = true;
        engine.timer().dueAt(this, nextDue());
    }

    /** Registers a renewal that is about to be sent. False if the lease has ended. */
    final boolean beginRenewal() {
        // Counted before the state is read, as a loss changes the state before it reads the count: one sees the other.
        IN_FLIGHT.incrementAndGet(this);
        if (live()) {
            return true;
        }
        IN_FLIGHT.decrementAndGet(this);
        return false;
    }

    /** The lease to ask for now: full, or what {@code maxHold} leaves. */
    final long leaseToAsk(long now) {
        long hold = request.maxHoldNanos();
        return hold == Long.MAX_VALUE ? leaseNanos() : Math.min(leaseNanos(), acquired + hold - now);
    }

    /** The full lease: the request's, or a longer one that was asked for since. */
    final long leaseNanos() {
        return fullLease(terms);
    }

    private long fullLease(Terms agreed) {
        return Math.max(request.leaseNanos(), agreed.lease);
    }

    /** Asks for a longer lease from now on; one that isn't longer changes nothing. */
    final void lengthen(long lease) {
        Terms own;
        Terms longer;
        do {
            own = terms;
            if (lease <= fullLease(own)) {
                return;
            }
            longer = new Terms(lease, Math.min(own.counted, fullLease(own)), own.keptUntil);
        } while (!TERMS.compareAndSet(this, own, longer));
        // After the change: whatever is sent from here on asks for the longer lease.
        if (inFlight == 0 && !unanswered) {
            TERMS.compareAndSet(this, longer, new Terms(lease, Long.MAX_VALUE, longer.keptUntil));
        }
    }

    /** Keeps others out until then, even if it is released before. */
    final void keepUntil(long time) {
        Terms own;
        do {
            own = terms;
        } while (!TERMS.compareAndSet(this, own, new Terms(own.lease, own.counted, Math.max(own.keptUntil, time))));
        engine.timer().dueAt(this, nextDue());
    }

    /** For how long others must be kept out still if it is released now. */
    final long keepNanos(long heldNanos) {
        long asRequested = request.atLeastFor().toNanos() - heldNanos;
        Terms own = terms;
        return own.keptUntil == Terms.NEVER ? asRequested : Math.max(asRequested, own.keptUntil - acquired - heldNanos);
    }

    /** Takes in what became of a renewal; null if that isn't known. */
    final void endRenewal(long sent, long lease, @Nullable Renewal answer) {
        if (answer instanceof Renewal.Renewed renewed) {
            if (extend(sent + Math.min(engine.settings().withoutMargin(renewed.remaining()), terms.counted))) {
                settled = true;
                if (renewAt != SharedTimer.NEVER) {
                    renewAt = reachesMaxHold(sent, lease) ? SharedTimer.NEVER : sent + interval();
                }
                engine.counters().refreshed(request.key());
                engine.timer().dueAt(this, nextDue());
            }
            // Not earlier: if it came too late, the store has extended what must be released now.
            IN_FLIGHT.decrementAndGet(this);
            return;
        }
        boolean notYours = answer instanceof Renewal.NotYours;
        if (!notYours) {
            // Before the count, so that a look at both can't miss it.
            unanswered = true;
        }
        IN_FLIGHT.decrementAndGet(this);
        if (notYours) {
            takeAway();
        }
    }

    private boolean reachesMaxHold(long sent, long lease) {
        long hold = request.maxHoldNanos();
        return hold != Long.MAX_VALUE && sent + lease >= acquired + hold;
    }

    @Override
    final void fire(long now) {
        if (hasEnded() || !live()) {
            engine.timer().dueAt(this, SharedTimer.NEVER);
            return;
        }
        if (!longHoldReported && now >= longHoldAt()) {
            longHoldReported = true;
            engine.heldLong(this);
        }
        if (!hasStopped() && renewAt - slack() <= now) {
            settled = false;
            // Closer and closer towards the deadline, so that a store that comes back late still saves the lock.
            renewAt = now + Math.min(retryAfter(), Math.max(SHORTEST_RETRY, (deadline() - now) / 2));
            engine.renewals().add(this);
        }
        engine.timer().dueAt(this, nextDue());
    }

    @Override
    final long slack() {
        // Renewals may come early to share a batch; deadlines and repeated renewals may not.
        return settled && due() == renewAt ? interval() / SLACK_DIVISOR : 0;
    }

    @Override
    final int spread() {
        return (int) token.sequence();
    }

    private long nextDue() {
        if (hasEnded()) {
            return SharedTimer.NEVER;
        }
        // A renewal under way sets its successor's time when it is answered, so that time can't say that none comes.
        long due = hasStopped() ? deadline() : Math.min(deadline(), renewAt);
        return longHoldReported ? due : Math.min(due, longHoldAt());
    }

    /** Whether it isn't renewed any more: it was told so, and has a lease that keeps others out for long enough. */
    private boolean hasStopped() {
        return stopped && keepNanos(deadline() - acquired) <= 0;
    }

    private long longHoldAt() {
        return acquired + engine.settings().longHoldWarning().toNanos();
    }

    private long interval() {
        RefreshPlan own = plan;
        if (own == null) {
            return countedLease() / RENEWALS_A_LEASE;
        }
        // The handle ends before its lease does: a renewal must be answered by then.
        long life = engine.settings().withoutMargin(Duration.ofNanos(countedLease()));
        return Math.min(own.interval, life - life / RETRIES_A_LEASE);
    }

    private long countedLease() {
        Terms own = terms;
        return Math.min(fullLease(own), own.counted);
    }

    private long retryAfter() {
        RefreshPlan own = plan;
        long retry = own == null
                ? Math.min(engine.settings().commandTimeoutNanos(), countedLease() / RETRIES_A_LEASE)
                : own.timeout;
        return Math.max(1, retry);
    }

    private record RefreshPlan(long interval, long timeout) {}

    /**
     * What was agreed on since the grant.
     *
     * @param lease the full lease, unless the request's is longer
     * @param counted how much of a renewed lease may be counted on: an earlier renewal for a shorter one that is still on
     *     its way would cut it to that
     * @param keptUntil until when others are kept out
     */
    private record Terms(long lease, long counted, long keptUntil) {

        private static final long NEVER = Long.MIN_VALUE;
        private static final Terms AS_REQUESTED = new Terms(0, Long.MAX_VALUE, NEVER);
    }
}
