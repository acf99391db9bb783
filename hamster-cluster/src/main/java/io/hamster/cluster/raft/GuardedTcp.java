package io.hamster.cluster.raft;

import java.io.DataInput;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.Arrays;
import org.jgroups.Address;
import org.jgroups.Message;
import org.jgroups.Version;
import org.jgroups.protocols.TCP;
import org.jgroups.util.AsciiString;
import org.jgroups.util.Bits;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.MessageBatch;
import org.jgroups.util.Util;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * JGroups' TCP, which believes the lengths and the types that it reads: here a frame has to be whole and within bounds
 * before anything is made of it, and of it only {@link SafeMessages} are made. A frame that isn't like that ends its
 * connection.
 */
final class GuardedTcp extends TCP {

    private static final Logger logger = LoggerFactory.getLogger(GuardedTcp.class);
    /** Version, and the flags that tell a single message from a list. */
    private static final int PREFIX = Short.BYTES + Byte.BYTES;

    private static final int AT_ONCE = 64 << 10;

    private final int maxFrame;
    private final Sometimes complaints = new Sometimes(logger);

    GuardedTcp(int maxFrame) {
        this.maxFrame = maxFrame;
    }

    @Override
    public void start() throws Exception {
        super.start();
        srv.log(new SubduedLog(logger));
    }

    @Override
    public void receive(Address sender, DataInput in, int length) throws Exception {
        if (length < PREFIX || length > maxFrame) {
            throw refused(sender, "a frame of " + length + " bytes");
        }
        byte[] frame = read(in, length);
        if (!Version.isBinaryCompatible(Bits.readShort(frame, 0))) {
            throw refused(sender, "a frame of another version of JGroups");
        }
        try {
            receive(sender, frame, 0, length);
        } catch (UncheckedIOException e) {
            throw refused(sender, "what can't be read (" + e.getCause() + ")");
        }
    }

    /** Needs no more memory than twice what has really come. */
    private static byte[] read(DataInput in, int length) throws IOException {
        byte[] frame = new byte[Math.min(length, AT_ONCE)];
        in.readFully(frame);
        while (frame.length < length) {
            int filled = frame.length;
            frame = Arrays.copyOf(frame, (int) Math.min(length, 2L * filled));
            in.readFully(frame, filled, frame.length - filled);
        }
        return frame;
    }

    /** JGroups ends a connection without a word of its own on this kind of exception. */
    private SocketException refused(Address sender, String why) {
        complaints.warn("The connection from " + sender + " was closed, because it sent " + why);
        return new SocketException(why);
    }

    @Override
    protected void handleSingleMessage(DataInput in, boolean multicast) {
        Message message;
        try {
            message = SafeMessages.read((ByteArrayDataInputStream) in, null, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (multicast || !unicastDestMismatch(message.getDest())) {
            msg_processing_policy.process(message, message.isFlagSet(Message.Flag.OOB));
            msg_stats.received(message);
        }
    }

    @Override
    protected void handleMessageBatch(DataInput in, boolean multicast) {
        MessageBatch ordered;
        MessageBatch unordered;
        try {
            Address to = address(in);
            Address from = address(in);
            short length = in.readShort();
            AsciiString cluster = null;
            if (length >= 0) {
                byte[] name = new byte[length];
                in.readFully(name);
                cluster = new AsciiString(name);
            }
            int messages = in.readInt();
            ordered = new MessageBatch(to, from, cluster, multicast, MessageBatch.Mode.REG, 16);
            unordered = new MessageBatch(to, from, cluster, multicast, MessageBatch.Mode.OOB, 16);
            for (int i = 0; i < messages; i++) {
                Message message = SafeMessages.read((ByteArrayDataInputStream) in, to, from);
                (message.isFlagSet(Message.Flag.OOB) ? unordered : ordered).add(message);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        msg_stats.received(unordered);
        msg_stats.received(ordered);
        processBatch(unordered, true);
        processBatch(ordered, false);
    }

    private static Address address(DataInput in) throws IOException {
        try {
            return Util.readAddress(in);
        } catch (ClassNotFoundException | RuntimeException e) {
            throw new IOException("an address that can't be read", e);
        }
    }
}
