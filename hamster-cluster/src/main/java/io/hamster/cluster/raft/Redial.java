package io.hamster.cluster.raft;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has connections to the other voters made anew for as long as this node finds no leader. gRPC tries a voter that was away
 * again after pauses that grow to two minutes, which Ratis shortens only where a leader waits for it: two nodes of which
 * the one that may be elected couldn't ask the other would have no leader until then.
 */
final class Redial {

    private static final Logger log = LoggerFactory.getLogger(Redial.class);
    /** An election takes a few, and a call for votes must not be cut off every time. */
    private static final int TIMEOUTS = 4;

    private final Supplier<GroupRole> role;
    private final ScheduledExecutorService scheduler;
    private final long pause;
    private final Runnable reconnect;
    private final Executor executor;
    /** Takes its time: seconds for each voter that doesn't answer. */
    private final AtomicBoolean goesOn = new AtomicBoolean();

    private @Nullable ScheduledFuture<?> looks;
    private boolean wasElecting;

    Redial(
            Supplier<GroupRole> role,
            Runnable reconnect,
            RaftSettings settings,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.role = role;
        this.scheduler = scheduler;
        this.pause = settings.electionTimeoutMax().multipliedBy(TIMEOUTS).toNanos();
        this.reconnect = reconnect;
        this.executor = executor;
    }

    /** Not while it is started already. */
    void start() {
        looks = scheduler.scheduleWithFixedDelay(this::look, pause, pause, TimeUnit.NANOSECONDS);
    }

    void stop() {
        ScheduledFuture<?> pending = looks;
        looks = null;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private void look() {
        try {
            boolean electing = role.get().kind() == GroupRole.Kind.ELECTING;
            if (electing && wasElecting && goesOn.compareAndSet(false, true)) {
                redial();
            }
            wasElecting = electing;
        } catch (Throwable e) {
            // Thrown on, it would end the looks for good: the scheduler repeats nothing that failed.
            log.warn("Couldn't look for a leader; looking again later", e);
        }
    }

    private void redial() {
        try {
            executor.execute(() -> {
                try {
                    reconnect.run();
                } finally {
                    goesOn.set(false);
                }
            });
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            goesOn.set(false);
            throw e;
        }
    }
}
