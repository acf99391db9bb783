package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.JobTracker;
import io.hamster.cluster.Leadership;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls of {@code @LeaderOnly} methods that run. Each belongs to the leadership it began under and is interrupted
 * when that is over; leadership is handed over once they have ended, or too late.
 *
 * <p>A call may come between the moment that this node leads and the moment that its trackers are told. It waits for the
 * latter, which is near: only a leadership whose start was told gets a stop.
 */
final class LeaderWork implements JobTracker {

    private static final Logger logger = LoggerFactory.getLogger(LeaderWork.class);
    private static final long NEARNESS = TimeUnit.SECONDS.toNanos(1);

    private final Cluster cluster;
    private final Duration stopTimeout;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Call> calls = new ArrayList<>();
    private @Nullable Leadership told;

    LeaderWork(Cluster cluster, Duration stopTimeout) {
        this.cluster = cluster;
        this.stopTimeout = stopTimeout;
    }

    /** Begins a call on this thread; empty if this node doesn't lead. To be closed on the same thread. */
    Optional<Call> begin(String method) {
        Leadership leadership = cluster.leadership().orElse(null);
        if (leadership == null) {
            return Optional.empty();
        }
        lock.lock();
        try {
            long left = NEARNESS;
            while (told != leadership && leadership.isCurrent() && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (told != leadership || !leadership.isCurrent()) {
                return Optional.empty();
            }
            Call call = new Call(method, Thread.currentThread());
            calls.add(call);
            return Optional.of(call);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String name() {
        return "@LeaderOnly";
    }

    @Override
    public void onStartedLeading(long term) {
        lock.lock();
        try {
            told = cluster.leadership().filter(held -> held.term() == term).orElse(null);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onStoppedLeading() {
        lock.lock();
        try {
            told = null;
            calls.forEach(Call::interrupt);
            long left = stopTimeout.toNanos();
            while (!calls.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (!calls.isEmpty()) {
                logger.warn(
                        "@LeaderOnly: {} still run {} after they were interrupted; they may overlap with the next leader",
                        calls,
                        stopTimeout);
            }
            lock.unlock();
        }
    }

    @Override
    public boolean hasStopped() {
        lock.lock();
        try {
            return calls.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** A call that runs. */
    final class Call implements AutoCloseable {

        private final String method;
        private final Thread thread;
        private boolean interrupted;

        private Call(String method, Thread thread) {
            this.method = method;
            this.thread = thread;
        }

        private void interrupt() {
            interrupted = true;
            thread.interrupt();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                calls.remove(this);
                // The interrupt was for this call and the ones around it, not for what the thread does next.
                if (interrupted && calls.stream().noneMatch(other -> other.thread == thread)) {
                    Thread.interrupted();
                }
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public String toString() {
            return method;
        }
    }
}
