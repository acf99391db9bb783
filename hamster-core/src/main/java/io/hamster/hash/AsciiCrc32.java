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
            char c0 = text.charAt(i);
            char c1 = text.charAt(i + 1);
            char c2 = text.charAt(i + 2);
            char c3 = text.charAt(i + 3);
            char c4 = text.charAt(i + 4);
            char c5 = text.charAt(i + 5);
            char c6 = text.charAt(i + 6);
            char c7 = text.charAt(i + 7);
            seen |= c0 | c1 | c2 | c3 | c4 | c5 | c6 | c7;
            crc = tables[7 * TABLE + ((crc ^ c0) & 0xff)]
                    ^ tables[6 * TABLE + ((crc >>> 8 ^ c1) & 0xff)]
                    ^ tables[5 * TABLE + ((crc >>> 16 ^ c2) & 0xff)]
                    ^ tables[4 * TABLE + ((crc >>> 24 ^ c3) & 0xff)]
                    ^ tables[3 * TABLE + (c4 & 0xff)]
                    ^ tables[2 * TABLE + (c5 & 0xff)]
                    ^ tables[TABLE + (c6 & 0xff)]
                    ^ tables[c7 & 0xff];
        }
        if (i <= length - 4) {
            char c0 = text.charAt(i);
            char c1 = text.charAt(i + 1);
            char c2 = text.charAt(i + 2);
            char c3 = text.charAt(i + 3);
            seen |= c0 | c1 | c2 | c3;
            crc = tables[3 * TABLE + ((crc ^ c0) & 0xff)]
                    ^ tables[2 * TABLE + ((crc >>> 8 ^ c1) & 0xff)]
                    ^ tables[TABLE + ((crc >>> 16 ^ c2) & 0xff)]
                    ^ tables[(crc >>> 24 ^ c3) & 0xff];
            i += 4;
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
