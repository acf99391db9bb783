package io.hamster.cluster;

import io.hamster.InvalidExpirationException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats the work of {@link Caller}s for as long as this node has the role that it belongs to: the first run at once,
 * the next a fixed delay after the last has ended. Each run is preceded by a look at leadership. When the role is lost or
 * the cluster closes, the run under way is interrupted and waited for, up to the stop timeout. Callers don't wait for
 * each other's runs.
 *
 * <p>Thread-safe. It takes effect from {@link #start} on, or once it has been added to its cluster.
 */
public final class DefaultJobTracker implements JobTracker, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DefaultJobTracker.class);

    private final String name;
    private final Cluster cluster;
    private final Duration stopTimeout;
    private final Threads threads;
    private final List<CallerLoop> loops;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean stopped;

    /** Whether the last run that may still be under way is a leader's. */
    private volatile boolean led;

    /**
     * Creates a tracker with threads of its own, from its first run until {@link #stop}.
     *
     * @param interval from the end of a run to the begin of the next; at least 1 ms
     * @param cluster the cluster to follow
     * @param callers the work
     */
    public DefaultJobTracker(Duration interval, Cluster cluster, Caller... callers) {
        this(builder(interval, cluster, callers));
    }

    private DefaultJobTracker(Builder from) {
        this.name = from.name;
        this.cluster = from.cluster;
        this.stopTimeout = from.stopTimeout;
        this.threads = new Threads("hamster-" + name, from.scheduler, from.executor);
        this.loops = from.callers.stream()
                .map(caller -> new CallerLoop(caller, from.interval, threads))
                .toList();
    }

    /**
     * Begins a tracker.
     *
     * @param interval from the end of a run to the begin of the next; at least 1 ms
     * @param cluster the cluster to follow
     * @param callers the work
     * @return a builder
     */
    public static Builder builder(Duration interval, Cluster cluster, Caller... callers) {
        return new Builder(interval, cluster, List.of(callers));
    }

    /** Adds this tracker to its cluster. */
    public void start() {
        lock.lock();
        try {
            stopped = false;
        } finally {
            lock.unlock();
        }
        cluster.addJobTracker(this);
    }

    /** Removes this tracker from its cluster and ends its runs, bounded by the stop timeout. */
    public void stop() {
        lock.lock();
        try {
            stopped = true;
        } finally {
            lock.unlock();
        }
        cluster.removeJobTracker(this);
        endRuns();
        threads.close();
    }

    /** The same as {@link #stop}. */
    @Override
    public void close() {
        stop();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void onStartedLeading(long term) {
        endRuns();
        led = true;
        tell(caller -> caller.onStartedLeading(term));
        Optional<Leadership> current = cluster.leadership().filter(held -> held.term() == term);
        current.ifPresent(leadership -> begin(caller ->
                new CallerLoop.Round(leadership::isCurrent, () -> !leadership.isCurrent(), caller::masterCall)));
    }

    @Override
    public void onStoppedLeading() {
        endRuns();
        tell(Caller::onStoppedLeading);
    }

    @Override
    public boolean hasStopped() {
        return !led || loops.stream().noneMatch(CallerLoop::isRunning);
    }

    /** Whether this is called by a run of a follower's. */
    boolean isFollowersRun() {
        return !led && loops.stream().anyMatch(CallerLoop::isRunningHere);
    }

    @Override
    public void onNewLeader(String leader) {
        endRuns();
        led = false;
        tell(caller -> caller.onNewLeader(leader));
        begin(caller -> new CallerLoop.Round(
                () -> cluster.isFollower()
                        && cluster.leader()
                                .map(Node::name)
                                .filter(leader::equals)
                                .isPresent(),
                cluster::isClosed,
                () -> caller.slaverCall(leader)));
    }

    @Override
    public void onReleaseMaster() {
        endRuns();
        tell(Caller::onReleaseMaster);
    }

    private void begin(Function<Caller, CallerLoop.Round> round) {
        lock.lock();
        try {
            if (stopped) {
                return;
            }
            threads.open();
            loops.forEach(loop -> loop.begin(round.apply(loop.caller())));
        } finally {
            lock.unlock();
        }
    }

    void endRuns() {
        loops.forEach(CallerLoop::cancel);
        long deadline = CallerLoop.deadline(stopTimeout);
        boolean interrupted = false;
        for (CallerLoop loop : loops) {
            try {
                if (!loop.awaitEnd(CallerLoop.remaining(deadline))) {
                    log.warn(
                            "{}: a run of {} goes on {} after it was interrupted{}",
                            name,
                            loop.caller(),
                            stopTimeout,
                            led ? "; it may overlap with the next leader" : "");
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(Consumer<Caller> callback) {
        for (CallerLoop loop : loops) {
            try {
                callback.accept(loop.caller());
            } catch (Throwable e) {
                log.warn("{}: a callback of {} failed; it counts as told", name, loop.caller(), e);
            }
        }
    }

    /** Builds a tracker; checks each value at once. Not thread-safe. */
    public static final class Builder {

        private final Duration interval;
        private final Cluster cluster;
        private final List<Caller> callers;
        private String name;
        private Duration stopTimeout = Duration.ofSeconds(5);
        private @Nullable ScheduledExecutorService scheduler;
        private @Nullable Executor executor;

        private Builder(Duration interval, Cluster cluster, List<Caller> callers) {
            if (interval.compareTo(Duration.ofMillis(1)) < 0) {
                throw new InvalidExpirationException("interval is " + interval + "; give at least 1 ms");
            }
            if (callers.isEmpty()) {
                throw new ClusterConfigurationException("A DefaultJobTracker needs at least one caller");
            }
            this.interval = interval;
            this.cluster = cluster;
            this.callers = callers;
            this.name = ClassNames.of(callers.get(0).getClass());
        }

        /**
         * Sets the name for logs and threads.
         *
         * @param value the name; by default the class of the first caller
         * @return this builder
         */
        public Builder name(String value) {
            this.name = value;
            return this;
        }

        /**
         * Sets how long a run that was interrupted is waited for. Should be shorter than the cluster's stop timeout.
         *
         * @param value not negative; 5 s by default
         * @return this builder
         */
        public Builder stopTimeout(Duration value) {
            if (value.isNegative()) {
                throw new InvalidExpirationException("stopTimeout is " + value + "; give zero or more");
            }
            this.stopTimeout = value;
            return this;
        }

        /**
         * Sets what times the runs.
         *
         * @param value the scheduler; one of its own by default
         * @return this builder
         */
        public Builder scheduler(ScheduledExecutorService value) {
            this.scheduler = value;
            return this;
        }

        /**
         * Sets what the runs run on.
         *
         * @param value the executor, with a thread for each caller; one of its own by default
         * @return this builder
         */
        public Builder executor(Executor value) {
            this.executor = value;
            return this;
        }

        /**
         * Builds the tracker, which is yet to be started.
         *
         * @return the tracker
         */
        public DefaultJobTracker build() {
            return new DefaultJobTracker(this);
        }
    }
}
