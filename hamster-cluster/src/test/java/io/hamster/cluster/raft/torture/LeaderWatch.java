package io.hamster.cluster.raft.torture;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Leadership;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A thread that looks again and again whether this node leads, and logs what it saw. */
final class LeaderWatch implements AutoCloseable {

    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Cluster cluster;
    private final LeaderLog log;
    private final Thread thread = new Thread(this::watch, "leader-watch");
    private volatile boolean ended;

    LeaderWatch(Cluster cluster, LeaderLog log) {
        this.cluster = cluster;
        this.log = log;
    }

    void start() {
        thread.start();
    }

    private void watch() {
        long number = 0;
        while (!ended) {
            Optional<Leadership> leadership = cluster.leadership();
            if (leadership.isPresent()) {
                follow(leadership.get(), ++number);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    /** Current at some moment of each look, so at all times between the first and the last. */
    private void follow(Leadership leadership, long number) {
        long from = 0;
        while (!ended) {
            long before = System.nanoTime();
            boolean leads = leadership.isCurrent();
            long after = System.nanoTime();
            if (!leads) {
                return;
            }
            if (from == 0) {
                from = after;
            } else if (before > from) {
                log.led(number, leadership.term(), from, before);
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
