package io.hamster.cluster.raft;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Messages of the group between its nodes: a byte that says which, then its fields. */
final class GroupWire {

    static final byte PROPOSE = 1;
    static final byte INTRODUCE = 2;
    static final byte JOIN = 3;

    /** The first byte of an answer: done, and what follows is the result. */
    static final byte DONE = 0;
    /** The first byte of an answer: this node doesn't order the entries, or can't get them agreed on. */
    static final byte REFUSED = 1;

    private static final int MAX_PEERS = 1000;

    private GroupWire() {}

    /**
     * What a node says of itself.
     *
     * @param peer its own voter
     * @param bootstrap whether it may found a group
     * @param group the group it belongs to, or {@code null}
     * @param members the voters of that group
     */
    record Introduction(
            Peer peer, boolean bootstrap, @Nullable UUID group, List<Peer> members) {

        Introduction {
            members = List.copyOf(members);
        }

        boolean isMember() {
            return group != null;
        }
    }

    static byte[] propose(GroupLog.Part part, byte[] command) {
        return ByteBuffer.allocate(2 + command.length)
                .put(PROPOSE)
                .put((byte) part.ordinal())
                .put(command)
                .array();
    }

    static byte[] introduce() {
        return new byte[] {INTRODUCE};
    }

    static byte[] join(Peer peer) {
        return write(out -> {
            out.writeByte(JOIN);
            writePeer(out, peer);
        });
    }

    static byte[] done(byte[] result) {
        return ByteBuffer.allocate(1 + result.length).put(DONE).put(result).array();
    }

    static byte[] refused() {
        return new byte[] {REFUSED};
    }

    static byte[] answer(Introduction introduction) {
        return write(out -> {
            out.writeByte(DONE);
            writePeer(out, introduction.peer());
            out.writeBoolean(introduction.bootstrap());
            UUID group = introduction.group();
            out.writeUTF(group == null ? "" : group.toString());
            out.writeShort(introduction.members().size());
            for (Peer member : introduction.members()) {
                writePeer(out, member);
            }
        });
    }

    /** The introduction in an answer, or nothing if it is none. */
    static Optional<Introduction> introduction(byte[] answer) {
        return read(answer, DONE, in -> {
            Peer peer = readPeer(in);
            boolean bootstrap = in.readBoolean();
            String group = in.readUTF();
            int count = in.readUnsignedShort();
            if (count > MAX_PEERS) {
                throw new IOException(count + " voters");
            }
            List<Peer> members = new ArrayList<>(count);
            for (int i = 0; i < count; i++) {
                members.add(readPeer(in));
            }
            return new Introduction(peer, bootstrap, group.isEmpty() ? null : UUID.fromString(group), members);
        });
    }

    /** The voter that asks to join, or nothing if the message isn't such a question. */
    static Optional<Peer> joining(byte[] message) {
        return read(message, JOIN, GroupWire::readPeer);
    }

    private static void writePeer(DataOutputStream out, Peer peer) throws IOException {
        out.writeUTF(peer.id());
        out.writeUTF(peer.address());
    }

    private static Peer readPeer(DataInputStream in) throws IOException {
        return new Peer(in.readUTF(), in.readUTF());
    }

    private static byte[] write(Fields fields) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            fields.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("Memory was refused", e);
        }
        return bytes.toByteArray();
    }

    private static <T> Optional<T> read(byte[] message, byte kind, Reader<T> reader) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(message))) {
            return in.readByte() == kind ? Optional.of(reader.read(in)) : Optional.empty();
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @FunctionalInterface
    private interface Fields {
        void writeTo(DataOutputStream out) throws IOException;
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(DataInputStream in) throws IOException;
    }
}
