package io.hamster.cluster.raft;

import java.nio.ByteBuffer;
import java.util.Optional;

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

    /** The entry in these bytes, or nothing if they are another version's or nobody's. */
    static Optional<LogEntry> read(ByteBuffer bytes) {
        if (bytes.remaining() < COMMAND_AT || bytes.get() != VERSION) {
            return Optional.empty();
        }
        int part = bytes.get();
        if (part < 0 || part >= GroupLog.Part.values().length) {
            return Optional.empty();
        }
        long stamp = bytes.getLong();
        byte[] command = new byte[bytes.remaining()];
        bytes.get(command);
        return Optional.of(new LogEntry(GroupLog.Part.values()[part], stamp, command));
    }
}
