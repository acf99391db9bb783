package io.hamster.cluster;

import io.hamster.TimeSource;
import io.hamster.cluster.ClusterEvent.StopMaster.Cause;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Turns what the elector reports into roles, events and situations. Every transition happens under one lock, which is
 * never held while foreign code runs; readers take the volatile {@link Role}.
 */
final class RoleMachine {

    private static final Logger log = LoggerFactory.getLogger(RoleMachine.class);
    private static final long NEVER = TimeUnit.DAYS.toNanos(36_500);

    private final String self;
    private final TimeSource time;
    private final Threads threads;
    private final Audience audience;
    private final Level change;
    private final Level loss;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile Role role = Role.off(0);
    /** What the elector said last; what counts while leadership is handed over is that this node doesn't lead. */
    private Standing latest = new Standing.Electing(0, false);

    private boolean handingOver;
    private boolean withdrawn;
    private Runnable stopWatching = () -> {};

    RoleMachine(String self, TimeSource time, Threads threads, Audience audience, boolean quiet) {
        this.self = self;
        this.time = time;
        this.threads = threads;
        this.audience = audience;
        this.change = quiet ? Level.DEBUG : Level.INFO;
        this.loss = quiet ? Level.DEBUG : Level.WARN;
    }

    /** Where this node stands; immutable but for the leadership, which ends by itself. */
    record Role(
            Kind kind,
            long term,
            @Nullable String leader,
            boolean candidate,
            @Nullable Leadership leadership) {

        enum Kind {
            OFF,
            ELECTING,
            LEADING,
            FOLLOWING
        }

        static Role off(long term) {
            return new Role(Kind.OFF, term, null, false, null);
        }

        Optional<Leadership> current() {
            return Optional.ofNullable(leadership).filter(Leadership::isCurrent);
        }

        boolean leads() {
            Leadership held = leadership;
            return held != null && held.isCurrent();
        }

        Optional<String> leaderName() {
            return kind == Kind.LEADING && !leads() ? Optional.empty() : Optional.ofNullable(leader);
        }

        /** A leader whose lease has run out is electing from that moment, noticed or not. */
        boolean electing() {
            return kind == Kind.ELECTING || (kind == Kind.LEADING && !leads());
        }
    }

    Role role() {
        return role;
    }

    void start() {
        lock.lock();
        try {
            handingOver = false;
            withdrawn = false;
            latest = new Standing.Electing(role.term(), false);
            audience.emit(new ClusterEvent.StartUp(time.instant(), role.term()));
            electing(role.term(), false, Cause.DEPOSED);
        } finally {
            lock.unlock();
        }
        audience.kick();
    }

    void report(Standing standing) {
        lock.lock();
        try {
            if (role.kind() == Role.Kind.OFF) {
                return;
            }
            if (standing.term() < latest.term()) {
                log.warn("The elector went back from term {} to {}; ignored", latest.term(), standing);
                return;
            }
            latest = standing;
            apply(standing);
        } finally {
            lock.unlock();
        }
        audience.kick();
    }

    /** Stops leading until {@link #handedOver}; true if this node led. */
    boolean handOver(boolean forGood) {
        boolean led;
        lock.lock();
        try {
            if (role.kind() == Role.Kind.OFF) {
                return false;
            }
            withdrawn |= forGood;
            led = role.leads();
            handingOver = led;
            if (role.kind() == Role.Kind.LEADING) {
                electing(role.term(), false, led ? Cause.RESIGNED : Cause.LEASE_EXPIRED);
            }
        } finally {
            lock.unlock();
        }
        audience.kick();
        return led;
    }

    /** The elector has handed leadership over, or couldn't: what it says counts again. */
    void handedOver() {
        lock.lock();
        try {
            handingOver = false;
            if (role.kind() != Role.Kind.OFF) {
                apply(latest);
            }
        } finally {
            lock.unlock();
        }
        audience.kick();
    }

