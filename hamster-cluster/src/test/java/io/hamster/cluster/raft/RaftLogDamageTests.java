package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.TimeSource;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.raft.RaftTestCluster.TestNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftLogDamageTests {

    @TempDir
    private static Path root;

    private static RaftTestCluster cluster;
    private static TestNode node;
    private static Path segment;
    private static byte[] whole;

    @BeforeAll
    static void fillALog() throws IOException {
        cluster = new RaftTestCluster(root, "a").startAll();
        node = cluster.node("a");
        IntStream.range(0, 10).forEach(i -> node.propose("command number " + i));
        node.stop();
        try (Stream<Path> files = Files.walk(node.directory())) {
            List<Path> open = files.filter(file -> file.getFileName().toString().startsWith("log_inprogress_"))
                    .toList();
            segment = open.get(0);
        }
        whole = Files.readAllBytes(segment);
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @BeforeEach
    void restoreTheLog() throws IOException {
        try (Stream<Path> files = Files.list(segment.getParent())) {
            for (Path file : files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .toList()) {
                Files.delete(file);
            }
        }
        Files.write(segment, whole);
    }

    @AfterEach
    void stop() {
        node.stop();
    }

    @Test
    void dropsATornTail() throws IOException {
        byte[] log = whole.clone();
        int end = end(log);
        // The beginning of one more entry, as if the machine had stopped before the rest was written.
        byte[] torn = new byte[Math.max(log.length, end + 100)];
        System.arraycopy(log, 0, torn, 0, log.length);
        System.arraycopy(log, start(log, "command number 5") - 40, torn, end, 20);
        torn[end] = 80;
        Files.write(segment, torn);

        node.start(false);

        assertThat(node.propose("after").count()).isEqualTo(11);
    }

    @Test
    void dropsATailThatTheFileEndsIn() throws IOException {
        byte[] log = whole.clone();
        Files.write(segment, Arrays.copyOf(log, end(log) - 10));

        node.start(false);

        // What was cut is the last command, or Ratis' own note of its commit behind it.
        assertThat(node.propose("after").count()).isBetween(10L, 11L);
    }

    @Test
    void refusesAFlippedByteInTheMiddle() throws IOException {
        byte[] log = whole.clone();
        log[start(log, "command number 5")] ^= 1;
        Files.write(segment, log);

        assertRefused();
    }

    @Test
    void refusesADamagedLengthInTheMiddle() throws IOException {
        // Nothing but the first entry's length: what follows looks like the rest of one huge entry.
        byte[] log = whole.clone();
        log[8] |= (byte) 0x80;
        Files.write(segment, log);

        assertRefused();
    }

    @Test
    void refusesAFlippedByteInTheLastEntry() throws IOException {
        byte[] log = whole.clone();
        log[start(log, "command number 9")] ^= 1;
        Files.write(segment, log);

        assertRefused();
    }

    @Test
    void refusesADamagedSnapshot() throws IOException {
        Path snapshots = segment.getParent().resolveSibling("sm");
        Path snapshot = snapshots.resolve("snapshot.1_5");
        new GroupSnapshots(Map.of(GroupLog.Part.LOCKS, new RecordingPart()), new TableTime(TimeSource.system()))
                .write(snapshot);
        byte[] bytes = Files.readAllBytes(snapshot);
        bytes[bytes.length / 2] ^= 1;
        Files.write(snapshot, bytes);

        try {
            assertRefused();
        } finally {
            Files.delete(snapshot);
        }
    }

    private void assertRefused() {
        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> node.start(false))
                .withMessageContaining("damaged")
                .withMessageContaining("rejoins as a new member");
    }

    /** Where the last entry ends: each is its length (a varint), its bytes and a checksum. */
    private static int end(byte[] log) {
        int at = 8;
        while (at < log.length && log[at] != 0) {
            int length = 0;
            int shift = 0;
            byte next;
            do {
                next = log[at++];
                length |= (next & 0x7f) << shift;
                shift += 7;
            } while (next < 0);
            at += length + 4;
        }
        return at;
    }

    private static int start(byte[] log, String command) {
        byte[] wanted = command.getBytes();
        return IntStream.range(0, log.length - wanted.length)
                .filter(at -> ByteBuffer.wrap(log, at, wanted.length).equals(ByteBuffer.wrap(wanted)))
                .findFirst()
                .orElseThrow();
    }
}
