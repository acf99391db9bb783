package io.hamster.cache.writeback;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * How records lie in a segment: the body's length, a CRC32C of length and body, the body. A body is a type, a number and
 * what belongs to the type. All numbers are big-endian.
 */
final class RecordFormat {

    /** Begins each segment: magic with a version, the segment's first sequence, a CRC32C of both. */
    static final int HEADER = Integer.BYTES + Long.BYTES + Integer.BYTES;

    /** A group's record, which has a fixed size. */
    static final int GROUP = 2 * Integer.BYTES + 1 + Long.BYTES;

    /** The version that is written, and the only one that is read. */
    static final int VERSION = 1;

    private static final int MAGIC = 0x484A4C00;
    private static final int FRAME = 2 * Integer.BYTES;
    private static final int MIN_BODY = 1 + Long.BYTES;

    /** What records are, by the byte that stands for it. */
    enum Type {
        /** Begins a group; the number is where its segment had been forced to before. */
        GROUP,
        /** The number is the sequence; the length of the key, the key, the value. */
        PUT,
        /** The number is the sequence; the length of the key, the key. */
        DELETE,
        /** The number is the count of sequences that follow. */
        FORGOTTEN,
        /** The number is the sequence; the reason. */
        PARKED,
        /** The number is the sequence. */
        UNPARKED
    }

    /**
     * A record that was read.
     *
     * @param number depends on the type
     * @param payload what follows in the body
     * @param length all of its bytes in the segment
     */
    record Read(Type type, long number, ByteBuffer payload, int length) {

        Change change() {
            byte[] key = new byte[payload.getInt()];
            payload.get(key);
            if (type == Type.DELETE) {
                return new Change(key, Optional.empty());
            }
            byte[] value = new byte[payload.remaining()];
            payload.get(value);
            return new Change(key, Optional.of(value));
        }

        String reason() {
            return StandardCharsets.UTF_8.decode(payload).toString();
        }
    }

    private RecordFormat() {}

    static ByteBuffer header(long firstSequence) {
        ByteBuffer header = ByteBuffer.allocate(HEADER).putInt(MAGIC | VERSION).putLong(firstSequence);
        return header.putInt(headerCrc(header)).flip();
    }

    /** The version of a segment, or {@code null} if it has no header. */
    static @Nullable Integer version(ByteBuffer segment) {
        boolean isWhole = segment.limit() >= HEADER
                && (segment.getInt(0) & ~0xff) == MAGIC
                && segment.getInt(HEADER - Integer.BYTES) == headerCrc(segment);
        return isWhole ? segment.getInt(0) & 0xff : null;
    }

    /** The first sequence of a segment that has a header. */
    static long firstSequence(ByteBuffer segment) {
        return segment.getLong(Integer.BYTES);
    }

    private static int headerCrc(ByteBuffer segment) {
        CRC32C crc = new CRC32C();
        crc.update(segment.slice(0, HEADER - Integer.BYTES));
        return (int) crc.getValue();
    }

    static void group(ByteBuffer into, long forced) {
        end(into, begin(into, Type.GROUP, forced));
    }

    static int size(Change change) {
        return FRAME
                + MIN_BODY
                + Integer.BYTES
                + change.key().length
                + change.value().map(value -> value.length).orElse(0);
    }

    static void change(ByteBuffer into, Change change, long sequence) {
        int start = begin(into, change.value().isPresent() ? Type.PUT : Type.DELETE, sequence);
        into.putInt(change.key().length).put(change.key());
        change.value().ifPresent(into::put);
        end(into, start);
    }

    static int sizeOfForgotten(int count) {
        return FRAME + MIN_BODY + count * Long.BYTES;
    }

    static void forgotten(ByteBuffer into, List<Long> sequences) {
        int start = begin(into, Type.FORGOTTEN, sequences.size());
        sequences.forEach(into::putLong);
        end(into, start);
    }

    static int sizeOfMark(byte[] reason) {
        return FRAME + MIN_BODY + reason.length;
    }

    static void mark(ByteBuffer into, Type type, long sequence, byte[] reason) {
        int start = begin(into, type, sequence);
        into.put(reason);
        end(into, start);
    }

    private static int begin(ByteBuffer into, Type type, long number) {
        int start = into.position();
        into.position(start + FRAME).put((byte) (type.ordinal() + 1)).putLong(number);
        return start;
    }

    private static void end(ByteBuffer into, int start) {
        int length = into.position() - start - FRAME;
        into.putInt(start, length);
        into.putInt(start + Integer.BYTES, crc(into, start, length));
    }

    /** The record that begins there, or {@code null} if none does that is whole. */
    static @Nullable Read read(ByteBuffer segment, int start) {
        int room = segment.limit() - start - FRAME;
        if (room < MIN_BODY) {
            return null;
        }
        int length = segment.getInt(start);
        if (length < MIN_BODY || length > room) {
            return null;
        }
        int type = segment.get(start + FRAME) - 1;
        if (type < 0
                || type >= Type.values().length
                || segment.getInt(start + Integer.BYTES) != crc(segment, start, length)) {
            return null;
        }
        int payload = start + FRAME + MIN_BODY;
        return new Read(
                Type.values()[type],
                segment.getLong(start + FRAME + 1),
                segment.slice(payload, length - MIN_BODY),
                FRAME + length);
    }

    /** Of a record: its length and its body, without the checksum between them. */
    private static int crc(ByteBuffer bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(start, Integer.BYTES));
        crc.update(bytes.slice(start + FRAME, length));
        return (int) crc.getValue();
    }
}
