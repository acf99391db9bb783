package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has another election where this node was elected and waits in vain for its first entry to be acknowledged. Ratis sends an
 * entry once, and again when it learns that it didn't come. Where the connection broke between an entry and its
 * acknowledgement, the next entry brings that; but a leader takes no next one before its first is agreed on, so nobody would
 * lead for as long as no third node is there.
 *
 * <p>Whether an acknowledgement is lost or late, by a slow disk, nobody can tell. So each time in a row is given twice the
 * patience of the one before, until somebody leads.
 */
final class LostAcknowledgements {

    private static final Logger log = LoggerFactory.getLogger(LostAcknowledgements.class);
    /** For as long Ratis itself waits for an answer. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(3);

    private static final int TIMEOUTS = 4;
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(5);

    private final Supplier<GroupRole> role;
    private final Supplier<Optional<Awaited>> awaited;
    private final Consumer<Awaited> startOver;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final long pause;
    private final long leastPatience;

    private @Nullable ScheduledFuture<?> looks;
    private @Nullable Awaited before;
    private long since;
    private long patience;

    /**
     * What a leader waits for.
     *
     * @param term in which it was elected
     * @param last the last entry of its log
     * @param matches up to which entry each of the others has acknowledged it
     */
    record Awaited(long term, long last, List<Long> matches) {}

    /**
     * @param awaited what this node waits for as a leader whose first entry isn't agreed on, though all of the log was sent
     * @param startOver gives leadership up
     */
    LostAcknowledgements(
            Supplier<GroupRole> role,
            Supplier<Optional<Awaited>> awaited,
            Consumer<Awaited> startOver,
            RaftSettings settings,
            TimeSource time,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.role = role;
        this.awaited = awaited;
        this.startOver = startOver;
        this.time = time;
        this.scheduler = scheduler;
        this.executor = executor;
        this.pause = settings.electionTimeoutMax().toNanos();
        this.leastPatience = Math.max(LEAST_PATIENCE.toNanos(), TIMEOUTS * pause);
        this.patience = leastPatience;
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
            GroupRole.Kind now = role.get().kind();
            if (now == GroupRole.Kind.ELECTING) {
                judge(awaited.get().orElse(null));
                return;
            }
            before = null;
            if (now != GroupRole.Kind.OUTSIDE) {
                patience = leastPatience;
            }
        } catch (Throwable e) {
            // Thrown on, it would end the looks for good: the scheduler repeats nothing that failed.
            log.debug("Couldn't look at what this node waits for; looking again later", e);
        }
    }

    private void judge(@Nullable Awaited now) {
        long at = time.nanoTime();
        if (now == null || !now.equals(before)) {
            before = now;
            since = at;
            return;
        }
        if (at - since < patience) {
            return;
        }
        log.warn(
                "Elected in term {}, this node has waited {} s for its first entry to be acknowledged; having another"
                        + " election",
                now.term(),
                TimeUnit.NANOSECONDS.toSeconds(at - since));
        CompletableFuture.runAsync(() -> startOver.accept(now), executor).exceptionally(error -> {
            log.debug("This node can't give leadership up, as it does when it is being closed", error);
            return null;
        });
        before = null;
        patience = Math.min(2 * patience, Math.max(MOST_PATIENCE.toNanos(), leastPatience));
    }
}
