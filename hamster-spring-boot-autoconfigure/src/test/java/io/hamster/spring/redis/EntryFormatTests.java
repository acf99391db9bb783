package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.store.StoredEntry;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.zip.CRC32C;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

class EntryFormatTests {

    private static final int STAMP = Long.BYTES;

    private final StoredEntry entry = new StoredEntry(
            Optional.of(new byte[] {1, 2, 3}),
            Duration.ofMillis(70),
            Duration.ofMillis(900),
            Duration.ofMillis(1000),
            Set.of("red", "grün"));

    /** As the scripts store it. */
    private static byte[] stored(StoredEntry entry) {
        byte[] encoded = EntryFormat.encode(entry);
        return ByteBuffer.allocate(STAMP + encoded.length)
                .putLong(5)
                .put(encoded)
                .array();
    }

    /** With a right checksum, whatever else it holds. */
    private static byte[] sealed(byte[] value) {
        int end = value.length - Integer.BYTES;
        CRC32C crc = new CRC32C();
        crc.update(value, STAMP, end - STAMP);
        ByteBuffer.wrap(value).putInt(end, (int) crc.getValue());
        return value;
    }

    @Test
    void readsWhatItWrote() {
        StoredEntry read = EntryFormat.decode(stored(entry), 400);

        assertThat(read).isNotNull();
        assertThat(read.payload()).hasValueSatisfying(bytes -> assertThat(bytes).containsExactly(1, 2, 3));
        assertThat(read.age()).isEqualTo(Duration.ofMillis(670));
        assertThat(read.ttl()).isEqualTo(Duration.ofMillis(300));
        assertThat(read.retention()).isEqualTo(Duration.ofMillis(400));
        assertThat(read.tags()).containsExactlyInAnyOrder("red", "grün");
    }

    @Test
    void boundsTimesThatRedisCouldNotCount() {
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);

        byte[] value = stored(new StoredEntry(Optional.empty(), forever, forever, forever, Set.of()));

        StoredEntry read = EntryFormat.decode(value, 1000);
        assertThat(read).isNotNull();
        assertThat(read.payload()).isEmpty();
        assertThat(EntryFormat.keptMillis(entry)).isEqualTo(1000);
    }

    @Test
    void readsNothingThatWasCutOrChanged() {
        byte[] value = stored(entry);

        for (int length = 0; length < value.length; length++) {
            assertThat(EntryFormat.decode(Arrays.copyOf(value, length), 400))
                    .as("cut to %d bytes", length)
                    .isNull();
        }
        for (int i = STAMP; i < value.length; i++) {
            byte[] changed = value.clone();
            changed[i] ^= 0x10;
            assertThat(EntryFormat.decode(changed, 400))
                    .as("byte %d changed", i)
                    .isNull();
        }
        assertThat(EntryFormat.decode(Arrays.copyOf(value, value.length + 1), 400))
                .isNull();
        assertThat(EntryFormat.decode(value, -1)).as("kept forever").isNull();
        assertThat(EntryFormat.decode(value, 1001))
                .as("kept for longer than it says")
                .isNull();
    }

    @Test
    void believesNoFigureBecauseOfItsChecksum() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] value = stored(entry);
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                value[STAMP + random.nextInt(value.length - STAMP)] = (byte) random.nextInt();
            }
            byte[] hostile = sealed(value);
            Assertions.assertThatCode(() -> EntryFormat.decode(hostile, 400)).doesNotThrowAnyException();
        }
        byte[] other = stored(entry);
        other[STAMP] = 2;
        assertThat(EntryFormat.decode(sealed(other), 400)).as("another version").isNull();
        byte[] flags = stored(entry);
        flags[STAMP + 1] = 4;
        assertThat(EntryFormat.decode(sealed(flags), 400)).as("unknown flags").isNull();
    }

    @Test
    void stripesFitTheFormat() {
        assertThat(EntryFormat.stripe("red"))
                .isEqualTo(EntryFormat.stripe("red"))
                .isBetween(0, 0xFFFF);
        assertThat(EntryFormat.stripe("a-tag-whose-hash-is-negative-or-not")).isBetween(0, 0xFFFF);
    }
}
