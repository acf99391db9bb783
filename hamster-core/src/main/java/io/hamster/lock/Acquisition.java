package io.hamster.lock;

import io.hamster.lock.LockListener.Outcome;
import io.hamster.lock.LockStore.Answer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One wait for one lock, from the request to its end. Events come from any thread: answers, wake-ups, the timer, the
 * caller's cancellation. Each changes the state under the queue's lock and returns the step to take after it.
 */
final class Acquisition extends SharedTimer.Item {

    private enum Phase {
        /** Behind others of this JVM. */
        QUEUED,
        /** May ask; waits for a wake-up or its next attempt. */
        IDLE,
        /** An attempt is with the store. */
        ASKING,
        DONE
    }

    /** Why an attempt is made; only polls count. */
    private enum Cause {
        START,
        POLL,
        WAKE_UP,
        LEASE_END
    }

    private enum Step {
        NONE,
        ASK,
        END
    }

    /** Stores answer in whole milliseconds, rounded down. */
    private static final long ROUNDING = TimeUnit.MILLISECONDS.toNanos(1);

    private final LockEngine engine;
    private final KeyQueue queue;
    private final DefaultLockHandle handle;
    private final LockRequest request;
    private final long started;
    private final long giveUpAt;
    private final boolean queuesHere;
    private final boolean headOnly;
    private final boolean storeOrders;
    private final CompletableFuture<Acquisition> done = new CompletableFuture<>();
    private final Queue<CompletableFuture<Answer>> unanswered = new ConcurrentLinkedQueue<>();

    // Guarded by the queue's lock.
    private Phase phase = Phase.QUEUED;
    private int attempts;
    private int polls;
    private Cause cause = Cause.START;
    private boolean woken;
    private boolean contended;
    private boolean queuedAtStore;
    private long askedAt;
    private long pollAt = SharedTimer.NEVER;
    private long retryAt = SharedTimer.NEVER;
    private boolean answered;
    private @Nullable Duration heldFor;
    private @Nullable Throwable failure;

    // Written once, before the phase is DONE.
    private Outcome outcome = Outcome.UNAVAILABLE;
    private boolean mayTakeEffect;
    private boolean queueRetired;
    private @Nullable Acquisition promoted;

    Acquisition(
            LockEngine engine,
            KeyQueue queue,
            DefaultLockHandle handle,
            long started,
            boolean queuesHere,
            boolean headOnly,
            boolean storeOrders) {
        this.engine = engine;
        this.queue = queue;
        this.handle = handle;
        this.request = handle.request();
        this.started = started;
        this.giveUpAt = started + request.timeout().toNanos();
        this.queuesHere = queuesHere;
        this.headOnly = headOnly;
        this.storeOrders = storeOrders;
    }

    LockToken token() {
        return handle.lockToken();
    }

    boolean queuesHere() {
        return queuesHere;
    }

    CompletableFuture<Acquisition> done() {
        return done;
    }

    // --- events

    void start() {
        Step step = Step.NONE;
        queue.lock();
        try {
            if (phase == Phase.QUEUED && attempts == 0) {
                if (mayStart()) {
                    step = ask(Cause.START);
                } else {
                    contended = true;
                }
            }
        } finally {
            queue.unlock();
        }
        take(step);
        queue.lock();
        try {
            if (phase == Phase.DONE) {
                return;
            }
            // Under the queue's lock, so that neither the end nor an answer's next due time comes in between.
            engine.timer().add(this, nextDueLocked());
        } finally {
            queue.unlock();
        }
        engine.counters().waiting(1);
        done.whenComplete((end, none) -> engine.counters().waiting(-1));
        if (engine.isClosed()) {
            clientClosed();
        }
    }

    void wake() {
        Step step = Step.NONE;
        queue.lock();
        try {
            if (phase == Phase.ASKING) {
                woken = true;
            } else if (phase != Phase.DONE && queue.mayAsk(this)) {
                phase = Phase.IDLE;
                step = askNowOrAfterYield();
            }
        } finally {
            queue.unlock();
        }
        take(step);
    }

    /** Whether it takes the lock over from its holder in this JVM; if so, {@link #takeOver} must follow. */
    boolean succeeds() {
        queue.lock();
        try {
            boolean waits = phase == Phase.IDLE || phase == Phase.QUEUED;
            if (!waits || !queue.mayAsk(this) || engine.clock().now() < queue.yieldUntil()) {
                return false;
            }
            ask(Cause.WAKE_UP);
            return true;
        } finally {
            queue.unlock();
        }
    }

    /** Sends the attempt together with the holder's release, and answers what becomes of that. */
    CompletionStage<Boolean> takeOver(LockToken holder) {
        long sent = engine.clock().now();
        int number = attempts;
        LockStore.HandOver handOver = engine.releases().handOver(holder, handle);
        take(await(number, sent, handOver.answer().toCompletableFuture()));
        return handOver.released();
    }

