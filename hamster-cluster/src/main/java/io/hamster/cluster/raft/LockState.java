package io.hamster.cluster.raft;

import static java.util.Objects.requireNonNull;

import io.hamster.cluster.raft.LockCommand.Renew.Lease;
import io.hamster.cluster.raft.LockCommand.Wanted;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Who holds what, who waits for it, and what is remembered of requests that have ended. All maps keep the order in which
 * they were filled, so that two nodes with the same past write the same snapshot. For one thread.
 *
 * <p>Between commands nothing is there that has ended, and a lock for which somebody waits is either held or on offer to
 * the first in its line.
 */
final class LockState {

    /** How long a free lock is kept for the one whose turn it is: some round trips. */
    static final long OFFER = TimeUnit.MILLISECONDS.toNanos(500);

    /** After that long without a command a process counts as dead, and nobody of it waits any more. */
    static final long SESSION = TimeUnit.SECONDS.toNanos(10);

    static final int MAX_LOCKS = 1_000_000;
    static final int MAX_WAITERS = 100_000;
    static final int MAX_WAITERS_PER_KEY = 10_000;
    static final int MAX_TOMBSTONES = 200_000;

    final Map<String, Holding> held = new LinkedHashMap<>();
    final Map<String, Line> lines = new LinkedHashMap<>();
    final Map<Long, Session> sessions = new LinkedHashMap<>();
    final Map<LockToken, Tombstone> tombstones = new LinkedHashMap<>();

    final Deadlines<Holding> leases = new Deadlines<>();
    final Deadlines<Line> turns = new Deadlines<>();
    final Deadlines<Waiter> patience = new Deadlines<>();
    final Deadlines<Session> signsOfLife = new Deadlines<>();
    final Deadlines<Tombstone> memories = new Deadlines<>();

    long lastFence;
    long lastSerial;

    /** Commands with no higher stamp are refused where they could do harm: a tombstone was dropped before its time. */
    long lateUpTo = Long.MIN_VALUE;

    private final Set<String> touched = new LinkedHashSet<>();
    private List<Offer> offers = new ArrayList<>();
    private long now = Long.MIN_VALUE;
    private long index;

    /** Lets time pass until an entry, and ends what has ended. */
    void advance(long time, long entryIndex) {
        now = time;
        index = entryIndex;
        // Waiters before offers, so that nothing is offered to one who is gone.
        for (Session dead; (dead = signsOfLife.pollDue(now)) != null; ) {
            List.copyOf(dead.waiters).forEach(this::drop);
        }
        for (Waiter impatient; (impatient = patience.pollDue(now)) != null; ) {
            drop(impatient);
        }
        for (Tombstone old; (old = memories.pollDue(now)) != null; ) {
            tombstones.remove(old.token);
        }
        for (Holding expired; (expired = leases.pollDue(now)) != null; ) {
            end(expired);
        }
        for (Line due; (due = turns.pollDue(now)) != null; ) {
            if (due.offered) {
                // Had its chance.
                drop(due.first());
            }
            touched.add(due.key);
        }
        settle();
    }

    long now() {
        return now;
    }

    /** The offers that were made since the last call. */
    List<Offer> takeOffers() {
        List<Offer> taken = offers;
        if (!taken.isEmpty()) {
            offers = new ArrayList<>();
        }
        return taken;
    }

    /** Whether a command came so late that its sender may have given it up and what was to refuse it was forgotten. */
    boolean isLate(long stamp) {
        return now > stamp || stamp <= lateUpTo;
    }

    /** A sign of life; true if anybody of that process waits. */
    boolean alive(long sessionId) {
        Session session = sessions.get(sessionId);
        if (session == null) {
            return false;
        }
        signsOfLife.move(session, now + SESSION);
        return true;
    }

