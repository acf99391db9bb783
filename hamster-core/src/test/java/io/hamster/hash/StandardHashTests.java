package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StandardHashTests {

    @ParameterizedTest
    @CsvSource({
        // The catalogue of CRCs' check value; FNV's own test suite; MurmurHash3 and xxHash as their projects print
        // them.
        "CRC32,      123456789, cbf43926",
        "FNV1A32,    '',        811c9dc5",
        "FNV1A32,    a,         e40c292c",
        "FNV1A32,    foobar,    bf9cf968",
        "MURMUR3_32, '',        0",
        "MURMUR3_32, hello,     248bfa47",
        "MURMUR3_32, 'The quick brown fox jumps over the lazy dog', 2e4ff723",
        "XXH64,      '',        ef46db3751d8e999",
        "XXH64,      a,         d24ec4f1a98c6e5b",
        "XXH64,      abc,       44bc2cf5ad770999"
    })
    void agreesWithPublishedValues(StandardHash function, String text, String expected) {
        long hash = function.hash(text);

        assertThat(Long.toHexString(hash)).as("unsigned").isEqualTo(expected);
    }

    @Test
    void readsTextInPlaceAsIfItWereEncoded() {
        Random random = new Random(42);
        for (int i = 0; i < 5_000; i++) {
            String text = randomText(random, random.nextInt(130), i % 3 == 0 ? 0x2000 : 0x80);
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);

            assertThat(StandardHash.XXH64.hash(text)).isEqualTo(Hashing.xxh64().hashBytesToLong(bytes));
            assertThat(StandardHash.RAPIDHASH.hash(text))
                    .isEqualTo(Hashing.rapidhashV3().hashBytesToLong(text.getBytes(StandardCharsets.UTF_16LE)));
            assertThat((int) StandardHash.MURMUR3_32.hash(text))
                    .isEqualTo(Hashing.murmur3_32().hashBytesToInt(bytes));
            assertThat((int) StandardHash.FNV1A32.hash(text)).isEqualTo(fnv1a(bytes));
            assertThat(StandardHash.CRC32.hash(text)).isEqualTo(crc32(bytes));
        }
    }

    @Test
    void hashesOfThirtyTwoBitsAreUnsigned() {
        assertThat(HashFunction.of32(text -> -1).hash("any")).isEqualTo(0xffff_ffffL);
        for (int i = 0; i < 100; i++) {
            String text = i % 2 == 0 ? "key" + i : "\u00e9" + i;
            assertThat(StandardHash.FNV1A32.hash(text)).isBetween(0L, 0xffff_ffffL);
            assertThat(StandardHash.MURMUR3_32.hash(text)).isBetween(0L, 0xffff_ffffL);
        }
    }

    @ParameterizedTest
    @EnumSource
    void isFoundByItsName(StandardHash function) {
        assertThat(StandardHash.named(function.toString())).isSameAs(function);
        assertThat(StandardHash.named(" " + function.name() + " ")).isSameAs(function);
    }

    @Test
    void namesTheChoicesWhenANameIsUnknown() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StandardHash.named("md5"))
                .withMessageContaining("'md5'")
                .withMessageContaining("crc32, fnv1a32, murmur3_32, xxh64, rapidhash");
    }

    @Test
    void finalizersAgreeWithMurmurHash3() {
        // MurmurHash3 x86 of nothing is its finalizer of the seed.
        assertThat(Finalizer.fmix32(4711)).isEqualTo(Hashing.murmur3_32(4711).hashBytesToInt(new byte[0]));
        assertThat(Finalizer.fmix64(0)).isZero();
        assertThat(Finalizer.fmix64(1)).isEqualTo(0xb456bcfc34c2cb2cL);
    }

    private static String randomText(Random random, int length, int bound) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) random.nextInt(bound));
        }
        return text.toString();
    }

    private static long crc32(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    private static int fnv1a(byte[] bytes) {
        int hash = 0x811c9dc5;
        for (byte octet : bytes) {
            hash ^= octet & 0xff;
            hash *= 16777619;
        }
        return hash;
    }
}