    /** Withdraws the request. False if it had ended already. */
    boolean cancel() {
        return end(Outcome.WITHDRAWN, null);
    }

    void clientClosed() {
        end(Outcome.UNAVAILABLE, engine.closedException(handle.key()));
    }

    @Override
    void fire(long now) {
        Step step = Step.NONE;
        queue.lock();
        try {
            if (phase == Phase.DONE) {
                return;
            }
            if (now >= giveUpAt) {
                step = timedOut();
            } else if (phase == Phase.ASKING
                    && now - askedAt >= engine.settings().commandTimeoutNanos()) {
                handle.markAmbiguous();
                step = unanswered(now, engine.calls().timedOut());
            } else if (phase == Phase.IDLE && now >= pollAt) {
                step = ask(Cause.POLL);
            } else if (phase == Phase.IDLE && now >= retryAt) {
                step = ask(Cause.LEASE_END);
            }
            engine.timer().dueAt(this, nextDueLocked());
        } finally {
            queue.unlock();
        }
        take(step);
    }

    @Override
    int spread() {
        return handle.spread();
    }

    private boolean end(Outcome how, @Nullable Throwable why) {
        Step step;
        queue.lock();
        try {
            if (phase == Phase.DONE) {
                return false;
            }
            failure = why;
            step = failed(how);
        } finally {
            queue.unlock();
        }
        take(step);
        return true;
    }

    // --- steps, taken without the queue's lock

    private void take(Step first) {
        Step step = first;
        while (step == Step.ASK) {
            step = attempt();
        }
        if (step == Step.END) {
            ended();
        }
    }

    private Step attempt() {
        long sent = engine.clock().now();
        int number = attempts;
        // What is left of the wait: a store that keeps waiters forgets this one when nobody waits any more.
        boolean mayQueue = storeOrders && !request.retry().exhausted(0);
        Duration patience = mayQueue ? Duration.ofNanos(Math.max(1, giveUpAt - sent)) : Duration.ZERO;
        return await(number, sent, engine.ask(handle, patience));
    }

    private Step await(int number, long sent, CompletableFuture<Answer> answer) {
        if (answer.isDone()) {
            return onAnswer(number, sent, answer);
        }
        unanswered.add(answer);
        answer.whenComplete((value, error) -> {
            unanswered.remove(answer);
            take(onAnswer(number, sent, answer));
        });
        if (done.isDone()) {
            answer.cancel(false);
        }
        return Step.NONE;
    }

    private void ended() {
        engine.timer().remove(this);
        if (queueRetired) {
            engine.waiters().left(queue);
        }
        if (outcome != Outcome.ACQUIRED) {
            engine.giveUp(handle, mayTakeEffect, queuedAtStore);
        }
        engine.counters()
                .requested(handle.key(), outcome, contended, engine.clock().now() - started);
        done.complete(this);
        unanswered.forEach(answer -> answer.cancel(false));
        Acquisition next = promoted;
        if (next != null) {
            next.becameHead(outcome == Outcome.ACQUIRED, mayTakeEffect);
        }
    }

    /** The one before has left: with the lock, or without and perhaps with a wake-up that was meant for the head. */
    private void becameHead(boolean lockTaken, boolean wakeUpLost) {
        Step step = Step.NONE;
        queue.lock();
        try {
            if (phase == Phase.QUEUED && queue.mayAsk(this)) {
                phase = Phase.IDLE;
                if (storeOrders || wakeUpLost || (attempts == 0 && !lockTaken)) {
                    step = askNowOrAfterYield();
                } else {
                    // Whoever took the lock wakes this one when it lets go.
                    pollAt = engine.clock().now() + engine.pauseNanos(request.retry(), polls);
                    engine.timer().dueAt(this, nextDueLocked());
                }
            }
        } finally {
            queue.unlock();
        }
        take(step);
    }

    // --- transitions, guarded by the queue's lock

    private boolean mayStart() {
        if (queue.mayAsk(this)) {
            return true;
        }
        // A newcomer may try before the others, but not when these hold back for other instances, nor in vain.
        boolean worthTrying = engine.clock().now() >= queue.yieldUntil() && !queue.heldHere();
        return !headOnly && (worthTrying || request.retry().exhausted(0));
    }

