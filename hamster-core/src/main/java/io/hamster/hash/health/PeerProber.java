package io.hamster.hash.health;

import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerStats.PeerStats;
import io.hamster.hash.UnknownPeerException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Probes a picker's peers in rounds and declares a peer dead after some failures in a row, alive after some successes.
 * Only changes are declared: a peer that was declared dead by hand stays dead while its probes succeed, one that was
 * declared alive by hand is given as many failures again.
 *
 * <p>Rounds and probes run on the executor; the scheduler's threads never block. A probe that runs for twice its
 * timeout counts as failed and is interrupted; if it still doesn't end, its peer isn't probed again until it does, and
 * counts as failed each round. Thread-safe.
 */
public final class PeerProber implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PeerProber.class);

    private final PeerPicker picker;
    private final PeerHealthChecker checker;
    private final ProbeSettings settings;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;

    /**
     * Held from a verdict until the picker has been told, and while a round compares what the picker said with the
     * records: neither may see the other half done. Taken before {@link #lock}.
     */
    private final ReentrantLock telling = new ReentrantLock();

    /** How often it was let go of after a verdict: what the picker said before one isn't compared after it. */
    private final AtomicLong told = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();

    private final AtomicBoolean inRound = new AtomicBoolean();

    /** What follows is guarded by the lock. */
    private final Map<String, PeerRecord> records = new HashMap<>();

    /** What an earlier prober declared dead, until the first round has records of it. */
    private final Set<String> inherited;

    private final Queue<PeerRecord> waiting = new ArrayDeque<>();
    private int running;
    private boolean late;
    private @Nullable Future<?> rounds;
    private boolean closed;

    /**
     * Creates a prober, which does nothing before it is started.
     *
     * @param picker whose peers to probe
     * @param checker makes a probe
     * @param settings when, and what results mean
     * @param scheduler starts rounds and ends overdue probes; remains the caller's to shut down
     * @param executor runs rounds and probes, which may block; remains the caller's to shut down
     */
    public PeerProber(
            PeerPicker picker,
            PeerHealthChecker checker,
            ProbeSettings settings,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this(picker, checker, settings, scheduler, executor, Set.of());
    }

    /**
     * Creates a prober that takes over from an earlier one of the same picker, and does nothing before it is started.
     *
     * @param picker whose peers to probe
     * @param checker makes a probe
     * @param settings when, and what results mean
     * @param scheduler starts rounds and ends overdue probes; remains the caller's to shut down
     * @param executor runs rounds and probes, which may block; remains the caller's to shut down
     * @param declaredDead ids from {@link #declaredDead()} of the earlier one, once that was closed: those that are still
     *     dead are this one's to revive. Others that are dead were declared so by hand and stay so; ids of peers that the
     *     picker doesn't have are ignored
     */
    public PeerProber(
            PeerPicker picker,
            PeerHealthChecker checker,
            ProbeSettings settings,
            ScheduledExecutorService scheduler,
            Executor executor,
            Collection<String> declaredDead) {
        this.picker = picker;
        this.checker = checker;
        this.settings = settings;
        this.scheduler = scheduler;
        this.executor = executor;
        this.inherited = new HashSet<>(declaredDead);
    }

    /**
     * Begins with a round at once. Starting twice changes nothing.
     *
     * @throws IllegalStateException if this was closed
     */
    public void start() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The peer prober was closed; create another");
            }
            if (rounds == null) {
                // Not zero, so that no scheduler runs a round on this thread, under this lock.
                rounds = scheduler.scheduleWithFixedDelay(
                        this::roundOnExecutor, 1, settings.interval().toNanos(), TimeUnit.NANOSECONDS);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the rounds and interrupts the probes that run. When this returns, no status changes any more. */
    @Override
    public void close() {
        telling.lock();
        try {
            lock.lock();
            try {
                closed = true;
                waiting.clear();
                if (rounds != null) {
                    rounds.cancel(false);
                }
                for (PeerRecord known : records.values()) {
                    if (known.probe != null) {
                        known.probe.interrupt();
                    }
                }
            } finally {
                lock.unlock();
            }
        } finally {
            telling.unlock();
        }
    }

    /**
     * The peers that this declared dead and hasn't seen alive since. They stay dead in the picker when this is closed: give
     * them to the next prober, or nobody revives them.
     *
     * @return their ids; final once this is closed
     */
    public Set<String> declaredDead() {
        lock.lock();
        try {
            Set<String> dead = new HashSet<>(inherited);
            for (PeerRecord known : records.values()) {
                if (known.mayBeDead()) {
                    dead.add(known.peer.id());
                }
            }
            return Set.copyOf(dead);
        } finally {
            lock.unlock();
        }
    }

    /** The picker may be somebody who asks others. While it hasn't answered one round, there is no other. */
    private void roundOnExecutor() {
        if (!inRound.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(this::round);
        } catch (Throwable e) {
            // Thrown on, it would end the rounds for good.
            inRound.set(false);
            LOG.debug("No thread for a round of peer probes; the next is in {}", settings.interval(), e);
        }
    }

    private void round() {
        try {
            if (!isClosed()) {
                List<PeerRecord> stuck = enqueue();
                stuck.forEach(known -> judgeOnExecutor(known, "its last probe still hasn't ended"));
                startWaiting();
            }
        } catch (Throwable e) {
            if (isClosed()) {
                LOG.debug("The last round of peer probes failed", e);
            } else {
                LOG.warn("A round of peer probes failed; the next is in {}", settings.interval(), e);
            }
        } finally {
            inRound.set(false);
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private List<PeerRecord> enqueue() {
        long before = told.get();
        List<PeerStats> peers = picker.stats().perPeer();
        // While the picker is being told, its listener may take long. Peers are probed all the same; the next round
        // compares.
        boolean isQuiet = telling.tryLock();
        try {
            return enqueue(peers, isQuiet && told.get() == before);
        } finally {
            if (isQuiet) {
                telling.unlock();
            }
        }
    }

    private List<PeerRecord> enqueue(List<PeerStats> peers, boolean comparing) {
        List<PeerRecord> stuck = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        int unprobed = 0;
        boolean firstLate;
        lock.lock();
        try {
            if (closed) {
                // Whoever takes over has been told what this one knew.
                return stuck;
            }
            for (PeerStats stats : peers) {
                Peer peer = stats.peer();
                ids.add(peer.id());
                PeerRecord known =
                        records.computeIfAbsent(peer.id(), id -> new PeerRecord(peer, !inherited.contains(id)));
                known.update(peer, comparing && stats.alive());
                if (known.waiting) {
                    unprobed++;
                } else if (known.probe == null && !known.judged) {
                    known.waiting = true;
                    waiting.add(known);
                } else if (known.probe != null && known.probe.givenUp) {
                    stuck.add(known);
                }
            }
            records.keySet().retainAll(ids);
            inherited.clear();
            firstLate = unprobed > 0 && !late;
            late = unprobed > 0;
        } finally {
            lock.unlock();
        }
        if (firstLate) {
            LOG.warn(
                    "{} of {} peers still wait for their probe of the last round, so that deaths are noticed late. Raise the"
                            + " health check's concurrency ({}) or interval ({}), or lower its timeout ({})",
                    unprobed,
                    peers.size(),
                    settings.concurrency(),
                    settings.interval(),
                    settings.timeout());
        }
        return stuck;
    }

    private void startWaiting() {
        for (Probe probe = next(); probe != null; probe = next()) {
            try {
                executor.execute(probe);
            } catch (RejectedExecutionException | OutOfMemoryError e) {
                // The error is what a pool throws that gets no thread. No verdict: the peer has done nothing wrong. The
                // next round tries again.
                LOG.debug("No thread to probe peer {}", probe.peer.id(), e);
                probe.ended();
            }
        }
    }

    private @Nullable Probe next() {
        lock.lock();
        try {
            while (!closed && running < settings.concurrency()) {
                PeerRecord known = waiting.poll();
                if (known == null) {
                    return null;
                }
                known.waiting = false;
                if (records.get(known.peer.id()) == known) {
                    running++;
                    known.probe = new Probe(known);
                    return known.probe;
                }
            }
            return null;
        } finally {
            lock.unlock();
        }
    }

    /** Not from the timer's thread, nor in a round: neither is to wait while the picker is told of another verdict. */
    private void judgeOnExecutor(PeerRecord known, String reason) {
        try {
            executor.execute(() -> judge(known, false, reason));
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            LOG.debug("No thread to judge peer {}; the next round does", known.peer.id(), e);
        }
    }

    private void judge(PeerRecord known, boolean success, String reason) {
        if (!isVerdict(known, success)) {
            return;
        }
        telling.lock();
        try {
            if (changesSides(known, success)) {
                LOG.info("Peer {} is taken as {}: {}", known.peer.id(), success ? "alive" : "dead", reason);
                picker.updatePeerStatus(known.peer.id(), success);
            }
        } catch (UnknownPeerException e) {
            LOG.debug("Peer {} was removed while it was probed", known.peer.id());
        } catch (Throwable e) {
            LOG.warn("The picker could not be told of peer {}; its next probe has it told again", known.peer.id(), e);
            untold(known);
        } finally {
            told.incrementAndGet();
            telling.unlock();
        }
    }

    /** Counts a result that changes nothing, as most do. A verdict waits for its turn; its peer isn't probed meanwhile. */
    private boolean isVerdict(PeerRecord known, boolean success) {
        lock.lock();
        try {
            if (!isKnown(known) || known.judged) {
                return false;
            }
            known.judged = known.isVerdict(success, settings);
            return known.judged || known.count(success, settings);
        } finally {
            lock.unlock();
        }
    }

    private boolean changesSides(PeerRecord known, boolean success) {
        lock.lock();
        try {
            known.judged = false;
            return isKnown(known) && known.count(success, settings);
        } finally {
            lock.unlock();
        }
    }

    private boolean isKnown(PeerRecord known) {
        return !closed && records.get(known.peer.id()) == known;
    }

    private void untold(PeerRecord known) {
        lock.lock();
        try {
            known.untold();
        } finally {
            lock.unlock();
        }
    }

    /** One probe, from its start until its thread has returned. */
    final class Probe implements Runnable {

        private final PeerRecord known;
        private final Peer peer;

        /** What follows is guarded by the lock. */
        private @Nullable Thread thread;

        private @Nullable Future<?> overdue;
        private boolean interrupted;
        private boolean givenUp;
        private boolean done;

        private Probe(PeerRecord known) {
            this.known = known;
            this.peer = known.peer;
        }

        @Override
        public void run() {
            if (!begin()) {
                ended();
                return;
            }
            boolean success = false;
            String reason = "its probes succeed";
            boolean counts;
            try {
                success = checker.isAlive(peer, settings.timeout());
                if (!success) {
                    reason = "its probes are answered in the negative";
                }
            } catch (Throwable e) {
                reason = e.toString();
                LOG.debug("A probe of peer {} failed", peer.id(), e);
            } finally {
                counts = ended();
            }
            if (counts) {
                judge(known, success, reason);
            }
            startWaiting();
        }

        private boolean begin() {
            lock.lock();
            try {
                if (closed) {
                    return false;
                }
                thread = Thread.currentThread();
                overdue =
                        scheduler.schedule(this::giveUp, 2 * settings.timeout().toNanos(), TimeUnit.NANOSECONDS);
                return true;
            } catch (RejectedExecutionException e) {
                LOG.debug("No scheduler to watch the probe of peer {}", peer.id(), e);
                return false;
            } finally {
                lock.unlock();
            }
        }

        /** Frees this probe's place; whether its result counts. */
        private boolean ended() {
            lock.lock();
            try {
                boolean counts = !givenUp && !closed;
                if (!done) {
                    done = true;
                    known.probe = null;
                    running -= givenUp ? 0 : 1;
                }
                if (overdue != null) {
                    overdue.cancel(false);
                }
                if (interrupted) {
                    // The interrupt was meant for the probe, not for what this thread does next.
                    Thread.interrupted();
                }
                thread = null;
                return counts;
            } finally {
                lock.unlock();
            }
        }

        private void giveUp() {
            lock.lock();
            try {
                if (done || closed) {
                    return;
                }
                givenUp = true;
                running--;
                interrupt();
            } finally {
                lock.unlock();
            }
            judgeOnExecutor(known, "its probes take too long");
            startWaiting();
        }

        /** Under the lock, so that the interrupt can't hit what the thread does after the probe. */
        private void interrupt() {
            if (thread != null) {
                interrupted = true;
                thread.interrupt();
            }
        }
    }
}
