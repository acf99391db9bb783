package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import io.hamster.cluster.Elector;
import io.hamster.cluster.Standing;
import io.hamster.cluster.raft.LeadershipPart.Register;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads while this node orders the entries and its beats are agreed on. A beat's lease counts from before the beat was
 * proposed; the next leader waits it out from when it applied that beat, unless it was released or is this very process'.
 *
 * <p>What this node is follows from the group alone, looked at when something changes and every few milliseconds. All
 * state is under one lock, as are the reports.
 */
final class RaftElector implements Elector {

    private static final Logger log = LoggerFactory.getLogger(RaftElector.class);
    private static final int BEATS_PER_LEASE = 4;
    private static final int BEATS_AT_ONCE = 2;
    /** A hundredth of a lease is left for clocks that don't go equally fast. */
    private static final int DRIFT = 100;

    private static final long SUCCESSOR_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final String self;
    private final GroupSeat seat;
    private final LeadershipPart part;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Duration leaseTime;
    private final long lease;
    private final UUID process = UUID.randomUUID();
    private final ReentrantLock lock = new ReentrantLock();
    private volatile long heard;
    /** Happens when another leads, for one that resigns. */
    private volatile CompletableFuture<Void> successor = new CompletableFuture<>();

    private Consumer<Standing> reports = standing -> {};
    private @Nullable ScheduledFuture<?> looks;
    private volatile @Nullable Standing last;
    private long lastTerm;
    private boolean running;
    private boolean withdrawn;
    private boolean resigning;
    private Lead lead = new Lead(-1, 0);
    private long sequence;

    RaftElector(
            String self,
            GroupSeat seat,
            LeadershipPart part,
            RaftSettings settings,
            TimeSource time,
            ScheduledExecutorService scheduler) {
        this.self = self;
        this.seat = seat;
        this.part = part;
        this.time = time;
        this.scheduler = scheduler;
        this.leaseTime = settings.lease();
        this.lease = leaseTime.toNanos();
        seat.onChange(this::look);
        part.onAccepted(this::beatApplied);
    }

    /** This node's leading in one term; answers to beats of an earlier one are dropped. */
    private static final class Lead {

        private final long term;
        private final long from;
        private boolean confirmed;
        private boolean begun;
        private int underWay;
        private long lastBeat;

        private Lead(long term, long from) {
            this.term = term;
            this.from = from;
        }
    }

    @Override
    public void start(Consumer<Standing> to) {
        lock.lock();
        try {
            reports = to;
            running = true;
            withdrawn = false;
            resigning = false;
            last = null;
            lead = new Lead(-1, 0);
            long pause = Math.min(LONGEST_PAUSE, lease / (2 * BEATS_PER_LEASE));
            looks = scheduler.scheduleWithFixedDelay(this::look, 0, pause, TimeUnit.NANOSECONDS);
        } finally {
            lock.unlock();
        }
        seat.decline(false);
    }

    private void beatApplied() {
        heard = time.nanoTime();
        Register now = part.register().orElse(null);
        Standing before = last;
        boolean known = now != null
                && !now.released()
                && (now.isHeldBy(process) || new Standing.Following(now.term(), now.node()).equals(before));
        if (!known) {
            lookSoon(0);
        }
        if (hasSuccessor()) {
            successor.complete(null);
        }
    }