    /** Asks for a lock; null if there are too many locks or waiters. */
    @Nullable
    Answer acquire(Wanted wanted, long sessionId, long stamp) {
        LockToken token = wanted.token();
        if (isBuried(token, stamp)) {
            return new Answer.Refused();
        }
        Holding holding = held.get(wanted.key());
        if (holding != null && holding.token.equals(token)) {
            holding.stamp = Math.max(holding.stamp, stamp);
            return new Answer.Granted(holding.fence(), left(holding.dueAt()));
        }
        Line line = lines.get(wanted.key());
        if (holding == null && (line == null || line.first().token.equals(token))) {
            return held.size() < MAX_LOCKS ? grant(wanted, stamp) : null;
        }
        // A line is due when the lease is, or its offer.
        Duration remaining =
                left(line != null ? line.dueAt() : requireNonNull(holding).dueAt());
        if (wanted.patience() == 0) {
            return new Answer.Held(remaining);
        }
        return join(wanted, sessionId) ? new Answer.Queued(remaining) : null;
    }

    /** Lets a lock go and grants it to the next, whoever waits; null if there are too many locks or waiters. */
    LockReply.@Nullable HandedOver handOver(LockToken holder, Wanted next, long sessionId, long stamp) {
        Holding holding = held.get(next.key());
        if (holding != null && holding.token.equals(holder) && !isBuried(next.token(), stamp)) {
            end(holding);
            bury(holder, Long.MIN_VALUE, stamp);
            return new LockReply.HandedOver(true, grant(next, stamp));
        }
        boolean released = release(next.key(), holder, 0, stamp);
        Answer answer = acquire(next, sessionId, stamp);
        return answer == null ? null : new LockReply.HandedOver(released, answer);
    }

    /** Extends or shortens a lease; what is left of it then, or 0 if it isn't the token's. */
    long renew(Lease lease, long stamp) {
        Holding holding = held.get(lease.key());
        if (holding == null || !holding.token.equals(lease.token())) {
            return 0;
        }
        // One that was overtaken by a later command of its sender, or comes twice, must not cut what that one gave.
        if (stamp > holding.stamp) {
            holding.stamp = stamp;
            leases.move(holding, now + lease.lease());
            Line line = lines.get(lease.key());
            if (line != null) {
                turns.move(line, holding.dueAt());
            }
        }
        return holding.dueAt() - now;
    }

    /** Gives up what a token has or may get; whether it held the lock. */
    boolean release(String key, LockToken token, long tombstone, long stamp) {
        bury(token, tombstone > 0 ? now + tombstone : Long.MIN_VALUE, stamp);
        Holding holding = held.get(key);
        boolean holds = false;
        if (holding != null && holding.token.equals(token)) {
            holds = true;
            end(holding);
        }
        Line line = lines.get(key);
        Waiter waiter = line == null ? null : line.get(token);
        if (waiter != null) {
            drop(waiter);
        }
        settle();
        return holds;
    }

    /** Takes a lock away, once for each command; whether anybody held it. */
    boolean forceRelease(String key, long sessionId, long stamp) {
        // Of a second copy the next holder would be the victim.
        LockToken command = new LockToken(Long.toHexString(sessionId), stamp);
        Holding holding = held.get(key);
        if (holding == null || tombstones.containsKey(command)) {
            return false;
        }
        bury(command, Long.MIN_VALUE, stamp);
        end(holding);
        settle();
        return true;
    }

    /** When something must be done for those who wait, or else swept; {@link Deadlines#NEVER} if there is nothing. */
    long nextDue(long sweepAfter) {
        long sweep = Math.min(
                Math.min(leases.earliest(), patience.earliest()),
                Math.min(signsOfLife.earliest(), memories.earliest()));
        return sweep == Deadlines.NEVER ? turns.earliest() : Math.min(turns.earliest(), sweep + sweepAfter);
    }

    private boolean isBuried(LockToken token, long stamp) {
        Tombstone tombstone = tombstones.get(token);
        return tombstone != null && (tombstone.refusedUntil > now || stamp <= tombstone.stamp);
    }

