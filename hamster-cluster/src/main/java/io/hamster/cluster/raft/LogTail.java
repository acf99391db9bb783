package io.hamster.cluster.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drops what was being written to the log when the machine stopped. Ratis writes into a file that it has filled with
 * zeros, so a torn entry looks to it like a damaged one, which it refuses.
 *
 * <p>Only an entry whose end was never written is dropped, with nothing but zeros behind it: it wasn't synced, hence
 * never acknowledged. A whole entry behind it shows that its length was damaged later, which Ratis would take for a torn
 * tail if the damaged length reaches past the file. Any other damage is left for Ratis to refuse.
 *
 * <p>An entry is its length (a varint), its bytes, and a CRC-32C of both; zeros follow the last one.
 */
final class LogTail {

    private static final Logger log = LoggerFactory.getLogger(LogTail.class);
    private static final int HEADER_BYTES = 8;
    private static final int CHECKSUM_BYTES = Integer.BYTES;
    private static final int MAX_VARINT_BYTES = 5;
    /** What every entry's bytes begin with: the tag of its term. */
    private static final byte FIRST_TAG = 0x08;
    /** Entries up to here are looked for behind a bad one. */
    private static final int SEARCHED_BYTES = 1 << 14;

    private LogTail() {}

    /** Looks at the segments of a group's log that were still written to. */
    static void mend(Path group) throws IOException {
        Path current = group.resolve("current");
        if (!Files.isDirectory(current)) {
            return;
        }
        List<Path> open;
        try (Stream<Path> files = Files.list(current)) {
            open = files.filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
                    .toList();
        }
        for (Path segment : open) {
            mendSegment(segment);
        }
    }

    private static void mendSegment(Path segment) throws IOException {
        try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // A killed process may have written what it didn't force, and Ratis takes all it reads for forced.
            channel.force(true);
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
            int end = endOfEntries(bytes);
            int lastByte = lastByte(bytes);
            if (end < 0 || lastByte < end) {
                return;
            }
            if (hasEntryBehind(bytes, end, lastByte)) {
                throw new LogDamagedException(segment, end);
            }
            if (!isTorn(bytes, end, lastByte)) {
                return;
            }
            log.warn(
                    "Dropping the last {} bytes of {}: an entry that was being written when the machine stopped",
                    lastByte + 1 - end,
                    segment);
            channel.truncate(end);
            channel.force(true);
        }
    }

    /** Where the last whole entry ends, or -1 if not even the header is whole. */
    private static int endOfEntries(ByteBuffer bytes) {
        int at = HEADER_BYTES;
        if (bytes.limit() < at) {
            return -1;
        }
        while (true) {
            int next = endOfEntry(bytes, at);
            if (next < 0 || next > bytes.limit() || !matches(bytes, at, next)) {
                return at;
            }
            at = next;
        }
    }

    /** Where the entry beginning here would end, or -1 if none begins here. */
    private static int endOfEntry(ByteBuffer bytes, int from) {
        int length = 0;
        for (int i = 0; i < MAX_VARINT_BYTES && from + i < bytes.limit(); i++) {
            byte next = bytes.get(from + i);
            length |= (next & 0x7f) << (7 * i);
            if (next >= 0) {
                long end = (long) from + i + 1 + length + CHECKSUM_BYTES;
                return length <= 0 || end > Integer.MAX_VALUE ? -1 : (int) end;
            }
        }
        return -1;
    }

    private static boolean matches(ByteBuffer bytes, int from, int to) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes.array(), from, to - CHECKSUM_BYTES - from);
        return (int) checksum.getValue() == bytes.getInt(to - CHECKSUM_BYTES);
    }

    private static boolean isTorn(ByteBuffer bytes, int from, int lastByte) {
        int end = endOfEntry(bytes, from);
        return end < 0 ? lastByte - from < MAX_VARINT_BYTES : lastByte < end - CHECKSUM_BYTES;
    }

    private static boolean hasEntryBehind(ByteBuffer bytes, int bad, int lastByte) {
        for (int from = bad + 1; from <= lastByte; from++) {
            int end = endOfEntry(bytes, from);
            boolean candidate = end > 0 && end <= bytes.limit() && end - from <= SEARCHED_BYTES;
            if (candidate && startsLikeOne(bytes, from) && matches(bytes, from, end)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsLikeOne(ByteBuffer bytes, int from) {
        int at = from;
        while (bytes.get(at) < 0) {
            at++;
        }
        return bytes.get(at + 1) == FIRST_TAG;
    }

    private static int lastByte(ByteBuffer bytes) {
        int at = bytes.limit() - 1;
        while (at >= 0 && bytes.get(at) == 0) {
            at--;
        }
        return at;
    }

    /** An entry in the middle of the log isn't what was written. */
    static final class LogDamagedException extends IOException {

        LogDamagedException(Path segment, int at) {
            super("the entry at byte " + at + " of " + segment + " doesn't match its checksum");
        }
    }
}
