package io.hamster.cluster.raft;

import java.io.DataInput;
import java.io.IOException;
import java.util.function.Supplier;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.EmptyMessage;
import org.jgroups.LongMessage;
import org.jgroups.Message;
import org.jgroups.ObjectMessage;
import org.jgroups.conf.ClassConfigurator;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.Digest;
import org.jgroups.util.MutableDigest;
import org.jgroups.util.SeqnoList;
import org.jgroups.util.SizeStreamable;
import org.jspecify.annotations.Nullable;

/**
 * The few kinds of messages that this stack of protocols sends, read with care. JGroups knows others, and ways to put
 * Java serialization into these; none of that is read.
 */
final class SafeMessages {

    private SafeMessages() {}

    /**
     * Reads a message.
     *
     * @param to its receiver if the message itself doesn't say
     * @param from its sender if the message itself doesn't say
     * @throws IOException if it isn't one that is known
     */
    static Message read(ByteArrayDataInputStream in, @Nullable Address to, @Nullable Address from) throws IOException {
        short type = in.readShort();
        Message message = switch (type) {
            case Message.BYTES_MSG -> new Bytes();
            case Message.EMPTY_MSG -> new EmptyMessage();
            case Message.LONG_MSG -> new LongMessage();
            case Message.OBJ_MSG -> new Bookkeeping();
            default -> throw new IOException("a message of type " + type);
        };
        if (to != null) {
            message.setDest(to);
        }
        if (from != null) {
            message.setSrc(from);
        }
        try {
            message.readFrom(in);
        } catch (ClassNotFoundException | RuntimeException e) {
            throw new IOException("a message that can't be read: " + e, e);
        }
        if (message.isFlagSet(Message.Flag.SERIALIZED)) {
            throw new IOException("a serialized object");
        }
        return message;
    }

    private static void requireRemaining(DataInput in, long bytes) throws IOException {
        ByteArrayDataInputStream frame = (ByteArrayDataInputStream) in;
        if (bytes > frame.limit() - frame.position()) {
            throw new IOException("a payload of " + bytes + " bytes in a smaller frame");
        }
    }

    /** A payload that can't be longer than what holds it. */
    private static final class Bytes extends BytesMessage {

        @Override
        public Supplier<Message> create() {
            return Bytes::new;
        }

        @Override
        public void readPayload(DataInput in) throws IOException {
            ByteArrayDataInputStream frame = (ByteArrayDataInputStream) in;
            int start = frame.position();
            requireRemaining(in, in.readInt());
            frame.position(start);
            super.readPayload(in);
        }
    }

    /** What the protocols tell each other of messages seen and missed; no other object is made. */
    private static final class Bookkeeping extends ObjectMessage {

        private static final short MISSED = ClassConfigurator.getMagicNumber(SeqnoList.class);
        private static final short SEEN = ClassConfigurator.getMagicNumber(MutableDigest.class);

        @Override
        public Supplier<Message> create() {
            return Bookkeeping::new;
        }

        @Override
        public void readPayload(DataInput in) throws IOException, ClassNotFoundException {
            if (in.readByte() == 0) {
                return;
            }
            short kind = in.readShort();
            SizeStreamable content;
            if (kind == MISSED) {
                ByteArrayDataInputStream frame = (ByteArrayDataInputStream) in;
                int start = frame.position();
                requireRemaining(in, in.readInt() / Byte.SIZE);
                frame.position(start);
                content = new SeqnoList();
            } else if (kind == SEEN) {
                content = new Digest();
            } else {
                throw new IOException("an object of kind " + kind);
            }
            content.readFrom(in);
            setObject(content);
        }
    }
}