    private Answer grant(Wanted wanted, long stamp) {
        Line line = lines.get(wanted.key());
        Waiter waiter = line == null ? null : line.get(wanted.token());
        if (waiter != null) {
            drop(waiter);
        }
        Holding holding = new Holding(
                wanted.key(), wanted.token(), wanted.owner(), ++lastFence, now, stamp, now + wanted.lease());
        held.put(holding.key, holding);
        leases.add(holding);
        touched.add(holding.key);
        settle();
        return new Answer.Granted(holding.fence(), left(holding.dueAt()));
    }

    private boolean join(Wanted wanted, long sessionId) {
        Line line = lines.get(wanted.key());
        Waiter waiter = line == null ? null : line.get(wanted.token());
        if (waiter != null) {
            patience.move(waiter, now + wanted.patience());
            return true;
        }
        if (patience.size() >= MAX_WAITERS || (line != null && line.waiters().size() >= MAX_WAITERS_PER_KEY)) {
            return false;
        }
        if (line == null) {
            line = new Line(wanted.key(), ++lastSerial, Deadlines.NEVER);
            lines.put(line.key, line);
        }
        Session session = sessions.get(sessionId);
        if (session == null) {
            session = new Session(sessionId, wanted.node(), ++lastSerial, now + SESSION);
            sessions.put(sessionId, session);
            signsOfLife.add(session);
        }
        waiter = new Waiter(line, wanted.token(), session, ++lastSerial, now + wanted.patience());
        line.join(waiter);
        session.waiters.add(waiter);
        patience.add(waiter);
        touched.add(line.key);
        settle();
        return true;
    }

    /** Takes a waiter out; {@link #settle} must follow. */
    private void drop(Waiter waiter) {
        waiter.line.remove(waiter);
        patience.remove(waiter);
        waiter.session.waiters.remove(waiter);
        if (waiter.session.waiters.isEmpty()) {
            sessions.remove(waiter.session.id);
            signsOfLife.remove(waiter.session);
        }
        touched.add(waiter.line.key);
    }

    /** Takes a lock from its holder; {@link #settle} must follow. */
    private void end(Holding holding) {
        held.remove(holding.key);
        leases.remove(holding);
        bury(holding.token, Long.MIN_VALUE, holding.stamp);
        touched.add(holding.key);
    }

    /** Remembers that a request has ended, for as long as commands stamped before may still be applied. */
    private void bury(LockToken token, long refusedUntil, long stamp) {
        long until = Math.max(refusedUntil, stamp + 1);
        if (until <= now) {
            return;
        }
        Tombstone tombstone = tombstones.get(token);
        if (tombstone != null) {
            tombstone.refusedUntil = Math.max(tombstone.refusedUntil, refusedUntil);
            tombstone.stamp = Math.max(tombstone.stamp, stamp);
            memories.move(tombstone, Math.max(tombstone.dueAt(), until));
            return;
        }
        tombstone = new Tombstone(token, ++lastSerial, refusedUntil, stamp, until);
        tombstones.put(token, tombstone);
        memories.add(tombstone);
        if (tombstones.size() > MAX_TOMBSTONES) {
            Tombstone dropped = memories.first();
            memories.remove(dropped);
            tombstones.remove(dropped.token);
            lateUpTo = Math.max(lateUpTo, dropped.stamp);
        }
    }

    /** Offers locks that became free to the first in their lines, and drops lines in which nobody is left. */
    private void settle() {
        for (String key : touched) {
            Line line = lines.get(key);
            if (line == null) {
                continue;
            }
            Holding holding = held.get(key);
            if (line.isEmpty()) {
                lines.remove(key);
                turns.remove(line);
            } else if (holding != null) {
                line.offered = false;
                turns.move(line, holding.dueAt());
            } else if (!line.offered) {
                offer(line);
            }
        }
        touched.clear();
    }

    private void offer(Line line) {
        Waiter first = line.first();
        line.offered = true;
        turns.move(line, Math.min(now + OFFER, first.dueAt()));
        offers.add(new Offer(first.session.id, first.session.node, index, line.key, first.token));
    }

    private Duration left(long until) {
        return Duration.ofNanos(until - now);
    }
}
