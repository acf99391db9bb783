package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has another election where this node was elected and waits in vain for its first entry to be acknowledged. Ratis
 * sends an entry once, and again when it learns that it didn't come. Where the connection broke between an entry and
 * its acknowledgement, the next entry brings that; but a leader takes no next one before its first is agreed on, so
 * nobody would lead for as long as no third node is there.
 *
 * <p>Whether an acknowledgement is lost or late, by another's slow disk, nobody can tell. So each time in a row is
 * given twice the patience of the one before, until a leader's entries are agreed on.
 */
final class LostAcknowledgements {

    private static final Logger log = LoggerFactory.getLogger(LostAcknowledgements.class);
    /** For as long as Ratis itself waits for an answer. */
    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(3);

    private static final int TIMEOUTS = 4;
    private static final Duration MOST_PATIENCE = Duration.ofMinutes(5);

    private final Node node;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final long pause;
    private final long leastPatience;

    private @Nullable ScheduledFuture<?> looks;

    /**
     * What a leader waits for.
     *
     * @param term in which it was elected
     * @param last the last entry of its log
     * @param matches up to which entry each of the others has acknowledged it
     */
    record Awaited(long term, long last, List<Long> matches) {}

    /** This node's Raft. May wait for the disk. */
    interface Node {

        /** What it waits for as a leader whose first entry isn't agreed on, though it is on its disk and was sent. */
        Optional<Awaited> awaited();

        /** Whether an entry of the present term is agreed on. */
        boolean hasAgreed();

        /** Gives leadership up if it still waits for that. */
        void startOver(Awaited inVain);
    }

    LostAcknowledgements(
            Node node, RaftSettings settings, TimeSource time, ScheduledExecutorService scheduler, Executor executor) {
        this.node = node;
        this.time = time;
        this.scheduler = scheduler;
        this.executor = executor;
        this.pause = settings.electionTimeoutMax().toNanos();
        this.leastPatience = Math.max(LEAST_PATIENCE.toNanos(), TIMEOUTS * pause);
    }

    /** Not while it is started already. */
    void start() {
        looks = scheduler.scheduleWithFixedDelay(new Watch(), pause, pause, TimeUnit.NANOSECONDS);
    }

    void stop() {
        ScheduledFuture<?> pending = looks;
        looks = null;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    /** From a start to a stop. One look at a time, so its state needs no lock. */
    private final class Watch implements Runnable {

        private final AtomicBoolean goesOn = new AtomicBoolean();
        private @Nullable Awaited before;
        private long since;
        private long patience = leastPatience;

        @Override
        public void run() {
            if (!goesOn.compareAndSet(false, true)) {
                return;
            }
            try {
                executor.execute(this::look);
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                goesOn.set(false);
                log.debug("Nobody looks at what this node waits for while the executor takes no work", e);
            }
        }

        private void look() {
            try {
                judge(node.awaited().orElse(null));
            } catch (RuntimeException e) {
                // Ratis throws if the node is deposed meanwhile.
                log.debug("Couldn't look at what this node waits for; looking again later", e);
            } finally {
                goesOn.set(false);
            }
        }

        private void judge(@Nullable Awaited now) {
            if (now == null && patience > leastPatience && node.hasAgreed()) {
                patience = leastPatience;
            }
            if (now == null || !now.equals(before)) {
                before = now;
                since = time.nanoTime();
            } else if (time.nanoTime() - since >= patience) {
                node.startOver(now);
                before = null;
                patience = Math.min(2 * patience, MOST_PATIENCE.toNanos());
            }
        }
    }
}
