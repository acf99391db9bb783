package io.hamster.spring.redis;

import io.hamster.cache.store.StoredEntry;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Entries as bytes, big-endian: version (1 byte), flags (1: an absence), ms kept after expiry (8), number of tags (2), the
 * stripe of each (2), which is as far as the scripts read; age in ms (8), ms to keep (8), the tags, each with its length
 * (2), the payload with its length (4), and the CRC-32C of all that. The scripts put their stamp (8) before it.
 *
 * <p>What is read was written by anybody: nothing is believed before the checksum, nothing allocated by a length alone.
 */
final class EntryFormat {

    private static final byte VERSION = 1;
    private static final byte ABSENT = 1;
    private static final int STAMP = Long.BYTES;
    private static final int FIXED = 1 + 1 + Long.BYTES + Short.BYTES + 2 * Long.BYTES + 2 * Integer.BYTES;
    private static final long MOST_MILLIS = Duration.ofDays(36_500).toMillis();

    private EntryFormat() {}

    static byte[] encode(StoredEntry entry) {
        List<byte[]> tags = new ArrayList<>();
        int size = FIXED;
        for (String tag : entry.tags()) {
            byte[] bytes = tag.getBytes(StandardCharsets.UTF_8);
            tags.add(bytes);
            size += 2 * Short.BYTES + bytes.length;
        }
        byte[] payload = entry.payload().orElseGet(() -> new byte[0]);
        ByteBuffer out = ByteBuffer.allocate(size + payload.length);
        long keep = keptMillis(entry);
        out.put(VERSION)
                .put(entry.payload().isPresent() ? 0 : ABSENT)
                .putLong(keep - Math.min(keep, millis(entry.ttl())))
                .putShort((short) tags.size());
        entry.tags().forEach(tag -> out.putShort((short) stripe(tag)));
        out.putLong(millis(entry.age())).putLong(keep);
        tags.forEach(tag -> out.putShort((short) tag.length).put(tag));
        out.putInt(payload.length).put(payload);
        out.putInt(checksum(out.array(), 0, out.position()));
        return out.array();
    }

    /** How long Redis is to keep it. */
    static long keptMillis(StoredEntry entry) {
        return Math.max(1, millis(entry.retention()));
    }

    /** Tags share stripes, so that what is remembered of them is bounded; sharing may cost an entry. */
    static int stripe(String tag) {
        return (tag.hashCode() * 0x9E3779B9) >>> 16;
    }

    /**
     * Reads an entry.
     *
     * @param value with its stamp
     * @param left for how many ms it is still kept
     * @return {@code null} if it can't be read
     */
    static @Nullable StoredEntry decode(byte[] value, long left) {
        int end = value.length - Integer.BYTES;
        if (value.length < STAMP + FIXED
                || ByteBuffer.wrap(value).getInt(end) != checksum(value, STAMP, end)
                || value[STAMP] != VERSION) {
            return null;
        }
        try {
            return decode(ByteBuffer.wrap(value, STAMP + 1, end - STAMP - 1), left);
        } catch (BufferUnderflowException | IllegalArgumentException | ArithmeticException e) {
            // Its lengths or figures contradict each other, though its checksum is right: not ours.
            return null;
        }
    }

    private static @Nullable StoredEntry decode(ByteBuffer in, long left) {
        byte flags = in.get();
        long grace = in.getLong();
        int count = Short.toUnsignedInt(in.getShort());
        in.position(in.position() + count * Short.BYTES);
        long age = in.getLong();
        long kept = in.getLong();
        Set<String> tags = count == 0 ? Set.of() : new LinkedHashSet<>();
        for (int i = 0; i < count; i++) {
            tags.add(new String(bytes(in, Short.toUnsignedInt(in.getShort())), StandardCharsets.UTF_8));
        }
        byte[] payload = bytes(in, in.getInt());
        if (in.hasRemaining() || (flags != 0 && flags != ABSENT) || grace < 0 || age < 0 || left > kept) {
            return null;
        }
        return new StoredEntry(
                flags == ABSENT ? Optional.empty() : Optional.of(payload),
                Duration.ofMillis(Math.addExact(age, kept - left)),
                Duration.ofMillis(left - grace),
                Duration.ofMillis(left),
                tags);
    }

    private static byte[] bytes(ByteBuffer in, int length) {
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }

    private static int checksum(byte[] bytes, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, from, to - from);
        return (int) crc.getValue();
    }

    private static long millis(Duration duration) {
        return duration.getSeconds() >= MOST_MILLIS / 1000 ? MOST_MILLIS : Math.max(0, duration.toMillis());
    }
}
