package io.hamster.cluster.raft;

import io.hamster.lock.LockStore.Answer;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the lock table says to a command, with all durations in nanoseconds.
 *
 * <pre>
 * reply: version, kind, table time, what the kind says
 * </pre>
 */
sealed interface LockReply {

    byte VERSION = 1;

    /**
     * A reply with what a sender of commands should know.
     *
     * @param time the table's time
     */
    record Timed(long time, LockReply reply) {

        byte[] toBytes() {
            return LockBytes.write(out -> {
                out.writeByte(VERSION);
                out.writeByte(reply.kind());
                out.writeLong(time);
                reply.writeTo(out);
            });
        }

        static Timed fromBytes(byte[] bytes) throws IOException {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                byte version = in.readByte();
                if (version != VERSION) {
                    throw new IOException("an answer of version " + version + "; this node speaks " + VERSION);
                }
                byte kind = in.readByte();
                Timed timed = new Timed(in.readLong(), readBody(kind, in));
                LockBytes.requireEnd(in);
                return timed;
            }
        }
    }

    byte kind();

    void writeTo(DataOutputStream out) throws IOException;

    private static LockReply readBody(byte kind, DataInputStream in) throws IOException {
        return switch (kind) {
            case 0 -> new Malformed();
            case 1 -> new Late(in.readLong());
            case 2 -> new Full(in.readUTF());
            case 3 -> new Asked(readAnswer(in));
            case 4 -> new Done(in.readBoolean());
            case 5 -> new HandedOver(in.readBoolean(), readAnswer(in));
            case 6 -> Renewed.readFrom(in);
            case 7 -> Held.readFrom(in);
            default -> throw new IOException("an answer of the unknown kind " + kind);
        };
    }

    /** That was no command, or one that this node doesn't know. */
    record Malformed() implements LockReply {

        @Override
        public byte kind() {
            return 0;
        }

        @Override
        public void writeTo(DataOutputStream out) {}
    }

    /** The command came too late, or has a stamp from far ahead, and did nothing; one above the stamp given is right. */
    record Late(long stamp) implements LockReply {

        @Override
        public byte kind() {
            return 1;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeLong(stamp);
        }
    }

    /** A limit is reached, and the command did nothing. */
    record Full(String what) implements LockReply {

        @Override
        public byte kind() {
            return 2;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeUTF(what);
        }
    }

    /** To a request for a lock. */
    record Asked(Answer answer) implements LockReply {

        @Override
        public byte kind() {
            return 3;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            writeAnswer(out, answer);
        }
    }

    /** To a command that either finds something to do or doesn't. */
    record Done(boolean did) implements LockReply {

        @Override
        public byte kind() {
            return 4;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeBoolean(did);
        }
    }

    /** To a hand-over. */
    record HandedOver(boolean released, Answer answer) implements LockReply {

        @Override
        public byte kind() {
            return 5;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeBoolean(released);
            writeAnswer(out, answer);
        }
    }

    /** To renewals, in their order: how long each lease runs now, 0 if it isn't the token's. */
    record Renewed(List<Long> remaining) implements LockReply {

        private static Renewed readFrom(DataInputStream in) throws IOException {
            int count = LockBytes.readCount(in, Long.BYTES);
            List<Long> remaining = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                remaining.add(in.readLong());
            }
            return new Renewed(remaining);
        }

        @Override
        public byte kind() {
            return 6;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeInt(remaining.size());
            for (long each : remaining) {
                out.writeLong(each);
            }
        }
    }

    /** Held locks. */
    record Held(List<Lock> locks) implements LockReply {

        private static final int MIN_LOCK_BYTES = 2 + 2 + 3 * Long.BYTES;

        /** One of them; for how long it has been held, and how long its lease runs. */
        record Lock(String key, String owner, long fence, long heldFor, long remaining) {}

        private static Held readFrom(DataInputStream in) throws IOException {
            int count = LockBytes.readCount(in, MIN_LOCK_BYTES);
            List<Lock> locks = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                locks.add(new Lock(in.readUTF(), in.readUTF(), in.readLong(), in.readLong(), in.readLong()));
            }
            return new Held(locks);
        }

        @Override
        public byte kind() {
            return 7;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeInt(locks.size());
            for (Lock each : locks) {
                out.writeUTF(each.key);
                out.writeUTF(each.owner);
                out.writeLong(each.fence);
                out.writeLong(each.heldFor);
                out.writeLong(each.remaining);
            }
        }
    }

    private static void writeAnswer(DataOutputStream out, Answer answer) throws IOException {
        if (answer instanceof Answer.Granted granted) {
            out.writeByte(0);
            out.writeLong(granted.fence());
            out.writeLong(granted.remaining().toNanos());
        } else if (answer instanceof Answer.Held held) {
            out.writeByte(1);
            out.writeLong(held.remaining().toNanos());
        } else if (answer instanceof Answer.Queued queued) {
            out.writeByte(2);
            out.writeLong(queued.remaining().toNanos());
        } else {
            out.writeByte(3);
        }
    }

    private static Answer readAnswer(DataInputStream in) throws IOException {
        byte kind = in.readByte();
        return switch (kind) {
            case 0 -> new Answer.Granted(in.readLong(), Duration.ofNanos(in.readLong()));
            case 1 -> new Answer.Held(Duration.ofNanos(in.readLong()));
            case 2 -> new Answer.Queued(Duration.ofNanos(in.readLong()));
            case 3 -> new Answer.Refused();
            default -> throw new IOException("an answer to a request of the unknown kind " + kind);
        };
    }
}
