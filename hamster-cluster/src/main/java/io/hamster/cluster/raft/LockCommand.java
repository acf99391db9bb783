package io.hamster.cluster.raft;

import io.hamster.lock.LockToken;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What the lock table is told, with all durations in nanoseconds. The constructors check everything, on the node that
 * sends a command as on those that read it.
 *
 * <pre>
 * command: version, kind, session, stamp, what the kind says
 * token:   client, sequence
 * </pre>
 *
 * <p>All nodes must come to the same state from one command, so another version may be sent only once no node is left
 * that doesn't know it.
 */
sealed interface LockCommand {

    byte VERSION = 1;
    byte LAST_KIND = 9;
    int MAX_LISTED = 1000;
    int MAX_KEY_BYTES = 200;
    int MAX_NAME_BYTES = 255;
    long MAX_LEASE = TimeUnit.HOURS.toNanos(24);
    long MAX_PATIENCE = TimeUnit.DAYS.toNanos(366);
    long MAX_TOMBSTONE = TimeUnit.HOURS.toNanos(48);

    /**
     * A command with who sent it.
     *
     * @param session the sending process
     * @param stamp rises with every command of a process; in table time, the last moment at which a command that mustn't
     *     come late may be applied
     * @param command what to do
     */
    record Sent(long session, long stamp, LockCommand command) {

        byte[] toBytes() {
            return LockBytes.write(out -> {
                out.writeByte(VERSION);
                out.writeByte(command.kind());
                out.writeLong(session);
                out.writeLong(stamp);
                command.writeTo(out);
            });
        }

