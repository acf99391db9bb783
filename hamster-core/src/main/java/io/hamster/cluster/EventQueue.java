package io.hamster.cluster;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The serial, bounded queue of one listener. */
final class EventQueue {

    static final int LIMIT = 1000;

    private static final Logger log = LoggerFactory.getLogger(EventQueue.class);

    private final ClusterListener listener;
    private final Threads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<ClusterEvent> events = new ArrayDeque<>();
    private CompletableFuture<Void> idle = CompletableFuture.completedFuture(null);
    /** Whether somebody drains, or has been asked to. */
    private boolean busy;

    private boolean draining;
    private boolean dropping;

    EventQueue(ClusterListener listener, Threads threads) {
        this.listener = listener;
        this.threads = threads;
    }

    ClusterListener listener() {
        return listener;
    }

    /** Takes an event; {@link #kick} delivers it. */
    void add(ClusterEvent event) {
        lock.lock();
        try {
            if (events.size() < LIMIT) {
                events.add(event);
                dropping = false;
            } else if (!dropping) {
                dropping = true;
                log.warn(
                        "Cluster listener {} is {} events behind; it misses the newest until it catches up",
                        listener.getClass().getName(),
                        LIMIT);
            }
        } finally {
            lock.unlock();
        }
    }

    void kick() {
        lock.lock();
        try {
            if (busy || events.isEmpty()) {
                return;
            }
            busy = true;
            if (idle.isDone()) {
                idle = new CompletableFuture<>();
            }
        } finally {
            lock.unlock();
        }
        try {
            threads.run(this::drain);
        } catch (Throwable e) {
            log.warn(
                    "There is no thread for cluster listener {}; it is told with the next event",
                    listener.getClass().getName(),
                    e);
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

    /** Completes once every event so far has been delivered. */
    CompletableFuture<Void> idle() {
        lock.lock();
        try {
            return idle;
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        if (!enter()) {
            return;
        }
        for (ClusterEvent event = next(); event != null; event = next()) {
            try {
                listener.onEvent(event);
            } catch (Throwable e) {
                log.warn("Cluster listener {} failed on {}", listener.getClass().getName(), event, e);
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

    private @Nullable ClusterEvent next() {
        CompletableFuture<Void> done;
        lock.lock();
        try {
            ClusterEvent event = events.poll();
            if (event != null) {
                return event;
            }
            busy = false;
            draining = false;
            done = idle;
            // Who is asked to drain from now on must have one of its own, not that which completes below.
            idle = CompletableFuture.completedFuture(null);
        } finally {
            lock.unlock();
        }
        done.complete(null);
        return null;
    }
}