    /** Takes no more part; true if this node led. */
    boolean stop() {
        boolean led;
        lock.lock();
        try {
            led = role.leads();
            stopLeading(Cause.CLOSED);
            role = Role.off(role.term());
            audience.tell(new Situation.Nothing());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        audience.kick();
        return led;
    }

    void closed() {
        audience.emit(new ClusterEvent.Close(time.instant(), role.term()));
        audience.kick();
    }

    /** Wakes those who wait in {@link #await}, to look again. */
    void lookAgain() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean await(BooleanSupplier condition, Duration timeout) {
        lock.lock();
        try {
            long left = TimeUnit.NANOSECONDS.convert(timeout);
            while (!condition.getAsBoolean()) {
                if (left <= 0 || role.kind() == Role.Kind.OFF) {
                    return false;
                }
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterInterruptedException("a leader", e);
        } finally {
            lock.unlock();
        }
    }

    private void apply(Standing standing) {
        long term = standing.term();
        if (standing instanceof Standing.Leading leading) {
            if (handingOver || withdrawn) {
                electing(term, false, Cause.RESIGNED);
                return;
            }
            Leadership held = role.leadership();
            if (held != null && held.term() == term) {
                if (held.extend(leading.deadline())) {
                    return;
                }
                electing(term, false, Cause.LEASE_EXPIRED);
            }
            Leadership won = new Leadership(term, leading.deadline(), time);
            if (won.isCurrent()) {
                leading(won);
            } else {
                electing(term, false, Cause.LEASE_EXPIRED);
            }
        } else if (standing instanceof Standing.Following following
                && !following.leader().equals(self)) {
            following(term, following.leader());
        } else {
            Standing.Electing electing = standing instanceof Standing.Electing known ? known : null;
            boolean candidate = electing != null && electing.candidate();
            electing(term, candidate, Cause.DEPOSED, electing != null && electing.resigned());
        }
    }

    private void leading(Leadership won) {
        stopLeading(Cause.DEPOSED);
        finishElection(won.term(), self);
        role = new Role(Role.Kind.LEADING, won.term(), self, false, won);
        log.atLevel(change).log("{} leads in term {}", self, won.term());
        audience.emit(new ClusterEvent.SignMaster(time.instant(), won.term()));
        audience.tell(new Situation.Leads(won));
        changed.signalAll();
        watch(won);
    }

    private void following(long term, String leader) {
        if (role.kind() == Role.Kind.FOLLOWING && role.term() == term && leader.equals(role.leader())) {
            return;
        }
        stopLeading(Cause.DEPOSED);
        finishElection(term, leader);
        role = new Role(Role.Kind.FOLLOWING, term, leader, false, null);
        log.atLevel(change).log("{} follows {} in term {}", self, leader, term);
        audience.emit(new ClusterEvent.SignFollower(time.instant(), term, leader));
        audience.tell(new Situation.Follows(leader, term));
        changed.signalAll();
    }

    private void electing(long term, boolean candidate, Cause cause) {
        electing(term, candidate, cause, false);
    }

    /** @param resigned whether the leader that this node followed has handed over, which is no loss */
    private void electing(long term, boolean candidate, Cause cause, boolean resigned) {
        Role before = role;
        stopLeading(cause);
        role = new Role(Role.Kind.ELECTING, term, null, candidate, null);
        String lost = before.leader();
        if (before.kind() == Role.Kind.FOLLOWING && lost != null) {
            log.atLevel(resigned ? change : loss)
                    .log(
                            resigned
                                    ? "{} follows {} of term {} no longer, which has resigned"
                                    : "{} has lost its leader {} of term {}",
                            self,
                            lost,
                            before.term());
            audience.emit(new ClusterEvent.ReleaseMaster(time.instant(), before.term(), lost));
            audience.tell(new Situation.Released());
        }
        if (before.kind() != Role.Kind.ELECTING) {
            audience.emit(new ClusterEvent.ElectionStart(time.instant(), term));
        }
    }

    private void stopLeading(Cause cause) {
        Leadership held = role.leadership();
        if (held == null) {
            return;
        }
        Cause why = held.isCurrent() ? cause : Cause.LEASE_EXPIRED;
        held.end();
        stopWatching.run();
        role = new Role(role.kind(), role.term(), null, false, null);
        boolean asked = why == Cause.RESIGNED || why == Cause.CLOSED;
        log.atLevel(asked ? change : loss).log("{} no longer leads in term {}: {}", self, held.term(), why);
        audience.emit(new ClusterEvent.StopMaster(time.instant(), held.term(), why));
        audience.tell(new Situation.Nothing());
    }

    private void finishElection(long term, String leader) {
        if (role.kind() != Role.Kind.ELECTING) {
            audience.emit(new ClusterEvent.ElectionStart(time.instant(), term));
        }
        audience.emit(new ClusterEvent.ElectionFinish(time.instant(), term, leader));
    }

    /** Notices that a lease has run out: one timer, set anew as often as it finds the lease extended. */
    private void watch(Leadership leadership) {
        long left = leadership.remaining();
        if (left >= NEVER) {
            return;
        }
        try {
            // Never due at once: the task must not run inside this transition.
            stopWatching = threads.schedule(() -> lookAt(leadership), Duration.ofNanos(Math.max(left, 1)));
        } catch (RejectedExecutionException e) {
            log.error(
                    "No scheduler: isLeader() of {} will turn false in time, but its trackers won't be told", self, e);
        }
    }

    private void lookAt(Leadership leadership) {
        lock.lock();
        try {
            if (role.leadership() != leadership) {
                return;
            }
            if (leadership.isCurrent()) {
                watch(leadership);
            } else {
                electing(role.term(), false, Cause.LEASE_EXPIRED);
            }
        } finally {
            lock.unlock();
        }
        audience.kick();
    }
}
