package io.hamster.hash;

import com.dynatrace.hash4j.hashing.Hasher32;
import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The hash functions that come with Hamster, over a text's UTF-8 bytes unless they say otherwise; hashes of 32 bits are
 * unsigned. All read ASCII text in place and allocate nothing; other text is encoded first.
 */
public enum StandardHash implements HashFunction {

    /** CRC-32 as in IEEE 802.3, zlib and Go's {@code crc32.ChecksumIEEE}; the default. */
    CRC32(Integer.SIZE, true) {
        @Override
        public long hash(String text) {
            return AsciiCrc32.hash(text);
        }
    },

    /** FNV-1a, 32 bits, as in Go's {@code fnv.New32a}. */
    FNV1A32(Integer.SIZE, false) {
        @Override
        public long hash(String text) {
            int hash = 0x811c9dc5;
            if (AsciiAccess.isAscii(text)) {
                for (int i = 0; i < text.length(); i++) {
                    hash = (hash ^ text.charAt(i)) * 0x01000193;
                }
            } else {
                for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
                    hash = (hash ^ (octet & 0xff)) * 0x01000193;
                }
            }
            return Integer.toUnsignedLong(hash);
        }
    },

    /** MurmurHash3 x86, 32 bits, seed 0. */
    MURMUR3_32(Integer.SIZE, true) {
        // Static, as those of the others: only such a field is a constant to the compiler.
        private static final Hasher32 HASHER = Hashing.murmur3_32();

        @Override
        public long hash(String text) {
            return Integer.toUnsignedLong(
                    AsciiAccess.isAscii(text)
                            ? HASHER.hashBytesToInt(text, 0, text.length(), AsciiAccess.INSTANCE)
                            : HASHER.hashBytesToInt(text.getBytes(StandardCharsets.UTF_8)));
        }
    },

    /** xxHash, 64 bits, seed 0, as in Envoy. */
    XXH64(Long.SIZE, true) {
        private static final Hasher64 HASHER = Hashing.xxh64();

        @Override
        public long hash(String text) {
            return AsciiAccess.hash(HASHER, text);
        }
    },

    /**
     * Rapidhash version 3, 64 bits, seed 0, over the text's UTF-16 code units in little-endian order, which is how Java
     * can read any text in place: the fastest of these.
     */
    RAPIDHASH(Long.SIZE, true) {
        private static final Hasher64 HASHER = Hashing.rapidhashV3();

        @Override
        public long hash(String text) {
            return HASHER.hashCharsToLong(text);
        }
    };

    private final int bits;
    private final boolean spreadsKeys;

    StandardHash(int bits, boolean spreadsKeys) {
        this.bits = bits;
        this.spreadsKeys = spreadsKeys;
    }

    @Override
    public int bits() {
        return bits;
    }

    @Override
    public boolean spreadsKeys() {
        return spreadsKeys;
    }

    /**
     * The function of a name.
     *
     * @param name a constant's name in any case, such as {@code crc32} or {@code murmur3_32}
     * @return the function
     * @throws IllegalArgumentException if there is none of that name; the message lists them
     */
    public static StandardHash named(String name) {
        for (StandardHash function : values()) {
            if (function.toString().equalsIgnoreCase(name.trim())) {
                return function;
            }
        }
        throw new IllegalArgumentException("There is no hash function '" + name + "'; use one of "
                + Arrays.stream(values()).map(StandardHash::toString).collect(Collectors.joining(", ")));
    }

    /** The name as configured, in lower case. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
