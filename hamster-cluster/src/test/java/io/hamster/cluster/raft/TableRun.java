package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.raft.LockCommand.Renew.Lease;
import io.hamster.cluster.raft.LockCommand.Sent;
import io.hamster.cluster.raft.LockCommand.Wanted;
import io.hamster.cluster.raft.ReplicatedPart.Entry;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One copy of the table, and entries for it at table times that a test chooses. Durations are in milliseconds. */
final class TableRun implements LockTable.Watcher {

    /** How long after it was sent a command may be applied. */
    static final long MAX_AGE = 2000;

    static final long LEASE = 30_000;
    static final long PATIENCE = 60_000;
    static final long ONE = 1;
    static final long OTHER = 2;

    final LockTable table = new LockTable();
    final List<LockToken> offered = new ArrayList<>();
    private long now = millis(1_000_000);
    private long index;
    private long lastStamp;
    private long nextDue;

    TableRun() {
        table.watch(this);
    }

    static long millis(long millis) {
        return Duration.ofMillis(millis).toNanos();
    }

    static LockToken token(String client) {
        return new LockToken(client, 1);
    }

    void pass(long millis) {
        now += millis(millis);
    }

    /** Lets time pass while the process {@link #ONE} shows that it lives. */
    void passAlive(long millis) {
        for (long left = millis; left > 0; left -= 5000) {
            pass(Math.min(left, 5000));
            run(new LockCommand.KeepAlive());
        }
    }

    /** In how many milliseconds the table wants its next entry, or -1 if it wants none. */
    long dueIn() {
        return nextDue == Deadlines.NEVER ? -1 : Duration.ofNanos(nextDue - now).toMillis();
    }

    Sent sent(long session, LockCommand command) {
        lastStamp = Math.max(lastStamp + 1, now + millis(MAX_AGE));
        return new Sent(session, lastStamp, command);
    }

    LockReply apply(Sent sent) {
        return apply(sent.toBytes());
    }

    LockReply apply(byte[] command) {
        try {
            return LockReply.Timed.fromBytes(table.apply(new Entry(++index, 1, now, true), command))
                    .reply();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    LockReply run(LockCommand command) {
        return apply(sent(ONE, command));
    }

    void tick() {
        run(new LockCommand.Tick());
    }

    static LockCommand.Acquire acquire(String key, LockToken token, long patience) {
        return new LockCommand.Acquire(new Wanted(key, token, "owner", "node", millis(LEASE), millis(patience)));
    }

    Answer ask(LockToken token) {
        return ask(ONE, token, 0);
    }

    Answer ask(long session, LockToken token, long patience) {
        return answer(apply(sent(session, acquire("k", token, patience))));
    }

    static Answer answer(LockReply reply) {
        assertThat(reply).isInstanceOf(LockReply.Asked.class);
        return ((LockReply.Asked) reply).answer();
    }

    long granted(LockToken token) {
        Answer answer = ask(token);
        assertThat(answer).isInstanceOf(Answer.Granted.class);
        return ((Answer.Granted) answer).fence();
    }

    void queued(LockToken token) {
        queued(ONE, token, PATIENCE);
    }

    void queued(long session, LockToken token, long patience) {
        assertThat(ask(session, token, patience)).isInstanceOf(Answer.Queued.class);
    }

    boolean release(LockToken token) {
        return ((LockReply.Done) run(new LockCommand.Release("k", token, 0))).did();
    }

    /** What is left of the lease, in milliseconds. */
    static LockCommand.Renew renewal(LockToken token, long lease) {
        return new LockCommand.Renew(List.of(new Lease("k", token, millis(lease))));
    }

    long renewed(LockReply reply) {
        return Duration.ofNanos(((LockReply.Renewed) reply).remaining().get(0)).toMillis();
    }

    /** Whether nothing at all is remembered but the counters. */
    boolean isEmpty() {
        LockState state = table.state();
        return state.held.isEmpty()
                && state.lines.isEmpty()
                && state.sessions.isEmpty()
                && state.tombstones.isEmpty()
                && state.patience.size() == 0
                && state.leases.size() == 0
                && state.turns.size() == 0
                && state.signsOfLife.size() == 0
                && state.memories.size() == 0;
    }

    @Override
    public void applied(Entry entry, List<Offer> offers, long due) {
        offers.forEach(offer -> offered.add(offer.token()));
        nextDue = due;
    }

    @Override
    public void replaced(long due) {
        nextDue = due;
    }

    @Override
    public void leading(boolean here) {
        throw new AssertionError("Nobody said so");
    }
}
