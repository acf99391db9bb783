package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * The lock table in a snapshot: counters, held locks, sessions, lines with their waiters, tombstones, each in the order
 * in which it was filled. Equal states have equal snapshots.
 */
final class LockSnapshot {

    private static final byte VERSION = 1;

    private LockSnapshot() {}

    static void write(LockState state, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(state.lastFence);
        out.writeLong(state.lastSerial);
        out.writeLong(state.lateUpTo);
        out.writeInt(state.held.size());
        for (Holding holding : state.held.values()) {
            out.writeUTF(holding.key);
            LockBytes.writeToken(out, holding.token);
            out.writeUTF(holding.owner);
            out.writeLong(holding.fence());
            out.writeLong(holding.acquiredAt);
            out.writeLong(holding.stamp);
            out.writeLong(holding.dueAt());
        }
        out.writeInt(state.sessions.size());
        for (Session session : state.sessions.values()) {
            out.writeLong(session.id);
            out.writeUTF(session.node);
            out.writeLong(session.serial());
            out.writeLong(session.dueAt());
        }
        out.writeInt(state.lines.size());
        for (Line line : state.lines.values()) {
            write(line, out);
        }
        out.writeInt(state.tombstones.size());
        for (Tombstone tombstone : state.tombstones.values()) {
            LockBytes.writeToken(out, tombstone.token);
            out.writeLong(tombstone.serial());
            out.writeLong(tombstone.refusedUntil);
            out.writeLong(tombstone.stamp);
            out.writeLong(tombstone.dueAt());
        }
    }

    private static void write(Line line, DataOutput out) throws IOException {
        out.writeUTF(line.key);
        out.writeLong(line.serial());
        out.writeLong(line.dueAt());
        out.writeBoolean(line.offered);
        out.writeInt(line.waiters().size());
        for (Waiter waiter : line.waiters()) {
            LockBytes.writeToken(out, waiter.token);
            out.writeLong(waiter.session.id);
            out.writeLong(waiter.serial());
            out.writeLong(waiter.dueAt());
        }
    }

    static LockState read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version != VERSION) {
            throw new UnknownFormatException("the lock table in it is of version " + version
                    + ", and this release reads " + VERSION + "; run the release that wrote it");
        }
        LockState state = new LockState();
        state.lastFence = in.readLong();
        state.lastSerial = in.readLong();
        state.lateUpTo = in.readLong();
        for (int left = in.readInt(); left > 0; left--) {
            Holding holding = new Holding(
                    in.readUTF(),
                    LockBytes.readToken(in),
                    in.readUTF(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong(),
                    in.readLong());
            state.held.put(holding.key, holding);
            state.leases.add(holding);
        }
        for (int left = in.readInt(); left > 0; left--) {
            Session session = new Session(in.readLong(), in.readUTF(), in.readLong(), in.readLong());
            state.sessions.put(session.id, session);
            state.signsOfLife.add(session);
        }
        for (int left = in.readInt(); left > 0; left--) {
            readLine(state, in);
        }
        for (int left = in.readInt(); left > 0; left--) {
            Tombstone tombstone =
                    new Tombstone(LockBytes.readToken(in), in.readLong(), in.readLong(), in.readLong(), in.readLong());
            state.tombstones.put(tombstone.token, tombstone);
            state.memories.add(tombstone);
        }
        return state;
    }

    private static void readLine(LockState state, DataInput in) throws IOException {
        Line line = new Line(in.readUTF(), in.readLong(), in.readLong());
        line.offered = in.readBoolean();
        for (int left = in.readInt(); left > 0; left--) {
            LockToken token = LockBytes.readToken(in);
            long sessionId = in.readLong();
            Session session = state.sessions.get(sessionId);
            if (session == null) {
                throw new IOException("The snapshot's lock table is damaged: a waiter's session is missing. Remove the"
                        + " snapshot, so that this node gets one from another");
            }
            Waiter waiter = new Waiter(line, token, session, in.readLong(), in.readLong());
            line.join(waiter);
            session.waiters.add(waiter);
            state.patience.add(waiter);
        }
        state.lines.put(line.key, line);
        state.turns.add(line);
    }
}
