package io.hamster.cluster.raft;

import io.hamster.cluster.raft.GroupLog.Part;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes an entry when a lease or an offer ends that somebody waits for, on the node that orders the entries; others wait
 * for it. Whether anything has ended is decided where the entry is applied: one that comes early is repeated, and one
 * that comes late finds that others have done its work. Thread-safe.
 */
final class TableTicker {

    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long PAUSE_AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(100);

    private final GroupLog log;
    private final TableClock clock;
    private final ScheduledExecutorService scheduler;
    private final Supplier<byte[]> tick;
    private final Duration timeout;

    private final ReentrantLock lock = new ReentrantLock();
    private boolean leading;
    private boolean closed;
    private long due = Deadlines.NEVER;
    private boolean inFlight;
    private @Nullable Future<?> alarm;
    private long alarmFor;

    /**
     * Makes a ticker that sleeps.
     *
     * @param tick makes the command
     * @param timeout after which one that wasn't answered is repeated
     */
    TableTicker(
            GroupLog log,
            TableClock clock,
            ScheduledExecutorService scheduler,
            Supplier<byte[]> tick,
            Duration timeout) {
        this.log = log;
        this.clock = clock;
        this.scheduler = scheduler;
        this.tick = tick;
        this.timeout = timeout;
    }

    /** Whether this node orders the entries. */
    void leading(boolean here) {
        lock.lock();
        try {
            leading = here;
            inFlight = false;
            silence();
            arrange();
        } finally {
            lock.unlock();
        }
    }

    /** At that table time an entry is needed. */
    void due(long at) {
        lock.lock();
        try {
            if (inFlight && at > due) {
                // Done, whether or not its answer comes.
                inFlight = false;
                silence();
            }
            due = at;
            if (!inFlight) {
                arrange();
            }
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            silence();
        } finally {
            lock.unlock();
        }
    }

    private void arrange() {
        if (!leading || due == Deadlines.NEVER || (alarm != null && alarmFor <= due)) {
            // An alarm that rings early sets the next.
            return;
        }
        alarmFor = due;
        ringIn(due - clock.now());
    }

    private void ringIn(long nanos) {
        silence();
        if (closed) {
            return;
        }
        try {
            alarm = scheduler.schedule(this::ring, Math.max(SHORTEST_PAUSE, nanos), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // This node is being shut down: the next one to order the entries ticks.
            closed = true;
        }
    }

    private void silence() {
        if (alarm != null) {
            alarm.cancel(false);
            alarm = null;
        }
    }

    private void ring() {
        lock.lock();
        try {
            alarm = null;
            if (!leading || closed) {
                return;
            }
            if (!inFlight && (due == Deadlines.NEVER || due > clock.now())) {
                arrange();
                return;
            }
            inFlight = true;
            // Should it never be answered.
            alarmFor = due;
            ringIn(timeout.toNanos());
        } finally {
            lock.unlock();
        }
        log.propose(Part.LOCKS, tick.get(), timeout).whenComplete((answer, failure) -> answered(failure == null));
    }

    private void answered(boolean applied) {
        lock.lock();
        try {
            if (!inFlight || !leading) {
                return;
            }
            inFlight = false;
            silence();
            if (applied) {
                arrange();
            } else {
                alarmFor = due;
                ringIn(PAUSE_AFTER_FAILURE);
            }
        } finally {
            lock.unlock();
        }
    }
}
