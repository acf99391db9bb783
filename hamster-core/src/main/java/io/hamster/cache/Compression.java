package io.hamster.cache;

import io.hamster.CodecException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes payloads for the shared tier shorter, and reads them whatever its own limit is. Compressed ones begin with
 * {@link #MARK}, followed by the original length (4 bytes, big-endian) and the zlib stream of the original; all others
 * are what the codec made. A payload of the codec that happens to begin with the mark is always compressed, even if it
 * gets longer, so that the mark has one meaning.
 *
 * <p>What is read was written by anybody: more than a stream of its length can hold is neither believed nor allocated.
 */
final class Compression {

    /** The longest original: with more, a payload of a few kilobytes could take a reader's heap. Longer ones stay plain. */
    static final int MOST_BYTES = 64 << 20;

    /** No text in UTF-8 begins so. */
    static final int MARK = 0xFF485A01;

    static final int HEADER = 2 * Integer.BYTES;

    /** No stream of zlib is shorter by a larger factor. */
    private static final long BEST_RATIO = 1032;

    private final long limit;

    /**
     * Compresses for a cache.
     *
     * @param limit the longest payload that stays as it is; 0 if all do
     */
    Compression(long limit) {
        // Below its header nothing gets shorter.
        this.limit = limit == 0 ? Long.MAX_VALUE : Math.max(limit, HEADER + 1);
    }

    byte[] compress(byte[] plain) {
        if (isCompressed(plain)) {
            return deflated(plain, new byte[HEADER + plain.length + plain.length / 4 + 64]);
        }
        return plain.length > limit && plain.length <= MOST_BYTES ? deflated(plain, new byte[plain.length - 1]) : plain;
    }

    /** The stream in as much of a buffer as it needs, or the original if it doesn't fit. */
    private static byte[] deflated(byte[] plain, byte[] out) {
        ByteBuffer.wrap(out).putInt(MARK).putInt(plain.length);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(plain);
            deflater.finish();
            int length = deflater.deflate(out, HEADER, out.length - HEADER);
            return deflater.finished() ? Arrays.copyOf(out, HEADER + length) : plain;
        } finally {
            deflater.end();
        }
    }

    /**
     * What the codec made.
     *
     * @throws CodecException if a compressed payload isn't one that {@link #compress} makes
     */
    byte[] decompress(byte[] payload) {
        if (!isCompressed(payload)) {
            return payload;
        }
        int length = payload.length < HEADER ? 0 : ByteBuffer.wrap(payload).getInt(Integer.BYTES);
        if (length < 1 || length > MOST_BYTES || length > BEST_RATIO * (payload.length - HEADER)) {
            throw new CodecException(
                    "A compressed value of " + payload.length + " bytes says that it had " + length, null);
        }
        byte[] plain = new byte[length];
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(payload, HEADER, payload.length - HEADER);
            int inflated = inflater.inflate(plain);
            // The end may need one more step, which must not find anything.
            if (inflated == length
                    && inflater.inflate(new byte[1]) == 0
                    && inflater.finished()
                    && inflater.getRemaining() == 0) {
                return plain;
            }
        } catch (DataFormatException e) {
            throw new CodecException("A compressed value of " + payload.length + " bytes is corrupt", e);
        } finally {
            inflater.end();
        }
        throw new CodecException(
                "A compressed value of " + payload.length + " bytes doesn't have the " + length + " it says", null);
    }

    private static boolean isCompressed(byte[] payload) {
        return payload.length >= Integer.BYTES && ByteBuffer.wrap(payload).getInt() == MARK;
    }
}
