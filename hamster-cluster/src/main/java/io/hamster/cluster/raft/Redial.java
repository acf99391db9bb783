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
 * the one that may be elected couldn't ask the other would have no leader until then. And where one term lasts that long
 * without a leader, has a node that was elected in it start over.
 */
final class Redial {

    private static final Logger log = LoggerFactory.getLogger(Redial.class);
    /** An election takes a few, and a call for votes must not be cut off every time. */
    private static final int TIMEOUTS = 4;

    private final Supplier<GroupRole> role;
    private final ScheduledExecutorService scheduler;
    private final long pause;
    private final Runnable reconnect;
    private final Runnable startOver;
    private final Executor executor;
    /** Takes its time: seconds for each voter that doesn't answer. */
    private final AtomicBoolean goesOn = new AtomicBoolean();

    private @Nullable ScheduledFuture<?> looks;
    private GroupRole before = GroupRole.OUTSIDE;

    Redial(
            Supplier<GroupRole> role,
            Runnable reconnect,
            Runnable startOver,
            RaftSettings settings,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.role = role;
        this.scheduler = scheduler;
        this.pause = settings.electionTimeoutMax().multipliedBy(TIMEOUTS).toNanos();
        this.reconnect = reconnect;
        this.startOver = startOver;
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
            GroupRole now = role.get();
            if (isElecting(now) && isElecting(before) && goesOn.compareAndSet(false, true)) {
                redial(now.term() == before.term());
            }
            before = now;
        } catch (Throwable e) {
            // Thrown on, it would end the looks for good: the scheduler repeats nothing that failed.
            log.warn("Couldn't look for a leader; looking again later", e);
        }
    }

    private static boolean isElecting(GroupRole role) {
        return role.kind() == GroupRole.Kind.ELECTING;
    }

    private void redial(boolean inSameTerm) {
        try {
            executor.execute(() -> {
                try {
                    reconnect.run();
                    if (inSameTerm) {
                        startOver.run();
                    }
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
