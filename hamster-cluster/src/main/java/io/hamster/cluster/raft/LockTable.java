package io.hamster.cluster.raft;

import io.hamster.cluster.raft.LockCommand.Renew.Lease;
import io.hamster.cluster.raft.LockCommand.Sent;
import io.hamster.lock.LockStore.Answer;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of the whole group, as one part of the state that all its nodes hold alike. Grants, renewals, releases and
 * looks at them are entries; time is the entries' own.
 *
 * <p>A lock that becomes free while somebody waits is <em>offered</em>: kept for a moment for the first in line, whose
 * process is told by the {@link Watcher} and takes it by asking again. Its lease begins with the entry that does so.
 * Whoever asks meanwhile waits behind. An offer that isn't taken goes to the next; who missed it has lost its place.
 *
 * <p>A place in line ends with its patience, and with its process if nothing is heard of that for
 * {@link LockState#SESSION}. Held locks don't: they run out.
 *
 * <p>Fences come from one counter for all keys, so nothing is remembered of a key that nobody holds or waits for.
 */
final class LockTable implements ReplicatedPart {

    private static final Logger log = LoggerFactory.getLogger(LockTable.class);

    /** A stamp that lies further ahead isn't of this table's time, and nothing is to be remembered for so long. */
    static final long FURTHEST_STAMP = TimeUnit.HOURS.toNanos(1);

    /** For how long what has ended may stay in memory while no entry comes in. */
    private static final long SWEEP_AFTER = TimeUnit.MINUTES.toNanos(1);

    private volatile Watcher watcher = new Unwatched();
    private LockState state = new LockState();

    /** Told what is no state. Quick, never throws and, while it is called, applies nothing. */
    interface Watcher {

        /**
         * An entry was applied.
         *
         * @param offers the offers that it made
         * @param nextDue the table time at which an entry is needed, or {@link Deadlines#NEVER}
         */
        void applied(Entry entry, List<Offer> offers, long nextDue);

        /** The state was replaced by another, and what led to that was not seen. */
        void replaced(long nextDue);

        /** Whether this node now orders the entries. */
        void leading(boolean here);
    }

    /** Says who is told, before there are entries. */
    void watch(Watcher told) {
        watcher = told;
    }

    @Override
    public void requireKnown(byte[] command) throws UnknownFormatException {
        LockCommand.requireKnown(command);
    }

    @Override
    public byte[] apply(Entry entry, byte[] command) {
        state.advance(entry.time(), entry.index());
        LockReply reply = reply(command);
        List<Offer> offers = state.takeOffers();
        long nextDue = state.nextDue(SWEEP_AFTER);
        tell(() -> watcher.applied(entry, offers, nextDue));
        return new LockReply.Timed(entry.time(), reply).toBytes();
    }

    /** What the watcher does isn't state: thrown on, an error of it would end Raft on this node for good. */
    private static void tell(Runnable news) {
        try {
            news.run();
        } catch (Throwable e) {
            log.error("This node wasn't told of a change of the locks, whose waiters ask again by themselves", e);
        }
    }

    private LockReply reply(byte[] command) {
        Sent sent;
        try {
            sent = Sent.fromBytes(command);
        } catch (IOException | IllegalArgumentException e) {
            return new LockReply.Malformed();
        }
        if (sent.stamp() > state.now() + FURTHEST_STAMP) {
            return late();
        }
        boolean waits = state.alive(sent.session());
        return reply(sent.command(), sent.session(), sent.stamp(), waits);
    }

    private LockReply reply(LockCommand command, long session, long stamp, boolean waits) {
        if (command instanceof LockCommand.Acquire acquire) {
            if (state.isLate(stamp)) {
                return late();
            }
            Answer answer = state.acquire(acquire.wanted(), session, stamp);
            return answer == null ? full() : new LockReply.Asked(answer);
        }
        if (command instanceof LockCommand.HandOver handOver) {
            LockReply answer =
                    state.isLate(stamp) ? late() : state.handOver(handOver.holder(), handOver.next(), session, stamp);
            return answer == null ? full() : answer;
        }
        if (command instanceof LockCommand.Renew renew) {
            List<Long> remaining = new ArrayList<>(renew.leases().size());
            for (Lease lease : renew.leases()) {
                remaining.add(state.renew(lease, stamp));
            }
            return new LockReply.Renewed(remaining);
        }
        if (command instanceof LockCommand.Release release) {
            return new LockReply.Done(state.release(release.key(), release.token(), release.tombstone(), stamp));
        }
        if (command instanceof LockCommand.ForceRelease force) {
            return state.isLate(stamp) ? late() : new LockReply.Done(state.forceRelease(force.key(), session, stamp));
        }
        if (command instanceof LockCommand.Status status) {
            Holding holding = state.held.get(status.key());
            return new LockReply.Held(holding == null ? List.of() : List.of(described(holding)));
        }
        if (command instanceof LockCommand.ListHeld list) {
            return listed(list);
        }
        return new LockReply.Done(waits);
    }

    private LockReply listed(LockCommand.ListHeld list) {
        List<LockReply.Held.Lock> locks = new ArrayList<>();
        // In the order in which they were granted, so of their fences.
        for (Holding holding : state.held.values()) {
            if (locks.size() == list.limit()) {
                break;
            }
            if (holding.fence() > list.afterFence()) {
                locks.add(described(holding));
            }
        }
        return new LockReply.Held(locks);
    }

    private LockReply.Held.Lock described(Holding holding) {
        return new LockReply.Held.Lock(
                holding.key,
                holding.owner,
                holding.fence(),
                state.now() - holding.acquiredAt,
                holding.dueAt() - state.now());
    }

    private LockReply late() {
        return new LockReply.Late(Math.max(state.now(), state.lateUpTo));
    }

    private static LockReply full() {
        return new LockReply.Full("at most " + LockState.MAX_LOCKS + " locks, " + LockState.MAX_WAITERS
                + " waiters and " + LockState.MAX_WAITERS_PER_KEY + " of them for one key");
    }

    @Override
    public void writeTo(DataOutput out) throws IOException {
        LockSnapshot.write(state, out);
    }

    @Override
    public void readFrom(DataInput in) throws IOException {
        state = LockSnapshot.read(in);
        tell(() -> watcher.replaced(state.nextDue(SWEEP_AFTER)));
    }

    @Override
    public void reset() {
        state = new LockState();
        tell(() -> watcher.replaced(Deadlines.NEVER));
    }

    @Override
    public void leading(boolean here, long term) {
        watcher.leading(here);
    }

    LockState state() {
        return state;
    }

    /** Tells nobody. */
    private static final class Unwatched implements Watcher {

        @Override
        public void applied(Entry entry, List<Offer> offers, long nextDue) {}

        @Override
        public void replaced(long nextDue) {}

        @Override
        public void leading(boolean here) {}
    }
}