        /** Fails with {@link IOException} or {@link IllegalArgumentException} if that isn't a command. */
        static Sent fromBytes(byte[] bytes) throws IOException {
            try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
                byte version = in.readByte();
                if (version != VERSION) {
                    throw new IOException("a command of version " + version + "; this node speaks " + VERSION);
                }
                byte kind = in.readByte();
                Sent sent = new Sent(in.readLong(), in.readLong(), readBody(kind, in));
                LockBytes.requireEnd(in);
                return sent;
            }
        }
    }

    /** Fails if a newer release wrote that, and it may be a command; whether it is one is for {@link Sent} to say. */
    static void requireKnown(byte[] command) throws UnknownFormatException {
        if (command.length < 2) {
            throw new UnknownFormatException("its command for a lock has only " + command.length + " bytes");
        }
        if (command[0] != VERSION || command[1] < 1 || command[1] > LAST_KIND) {
            throw new UnknownFormatException("its command for a lock is of version " + command[0] + " and kind "
                    + command[1] + ", and this release knows version " + VERSION + " with kinds 1 to " + LAST_KIND);
        }
    }

    byte kind();

    void writeTo(DataOutputStream out) throws IOException;

    private static LockCommand readBody(byte kind, DataInputStream in) throws IOException {
        return switch (kind) {
            case 1 -> new Acquire(Wanted.readFrom(in));
            case 2 -> new HandOver(LockBytes.readToken(in), Wanted.readFrom(in));
            case 3 -> Renew.readFrom(in);
            case 4 -> new Release(in.readUTF(), LockBytes.readToken(in), in.readLong());
            case 5 -> new Status(in.readUTF());
            case 6 -> new ListHeld(in.readInt(), in.readLong());
            case 7 -> new ForceRelease(in.readUTF());
            case 8 -> new KeepAlive();
            case 9 -> new Tick();
            default -> throw new IOException("a command of the unknown kind " + kind);
        };
    }

    /**
     * A request for a lock.
     *
     * @param node the asking node's name, for telling it when its turn comes
     */
    record Wanted(String key, LockToken token, String owner, String node, long lease, long patience) {

        public Wanted {
            requireKey(key);
            requireToken(token);
            requireBytes("Owner of a lock", owner, MAX_NAME_BYTES);
            requireBytes("Node that asks for a lock", node, MAX_NAME_BYTES);
            requireRange("lease", lease, 1, MAX_LEASE);
            requireRange("patience", patience, 0, MAX_PATIENCE);
        }

        private static Wanted readFrom(DataInputStream in) throws IOException {
            return new Wanted(
                    in.readUTF(), LockBytes.readToken(in), in.readUTF(), in.readUTF(), in.readLong(), in.readLong());
        }

        private void writeTo(DataOutputStream out) throws IOException {
            out.writeUTF(key);
            LockBytes.writeToken(out, token);
            out.writeUTF(owner);
            out.writeUTF(node);
            out.writeLong(lease);
            out.writeLong(patience);
        }
    }

    /** Asks for a lock, or takes one that is on offer. */
    record Acquire(Wanted wanted) implements LockCommand {

        @Override
        public byte kind() {
            return 1;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            wanted.writeTo(out);
        }
    }

    /** Lets a lock go and asks for it, with nobody in between. */
    record HandOver(LockToken holder, Wanted next) implements LockCommand {

        public HandOver {
            requireToken(holder);
        }

        @Override
        public byte kind() {
            return 2;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            LockBytes.writeToken(out, holder);
            next.writeTo(out);
        }
    }

    /** Has leases run out a while from now. */
    record Renew(List<Lease> leases) implements LockCommand {

        /** What a lease takes at least: three lengths or more and two numbers. */
        private static final int MIN_LEASE_BYTES = 2 + 2 + 8 + 8;

        /** A lease to renew. */
        record Lease(String key, LockToken token, long lease) {

            Lease {
                requireKey(key);
                requireToken(token);
                requireRange("lease", lease, 1, MAX_LEASE);
            }

            /** About how many bytes it takes in a command. */
            int size() {
                return MIN_LEASE_BYTES + utf8Length(key) + utf8Length(token.client());
            }
        }

        private static Renew readFrom(DataInputStream in) throws IOException {
            int count = LockBytes.readCount(in, MIN_LEASE_BYTES);
            List<Lease> leases = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                leases.add(new Lease(in.readUTF(), LockBytes.readToken(in), in.readLong()));
            }
            return new Renew(leases);
        }

        @Override
        public byte kind() {
            return 3;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeInt(leases.size());
            for (Lease each : leases) {
                out.writeUTF(each.key);
                LockBytes.writeToken(out, each.token);
                out.writeLong(each.lease);
            }
        }
    }

    /** Gives up what a token has or may get. */
    record Release(String key, LockToken token, long tombstone) implements LockCommand {

        public Release {
            requireKey(key);
            requireToken(token);
            requireRange("tombstone", tombstone, 0, MAX_TOMBSTONE);
        }

        @Override
        public byte kind() {
            return 4;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeUTF(key);
            LockBytes.writeToken(out, token);
            out.writeLong(tombstone);
        }
    }

    /** Asks who holds a lock. */
    record Status(String key) implements LockCommand {

        public Status {
            requireKey(key);
        }

        @Override
        public byte kind() {
            return 5;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeUTF(key);
        }
    }

    /** Asks for held locks with a higher fence than the one given, in the order of their fences. */
    record ListHeld(int limit, long afterFence) implements LockCommand {

        public ListHeld {
            requireRange("limit", limit, 1, MAX_LISTED);
        }

        @Override
        public byte kind() {
            return 6;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeInt(limit);
            out.writeLong(afterFence);
        }
    }

    /** Takes a lock away from whoever holds it. */
    record ForceRelease(String key) implements LockCommand {

        public ForceRelease {
            requireKey(key);
        }

        @Override
        public byte kind() {
            return 7;
        }

        @Override
        public void writeTo(DataOutputStream out) throws IOException {
            out.writeUTF(key);
        }
    }

    /** The sender lives; whether anybody of it waits is answered. */
    record KeepAlive() implements LockCommand {

        @Override
        public byte kind() {
            return 8;
        }

        @Override
        public void writeTo(DataOutputStream out) {}
    }

    /** Time has passed. */
    record Tick() implements LockCommand {

        @Override
        public byte kind() {
            return 9;
        }

        @Override
        public void writeTo(DataOutputStream out) {}
    }

    private static void requireKey(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("Lock key is empty; give 1 to " + MAX_KEY_BYTES + " bytes of UTF-8");
        }
        requireBytes("Lock key", key, MAX_KEY_BYTES);
    }

    private static void requireToken(LockToken token) {
        requireBytes("Client in a lock's token", token.client(), MAX_NAME_BYTES);
    }

    private static void requireBytes(String what, String text, int max) {
        // A UTF-16 unit takes 1 to 3 bytes, so most texts need no encoding to be judged.
        if (text.length() * 3L > max && utf8Length(text) > max) {
            throw new IllegalArgumentException(
                    what + " has " + utf8Length(text) + " bytes of UTF-8; at most " + max + " are allowed");
        }
    }

    private static void requireRange(String what, long value, long min, long max) {
        if (value < min || value > max) {
            throw new IllegalArgumentException(
                    "Lock request's " + what + " is " + value + "; give " + min + " to " + max);
        }
    }

    private static int utf8Length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
