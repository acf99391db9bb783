package io.hamster.hash;

import com.dynatrace.hash4j.hashing.ByteAccess;
import com.dynatrace.hash4j.hashing.Hasher64;
import java.nio.charset.StandardCharsets;

/** Reads the UTF-8 bytes of an ASCII string, which are its characters, without making an array of them. */
final class AsciiAccess implements ByteAccess<String> {

    static final AsciiAccess INSTANCE = new AsciiAccess();

    private AsciiAccess() {}

    static boolean isAscii(String text) {
        int seen = 0;
        for (int i = 0; i < text.length(); i++) {
            seen |= text.charAt(i);
        }
        return seen < 0x80;
    }

    static long hash(Hasher64 hasher, String text) {
        return isAscii(text)
                ? hasher.hashBytesToLong(text, 0, text.length(), INSTANCE)
                : hasher.hashBytesToLong(text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public byte getByte(String text, long index) {
        return (byte) text.charAt((int) index);
    }

    @Override
    public int getByteAsUnsignedInt(String text, long index) {
        return text.charAt((int) index);
    }

    @Override
    public int getInt(String text, long index) {
        int i = (int) index;
        return text.charAt(i) | text.charAt(i + 1) << 8 | text.charAt(i + 2) << 16 | text.charAt(i + 3) << 24;
    }

    @Override
    public long getIntAsUnsignedLong(String text, long index) {
        return Integer.toUnsignedLong(getInt(text, index));
    }

    @Override
    public long getLong(String text, long index) {
        return getIntAsUnsignedLong(text, index) | (long) getInt(text, index + Integer.BYTES) << Integer.SIZE;
    }
}
