package io.hamster.cluster.raft;

import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry as it is in the log: version, part, time, command.
 *
 * @param part whose command it is
 * @param stamp the leader's stamp
 * @param command the command
 */
record LogEntry(GroupLog.Part part, long stamp, byte[] command) {

    private static final byte VERSION = 1;
    private static final int STAMP_AT = 2;
    private static final int COMMAND_AT = STAMP_AT + Long.BYTES;

    /** An entry without its stamp. */
    static byte[] of(GroupLog.Part part, byte[] command) {
        return ByteBuffer.allocate(COMMAND_AT + command.length)
                .put(VERSION)
                .put((byte) part.ordinal())
                .putLong(0)
                .put(command)
                .array();
    }

    static void stamp(byte[] entry, TableTime time, long term) {
        time.stamp(ByteBuffer.wrap(entry), STAMP_AT, term);
    }

    /** The entry in these bytes, of which this release knows all. */
    static LogEntry read(ByteBuffer bytes, Map<GroupLog.Part, ReplicatedPart> parts) throws UnknownFormatException {
        if (bytes.remaining() < COMMAND_AT) {
            throw new UnknownFormatException("it has only " + bytes.remaining() + " bytes");
        }
        byte version = bytes.get();
        if (version != VERSION) {
            throw new UnknownFormatException("it is of version " + version + ", and this release reads " + VERSION);
        }
        int ordinal = bytes.get();
        if (ordinal < 0 || ordinal >= GroupLog.Part.values().length) {
            throw new UnknownFormatException("it is for part " + ordinal + " of the state, which this release hasn't");
        }
        GroupLog.Part part = GroupLog.Part.values()[ordinal];
        long stamp = bytes.getLong();
        byte[] command = new byte[bytes.remaining()];
        bytes.get(command);
        @Nullable ReplicatedPart taker = parts.get(part);
        if (taker != null) {
            taker.requireKnown(command);
        }
        return new LogEntry(part, stamp, command);
    }
}
