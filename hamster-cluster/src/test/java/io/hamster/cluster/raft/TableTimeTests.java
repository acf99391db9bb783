package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TableTimeTests {

    private final ManualTime clock = new ManualTime();
    private final TableTime time = new TableTime(clock);

    @Test
    void goesOnWithTheLeadersClockFromTheLastStamp() {
        assertThat(apply(1)).isZero();
        clock.advance(Duration.ofNanos(70));
        assertThat(apply(1)).isEqualTo(70);

        // Nobody led, or another did and its stamps were lost with it.
        clock.advance(Duration.ofDays(1));
        assertThat(apply(2)).isEqualTo(70);
        clock.advance(Duration.ofNanos(5));
        assertThat(apply(2)).isEqualTo(75);
    }

    @Test
    void neverGoesBack() {
        assertThat(time.apply(100)).isEqualTo(100);
        assertThat(time.apply(40)).isEqualTo(100);
        assertThat(time.apply(Long.MIN_VALUE)).isEqualTo(100);
    }

    @Test
    void goesOnFromASnapshot() {
        time.restore(1000);

        assertThat(apply(1)).isEqualTo(1000);
    }

    @Test
    void stampsAnEntryInPlace() throws IOException {
        byte[] entry = LogEntry.of(GroupLog.Part.LOCKS, new byte[] {1, 2, 3});
        time.restore(5);

        LogEntry.stamp(entry, time, 1);

        LogEntry read = LogEntry.read(ByteBuffer.wrap(entry), Map.of());
        assertThat(read.part()).isEqualTo(GroupLog.Part.LOCKS);
        assertThat(read.stamp()).isEqualTo(5);
        assertThat(read.command()).containsExactly(1, 2, 3);
    }

    @Test
    void refusesAnEntryThatItDoesNotKnow() throws IOException {
        byte[] entry = LogEntry.of(GroupLog.Part.LOCKS, new byte[0]);
        assertThat(LogEntry.read(ByteBuffer.wrap(entry), Map.of()).command()).isEmpty();

        assertRefused(ByteBuffer.wrap(entry, 0, entry.length - 1), "only 9 bytes");
        assertRefused(ByteBuffer.allocate(0), "only 0 bytes");
        assertRefused(changed(entry, 0, 9), "version 9");
        assertRefused(changed(entry, 1, 77), "part 77");
        assertRefused(changed(entry, 1, -1), "part -1");
    }

    private static void assertRefused(ByteBuffer entry, String reason) {
        assertThatExceptionOfType(UnknownFormatException.class)
                .isThrownBy(() -> LogEntry.read(entry, Map.of()))
                .withMessageContaining(reason);
    }

    private static ByteBuffer changed(byte[] entry, int at, int value) {
        return ByteBuffer.wrap(entry.clone()).put(at, (byte) value);
    }

    private long apply(long term) {
        ByteBuffer entry = ByteBuffer.allocate(Long.BYTES);
        time.stamp(entry, 0, term);
        return time.apply(entry.getLong(0));
    }
}
