package io.hamster.hash;

import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * CRC-32 of ASCII text without making an array of it, eight characters a step (Kounavis and Berry, "A Systematic
 * Approach to Building High Performance Software-based CRC Generators", 2005). The JDK's own takes arrays and buffers
 * only, and for texts as short as keys copying one costs more than its faster loop gains.
 */
final class AsciiCrc32 {

    private static final int REVERSED_POLYNOMIAL = 0xedb88320;
    private static final int TABLE = 1 << Byte.SIZE;

    /** Eight tables in one: entry {@code k * 256 + b} is what octet {@code b} adds from {@code k} octets further back. */
    private static final int[] TABLES = tables();

    private AsciiCrc32() {}

    static long hash(String text) {
        int[] tables = TABLES;
        int length = text.length();
        int crc = -1;
        int seen = 0;
        int i = 0;
        for (; i <= length - 8; i += 8) {
            int first = text.charAt(i) | text.charAt(i + 1) << 8 | text.charAt(i + 2) << 16 | text.charAt(i + 3) << 24;
            int second =
                    text.charAt(i + 4) | text.charAt(i + 5) << 8 | text.charAt(i + 6) << 16 | text.charAt(i + 7) << 24;
            crc ^= first;
            seen |= text.charAt(i) | text.charAt(i + 1) | text.charAt(i + 2) | text.charAt(i + 3);
            seen |= text.charAt(i + 4) | text.charAt(i + 5) | text.charAt(i + 6) | text.charAt(i + 7);
            crc = tables[7 * TABLE + (crc & 0xff)]
                    ^ tables[6 * TABLE + (crc >>> 8 & 0xff)]
                    ^ tables[5 * TABLE + (crc >>> 16 & 0xff)]
                    ^ tables[4 * TABLE + (crc >>> 24)]
                    ^ tables[3 * TABLE + (second & 0xff)]
                    ^ tables[2 * TABLE + (second >>> 8 & 0xff)]
                    ^ tables[TABLE + (second >>> 16 & 0xff)]
                    ^ tables[second >>> 24];
        }
        for (; i < length; i++) {
            char c = text.charAt(i);
            seen |= c;
            crc = crc >>> 8 ^ tables[(crc ^ c) & 0xff];
        }
        return seen < 0x80 ? Integer.toUnsignedLong(~crc) : encoded(text);
    }

    private static long encoded(String text) {
        CRC32 crc = new CRC32();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        return crc.getValue();
    }

    private static int[] tables() {
        int[] tables = new int[8 * TABLE];
        for (int octet = 0; octet < TABLE; octet++) {
            int crc = octet;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = crc >>> 1 ^ ((crc & 1) == 0 ? 0 : REVERSED_POLYNOMIAL);
            }
            tables[octet] = crc;
        }
        for (int i = TABLE; i < tables.length; i++) {
            int nearer = tables[i - TABLE];
            tables[i] = nearer >>> 8 ^ tables[nearer & 0xff];
        }
        return tables;
    }
}
