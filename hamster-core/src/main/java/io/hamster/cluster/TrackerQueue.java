package io.hamster.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The serial queue of one tracker. It holds no list of calls but the latest {@link Situation} and what the tracker was
 * told last, and makes the calls that lead from one to the other: so it is bounded, a stop always precedes the next
 * start, and what is out of date is never told.
 */
final class TrackerQueue {

    private static final Logger log = LoggerFactory.getLogger(TrackerQueue.class);

    private final JobTracker tracker;
    private final Threads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<CompletableFuture<Void>> awaitingIdle = new ArrayList<>();
    private Situation target = new Situation.Nothing();
    private Situation told = target;
    /** The leadership of which the tracker was told, until it has been told that it is over. */
    private @Nullable Leadership started;

    /** Whether somebody drains, or has been asked to. */
    private boolean busy;

    private boolean draining;
    private boolean starting;
    private @Nullable Thread runner;

    TrackerQueue(JobTracker tracker, Threads threads) {
        this.tracker = tracker;
        this.threads = threads;
    }

    JobTracker tracker() {
        return tracker;
    }

    /** The tracker's name for logs; what fails to name itself must not end what is logged. */
    String name() {
        try {
            return tracker.name();
        } catch (Throwable e) {
            log.debug("A job tracker failed to name itself; its class stands for it", e);
            return tracker.getClass().getName();
        }
    }

    /** Takes the latest situation. Calls nothing, so that it may be used under the cluster's lock: {@link #kick} does. */
    void set(Situation situation) {
        lock.lock();
        try {
            target = situation;
            if (starting && !isTarget(started)) {
                interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Sees to it that the tracker is told what it hasn't been told yet. */
    void kick() {
        lock.lock();
        try {
            if (busy || isUpToDate()) {
                return;
            }
            busy = true;
        } finally {
            lock.unlock();
        }
        try {
            threads.run(this::drain);
        } catch (Throwable e) {
            log.warn("There is no thread for job tracker {}; it is told with the next change", name(), e);
            notBusy();
        }
    }

    private void notBusy() {
        lock.lock();
        try {
            busy = draining;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Completes once no call is due or running.
     *
     * @param orOwn whether the call that this runs in, if any, isn't to be waited for, nor one that waits for the
     *     follower's run that this runs in: who closes the cluster from there would wait for itself
     */
    CompletableFuture<Void> idle(boolean orOwn) {
        boolean own = orOwn && tracker instanceof DefaultJobTracker repeating && repeating.isFollowersRun();
        lock.lock();
        try {
            if ((!busy && isUpToDate()) || own || (orOwn && runner == Thread.currentThread())) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> idle = new CompletableFuture<>();
            awaitingIdle.add(idle);
            return idle;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the tracker says that its work as a leader has ended. */
    boolean hasStopped() {
        try {
            return tracker.hasStopped();
        } catch (Throwable e) {
            log.warn("Job tracker {} failed; it counts as not stopped", name(), e);
            return false;
        }
    }

    /** Interrupts the call that runs, if any. */
    void interrupt() {
        lock.lock();
        try {
            if (runner != null) {
                runner.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        if (!enter()) {
            return;
        }
        for (Runnable call = next(); call != null; call = next()) {
            try {
                call.run();
            } catch (Throwable e) {
                log.warn("Job tracker {} failed; it counts as told", name(), e);
            }
        }
    }

    /** A scheduler that had no thread for this may have kept it all the same, and run it beside a later one. */
    private boolean enter() {
        lock.lock();
        try {
            boolean first = !draining;
            draining = true;
            busy = true;
            return first;
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Runnable next() {
        List<CompletableFuture<Void>> idle;
        lock.lock();
        try {
            if (runner != null) {
                // An interrupt was meant for the call that has just ended, not for the next or for the pool.
                Thread.interrupted();
            }
            starting = false;
            Runnable call = due();
            if (call != null) {
                runner = Thread.currentThread();
                return call;
            }
            runner = null;
            busy = false;
            draining = false;
            idle = List.copyOf(awaitingIdle);
            awaitingIdle.clear();
        } finally {
            lock.unlock();
        }
        idle.forEach(waiting -> waiting.complete(null));
        return null;
    }

    private @Nullable Runnable due() {
        if (started != null && !isTarget(started)) {
            started = null;
            // So that the same leadership, told anew to a tracker that was removed and added again, is a start again.
            told = new Situation.Nothing();
            return tracker::onStoppedLeading;
        }
        Situation before = told;
        told = target;
        if (target.equals(before)) {
            return null;
        }
        if (target instanceof Situation.Leads leads) {
            Leadership leadership = leads.leadership();
            if (!leadership.isCurrent()) {
                // Its end is about to be noticed and will bring another situation.
                return null;
            }
            started = leadership;
            starting = true;
            return () -> tracker.onStartedLeading(leadership.term());
        }
        if (target instanceof Situation.Follows follows) {
            return () -> tracker.onNewLeader(follows.leader());
        }
        if (!(before instanceof Situation.Follows)) {
            // A tracker that never heard of the leader needn't hear of its loss.
            return null;
        }
        if (target instanceof Situation.Released) {
            return tracker::onReleaseMaster;
        }
        // It lost no leader: the cluster closes, the tracker was removed, or it was too busy as a follower's to hear of
        // a short leadership, which is over. Only its runs have to end.
        return tracker instanceof DefaultJobTracker repeating ? repeating::endRuns : null;
    }

    private boolean isUpToDate() {
        return target.equals(told) && (started == null || isTarget(started));
    }

    private boolean isTarget(@Nullable Leadership leadership) {
        return target instanceof Situation.Leads leads && leads.leadership() == leadership;
    }
}
