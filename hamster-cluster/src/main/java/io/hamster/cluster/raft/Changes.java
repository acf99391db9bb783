package io.hamster.cluster.raft;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes on that something changed, off Ratis' threads, and gives leadership away while this node declines it. */
final class Changes {

    private static final Logger log = LoggerFactory.getLogger(Changes.class);

    private final GroupSeat seat;
    private final Duration pause;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean pending = new AtomicBoolean();
    private final AtomicBoolean handingOver = new AtomicBoolean();
    private volatile boolean declines;

    Changes(GroupSeat seat, RaftSettings settings, ScheduledExecutorService scheduler, Executor executor) {
        this.seat = seat;
        this.pause = settings.electionTimeoutMax();
        this.scheduler = scheduler;
        this.executor = executor;
    }

    void add(Runnable listener) {
        listeners.add(listener);
    }

    void decline(boolean now) {
        declines = now;
        happened();
    }

    void happened() {
        if (!pending.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> {
                pending.set(false);
                listeners.forEach(Runnable::run);
                giveAway();
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            pending.set(false);
            log.debug("Nobody is told of a change while the executor takes no work", e);
        }
    }

    private void giveAway() {
        if (!declines
                || seat.role().kind() != GroupRole.Kind.LEADER
                || seat.isAlone()
                || !handingOver.compareAndSet(false, true)) {
            return;
        }
        seat.handOver().whenComplete((done, error) -> {
            handingOver.set(false);
            if (error != null) {
                again();
            }
        });
    }

    private void again() {
        try {
            scheduler.schedule(this::happened, pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("Leadership isn't given away while the scheduler ends", e);
        }
    }
}