    private void lookSoon(long nanos) {
        try {
            scheduler.schedule(this::look, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            log.debug("{} doesn't look at the group while the scheduler ends", self, e);
        }
    }

    private void look() {
        lock.lock();
        try {
            if (!running) {
                return;
            }
            GroupRole role = seat.role();
            if (role.kind() == GroupRole.Kind.LEADER) {
                lead(role);
            } else {
                lead = new Lead(-1, 0);
                report(standing(role));
            }
        } catch (Throwable e) {
            // Thrown on, it would end the looks for good: the scheduler repeats nothing that failed.
            log.warn("{} couldn't look at the group and does so again", self, e);
        } finally {
            lock.unlock();
        }
    }

    private Standing standing(GroupRole role) {
        long term = Math.max(role.term(), lastTerm);
        String leader = role.leader();
        boolean confirmed = part.register()
                .filter(held -> held.term() == term && held.node().equals(leader) && !held.released())
                .isPresent();
        boolean fresh = time.nanoTime() - heard < 2 * lease;
        return leader != null && confirmed && fresh
                ? new Standing.Following(term, leader)
                : new Standing.Electing(term, role.kind() == GroupRole.Kind.ELECTING, isReleased());
    }

    /** Whether the last lease, as far as this node has it in its log, was given up. */
    private boolean isReleased() {
        return part.register().filter(LeadershipPart.Register::released).isPresent();
    }

    private void lead(GroupRole role) {
        if (lead.term != role.term()) {
            lead = new Lead(role.term(), endOfAnother());
        }
        if (resigning || withdrawn) {
            report(new Standing.Electing(lead.term, false));
            return;
        }
        if (!lead.confirmed) {
            report(new Standing.Electing(lead.term, true));
        }
        long now = time.nanoTime();
        long wait = lead.from - now;
        if (wait > 0) {
            lookSoon(wait);
            return;
        }
        boolean due = !lead.begun || now - lead.lastBeat >= lease / BEATS_PER_LEASE;
        if (now - lead.lastBeat >= lease) {
            // Answers may be lost; what is as old as the lease is of no use any more, nor in the way of the next.
            lead.underWay = 0;
        }
        if (due && lead.underWay < BEATS_AT_ONCE) {
            beat(lead);
        }
    }

    /** Other than the victory's, this moment doesn't move when one election is followed by another. */
    private long endOfAnother() {
        return part.held()
                .filter(held -> !held.register().released() && !held.register().isHeldBy(process))
                .map(held -> held.at() + held.register().lease())
                .orElseGet(time::nanoTime);
    }

    private void beat(Lead of) {
        of.begun = true;
        of.underWay++;
        byte[] beat = LeadershipPart.beat(next(of.term));
        long sent = time.nanoTime();
        of.lastBeat = sent;
        seat.propose(GroupLog.Part.LEADERSHIP, beat, leaseTime)
                .whenComplete((answer, error) -> answered(of, sent, answer, error));
    }

    private void answered(Lead of, long sent, byte @Nullable [] answer, @Nullable Throwable error) {
        lock.lock();
        try {
            of.underWay = Math.max(0, of.underWay - 1);
            if (!running || of != lead || resigning || withdrawn) {
                return;
            }
            if (answer != null && LeadershipPart.isAccepted(answer)) {
                of.confirmed = true;
                report(new Standing.Leading(of.term, sent + lease - lease / DRIFT));
            } else {
                log.debug("A beat of {} in term {} wasn't agreed on", self, of.term, error);
            }
        } finally {
            lock.unlock();
        }
    }

    private Register next(long term) {
        return new Register(self, process, term, ++sequence, lease, false);
    }

    private void report(Standing standing) {
        if (standing.term() < lastTerm) {
            return;
        }
        lastTerm = standing.term();
        if (!standing.equals(last)) {
            reports.accept(standing);
            // Not before: what couldn't be reported is reported by the next look.
            last = standing;
        }
    }

    @Override
    public CompletionStage<Void> resign(boolean workEnded, boolean forGood) {
        byte[] release;
        lock.lock();
        try {
            if (!running) {
                return CompletableFuture.completedFuture(null);
            }
            GroupRole role = seat.role();
            if (role.kind() != GroupRole.Kind.LEADER || role.term() != lead.term) {
                withdrawn |= forGood;
                if (forGood) {
                    seat.decline(true);
                }
                look();
                return CompletableFuture.completedFuture(null);
            }
            successor = new CompletableFuture<>();
            // Answers to beats that are under way must not revive the lease that is given up here.
            lead = new Lead(lead.term, lead.from);
            report(new Standing.Electing(lead.term, false));
            release = LeadershipPart.release(next(lead.term));
            // Last: what fails before this leaves a leader that didn't resign.
            resigning = true;
            withdrawn |= forGood;
        } finally {
            lock.unlock();
        }
        CompletableFuture<?> released = workEnded ? release(release) : CompletableFuture.completedFuture(null);
        return released.thenCompose(done -> seat.isAlone() ? CompletableFuture.completedFuture(null) : seat.handOver())
                .thenCompose(done -> forGood && workEnded ? awaitSuccessor() : CompletableFuture.completedFuture(null))
                .handle((done, error) -> handedOver(forGood, error));
    }

    /** Completes once the group has agreed, or won't; after a lease, which has ended by itself then, whatever comes. */
    private CompletableFuture<?> release(byte[] release) {
        CompletableFuture<byte[]> answered = new CompletableFuture<>();
        try {
            ScheduledFuture<?> limit = scheduler.schedule(() -> answered.cancel(false), lease, TimeUnit.NANOSECONDS);
            answered.whenComplete((answer, error) -> limit.cancel(false));
        } catch (Throwable e) {
            // Proposed all the same, or the next leader waits for the lease; whoever resigns waits only so long anyhow.
            log.debug("{} releases its lease without a limit to the wait for the answer", self, e);
        }
        try {
            seat.propose(GroupLog.Part.LEADERSHIP, release, leaseTime).whenComplete((answer, error) -> {
                if (error == null) {
                    answered.complete(answer);
                } else {
                    answered.completeExceptionally(error);
                }
            });
        } catch (Throwable e) {
            // Thrown on, it would leave this node resigning for good.
            answered.completeExceptionally(e);
        }
        return answered.handle((answer, error) -> {
            if (error != null) {
                log.debug("{} couldn't release its lease, which runs out", self, error);
            }
            return null;
        });
    }

    /** Whoever goes stays until the next one leads, whose first entries need a majority; but not for long. */
    private CompletionStage<Void> awaitSuccessor() {
        CompletableFuture<Void> awaited = successor;
        if (hasSuccessor() || seat.isAlone()) {
            awaited.complete(null);
        }
        try {
            scheduler.schedule(() -> awaited.complete(null), SUCCESSOR_NANOS, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            awaited.complete(null);
        }
        return awaited;
    }

    private boolean hasSuccessor() {
        return part.register()
                .filter(held -> !held.released() && !held.isHeldBy(process))
                .isPresent();
    }

    private @Nullable Void handedOver(boolean forGood, @Nullable Throwable error) {
        lock.lock();
        try {
            resigning = false;
            look();
        } finally {
            lock.unlock();
        }
        if (forGood) {
            seat.decline(true);
        } else if (error != null) {
            throw error instanceof CompletionException wrapped ? wrapped : new CompletionException(error);
        }
        return null;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (!running) {
                return;
            }
            running = false;
            reports = standing -> {};
            lead = new Lead(-1, 0);
            ScheduledFuture<?> pending = looks;
            if (pending != null) {
                pending.cancel(false);
            }
        } finally {
            lock.unlock();
        }
        seat.decline(true);
    }
}
