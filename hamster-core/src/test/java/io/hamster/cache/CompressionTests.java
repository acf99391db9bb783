package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.CodecException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTests {

    private static final int LIMIT = 1000;
    private static final int FUZZED = 12_000;

    private final Compression compression = new Compression(LIMIT);
    private final Compression off = new Compression(0);
    private final Random random = new Random(5);

    private static byte[] text(int length) {
        return "a hamster ".repeat(length / 10 + 1).substring(0, length).getBytes(StandardCharsets.UTF_8);
    }

    private byte[] noise(int length) {
        byte[] noise = new byte[length];
        random.nextBytes(noise);
        return noise;
    }

    /** A stream that whoever wrote it may lie about. */
    private static byte[] saying(int length, byte[] stream) {
        return ByteBuffer.allocate(Compression.HEADER + stream.length)
                .putInt(Compression.MARK)
                .putInt(length)
                .put(stream)
                .array();
    }

    private static byte[] zlib(byte[] plain) {
        byte[] out = new byte[plain.length + 100];
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(plain);
            deflater.finish();
            return Arrays.copyOf(out, deflater.deflate(out));
        } finally {
            deflater.end();
        }
    }

    @Test
    void onlyWhatIsLongerThanTheLimitIsCompressed() {
        byte[] atLimit = text(LIMIT);
        byte[] above = text(LIMIT + 1);

        assertThat(compression.compress(atLimit)).isSameAs(atLimit);
        byte[] compressed = compression.compress(above);

        assertThat(compressed).hasSizeLessThan(100).startsWith(0xFF, 'H', 'Z', 1, 0, 0, 0x03, 0xE9);
        assertThat(compression.decompress(compressed)).isEqualTo(above);
        assertThat(off.decompress(compressed)).as("whatever the reader's limit").isEqualTo(above);
        assertThat(off.compress(above)).as("off").isSameAs(above);
        assertThat(compression.decompress(atLimit)).isSameAs(atLimit);
    }

    @Test
    void whatDoesNotGetShorterStaysPlain() {
        byte[] noise = noise(5000);
        assertThat(compression.compress(noise)).isSameAs(noise);
        Compression eager = new Compression(1);
        for (int length = 0; length < 200; length++) {
            byte[] some = text(length);
            byte[] kept = eager.compress(some);
            assertThat(kept.length).isLessThanOrEqualTo(length);
            assertThat(off.decompress(kept)).isEqualTo(some);
        }
    }

    @Test
    void whatIsLongerThanAnybodyReadsStaysPlain() {
        byte[] longest = new byte[Compression.MOST_BYTES];
        byte[] tooLong = new byte[Compression.MOST_BYTES + 1];

        assertThat(off.decompress(compression.compress(longest)).length).isEqualTo(longest.length);
        assertThat(compression.compress(tooLong)).isSameAs(tooLong);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 20, 100_000})
    void whatOnlyLooksCompressedIsReadAsItWas(int more) {
        byte[] lookalike = ByteBuffer.allocate(4 + more)
                .putInt(Compression.MARK)
                .put(noise(more))
                .array();

        assertThat(off.decompress(off.compress(lookalike))).isEqualTo(lookalike);
        assertThat(off.decompress(compression.compress(lookalike))).isEqualTo(lookalike);
    }

    @Test
    void aBombIsRefusedBeforeItIsAllocated() {
        byte[] bomb = zlib(new byte[Compression.MOST_BYTES + 1]);

        for (int said : new int[] {Compression.MOST_BYTES + 1, Integer.MAX_VALUE, 0, -1, Integer.MIN_VALUE}) {
            assertThatExceptionOfType(CodecException.class)
                    .isThrownBy(() -> off.decompress(saying(said, bomb)))
                    .withMessageEndingWith("says that it had " + said);
        }
        for (int said : new int[] {1, 1000, Compression.MOST_BYTES}) {
            assertThatExceptionOfType(CodecException.class)
                    .as("it holds more than it says")
                    .isThrownBy(() -> off.decompress(saying(said, bomb)))
                    .withMessageContaining("doesn't have the " + said);
        }
        assertThatExceptionOfType(CodecException.class)
                .as("no stream is that good")
                .isThrownBy(() -> off.decompress(saying(1 << 20, zlib(text(5000)))))
                .withMessageEndingWith("says that it had " + (1 << 20));
    }

    @Test
    void nothingElseThanTheOriginalComesOfWhatWasCutOrChanged() {
        int refused = 0;
        for (int i = 0; i < FUZZED; i++) {
            byte[] plain = i % 2 == 0 ? text(LIMIT + 1 + random.nextInt(5000)) : noisyText(LIMIT + 1 + i % 777);
            byte[] good = compression.compress(plain);
            int behindMark = Integer.BYTES + random.nextInt(good.length - Integer.BYTES);
            byte[] hostile = good.clone();
            switch (i % 6 / 2) {
                case 0 -> hostile = Arrays.copyOf(good, behindMark);
                case 1 -> hostile[behindMark] ^= (byte) (1 + random.nextInt(255));
                default -> {
                    byte[] noise = noise(good.length - behindMark);
                    hostile = Arrays.copyOf(good, good.length + random.nextInt(3));
                    System.arraycopy(noise, 0, hostile, behindMark, noise.length);
                }
            }
            try {
                assertThat(off.decompress(hostile)).as("case %d", i).isEqualTo(plain);
            } catch (CodecException e) {
                refused++;
            }
        }
        assertThat(refused).isGreaterThan(FUZZED * 9 / 10);
    }

    private byte[] noisyText(int length) {
        byte[] bytes = text(length);
        for (int i = 0; i < length / 10; i++) {
            bytes[random.nextInt(length)] = (byte) random.nextInt();
        }
        // Never the mark.
        bytes[0] = '"';
        return bytes;
    }
}