    private Step onAnswer(int number, long sent, CompletableFuture<Answer> future) {
        Answer answer = null;
        Throwable error = null;
        try {
            answer = future.join();
        } catch (RuntimeException e) {
            error = StoreCalls.unwrapped(e);
        }
        queue.lock();
        try {
            if (phase == Phase.DONE) {
                return Step.NONE;
            }
            // An answer to an attempt that was given up for unanswered is still worth having if it is a lock.
            if (answer instanceof Answer.Granted granted) {
                long now = engine.clock().now();
                if (engine.granted(handle, sent, granted, now)) {
                    queue.answered(now - sent);
                    phase = Phase.DONE;
                    return left(Outcome.ACQUIRED);
                }
                error = new IllegalStateException(
                        "the lock store granted the lock, but its answer took longer than the lease");
            }
            if (number != attempts || phase != Phase.ASKING) {
                return Step.NONE;
            }
            long now = engine.clock().now();
            if (error != null) {
                if (!(error instanceof NotSentException)) {
                    handle.markAmbiguous();
                }
                return unanswered(now, error);
            }
            answered = true;
            failure = null;
            queue.answered(now - sent);
            if (answer instanceof Answer.Queued queued) {
                queuedAtStore = true;
                return held(now, queued.remaining(), SharedTimer.NEVER);
            }
            if (answer instanceof Answer.Held held) {
                queuedAtStore = false;
                return held(now, held.remaining(), now + held.remaining().toNanos() + ROUNDING);
            }
            failure = new IllegalStateException("the lock store refused the request's token");
            return failed(Outcome.UNAVAILABLE);
        } finally {
            queue.unlock();
        }
    }

    private Step unanswered(long now, Throwable why) {
        failure = why;
        queue.unanswered(why);
        return refused(now, SharedTimer.NEVER);
    }

    private Step timedOut() {
        boolean known = failure == null && (answered || attempts == 0);
        if (known && queuesHere && !queue.isAnswered()) {
            // Those before this one asked in its place, and the last of them wasn't answered.
            failure = queue.failure();
            known = false;
        }
        return failed(known ? Outcome.HELD : Outcome.UNAVAILABLE);
    }

    private Step held(long now, Duration remaining, long leaseEnd) {
        heldFor = remaining;
        contended |= attempts == 1;
        if (cause == Cause.WAKE_UP) {
            queue.foundTaken();
        }
        return refused(now, leaseEnd);
    }

    private Step refused(long now, long leaseEnd) {
        boolean ofStrategy = cause == Cause.START || cause == Cause.POLL;
        phase = Phase.IDLE;
        if (ofStrategy && request.retry().exhausted(polls)) {
            return failed(failure == null ? Outcome.HELD : Outcome.UNAVAILABLE);
        }
        if (!queue.mayAsk(this)) {
            woken = false;
            phase = Phase.QUEUED;
        } else {
            if (ofStrategy || pollAt == SharedTimer.NEVER) {
                pollAt = now + engine.pauseNanos(request.retry(), polls);
            }
            retryAt = leaseEnd;
            if (woken) {
                return askNowOrAfterYield();
            }
        }
        engine.timer().dueAt(this, nextDueLocked());
        return Step.NONE;
    }

    private Step askNowOrAfterYield() {
        woken = false;
        if (engine.clock().now() < queue.yieldUntil()) {
            retryAt = Math.min(retryAt, queue.yieldUntil());
            engine.timer().dueAt(this, nextDueLocked());
            return Step.NONE;
        }
        return ask(Cause.WAKE_UP);
    }

    private Step ask(Cause why) {
        cause = attempts == 0 ? Cause.START : why;
        if (cause == Cause.POLL) {
            polls++;
        }
        attempts++;
        askedAt = engine.clock().now();
        retryAt = SharedTimer.NEVER;
        phase = Phase.ASKING;
        engine.timer().dueAt(this, nextDueLocked());
        return Step.ASK;
    }

    private Step failed(Outcome how) {
        mayTakeEffect = phase == Phase.ASKING;
        phase = Phase.DONE;
        return left(how);
    }

    private Step left(Outcome how) {
        outcome = how;
        // A handle that has ended since its grant was read is announced by nobody any more.
        if (how == Outcome.ACQUIRED && handle.live()) {
            queue.taken(token());
        }
        boolean wasFirst = queue.first() == this;
        queueRetired = queue.leave(this);
        promoted = wasFirst ? queue.first() : null;
        return Step.END;
    }

    private long nextDueLocked() {
        return switch (phase) {
            case QUEUED -> giveUpAt;
            case IDLE -> Math.min(giveUpAt, Math.min(pollAt, retryAt));
            case ASKING -> Math.min(giveUpAt, askedAt + engine.settings().commandTimeoutNanos());
            case DONE -> SharedTimer.NEVER;
        };
    }

    // --- the result

    /** The handle; throws what else became of the request. Only after {@link #done}. */
    DefaultLockHandle result() {
        String key = handle.key();
        return switch (outcome) {
            case ACQUIRED -> handle;
            case HELD ->
                throw new LockNotAcquiredException(
                        key,
                        "is held by another owner and was not released within the wait: timeout " + request.timeout()
                                + ", " + attempts
                                + " attempts; wait longer, retry more often, or hold it for less time",
                        heldFor);
            case UNAVAILABLE ->
                throw failure instanceof LockUnavailableException closed
                        ? closed
                        : new LockUnavailableException(
                                key,
                                "could be neither acquired nor found taken: its store didn't answer; nothing is known"
                                        + " about it",
                                failure);
            case WITHDRAWN ->
                throw new LockNotAcquiredException(key, "was not acquired: the request was withdrawn", heldFor);
        };
    }
}
