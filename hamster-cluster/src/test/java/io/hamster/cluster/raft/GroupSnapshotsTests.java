package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.TimeSource;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupSnapshotsTests {

    @TempDir
    private Path directory;

    private final RecordingPart part = new RecordingPart();
    private final TableTime time = new TableTime(TimeSource.system());
    private final GroupSnapshots snapshots = new GroupSnapshots(Map.of(GroupLog.Part.LOCKS, part), time);

    @Test
    void bringsBackStateAndTime() throws IOException {
        part.apply(new ReplicatedPart.Entry(1, 1, time.apply(77), false), new byte[] {1});
        String before = part.summary();
        Path file = directory.resolve("snapshot");
        snapshots.write(file);
        snapshots.reset();
        assertThat(part.summary()).isNotEqualTo(before);
        assertThat(time.applied()).isZero();

        snapshots.read(file);

        assertThat(part.summary()).isEqualTo(before);
        assertThat(time.applied()).isEqualTo(77);
    }

    @Test
    void refusesAFileOfWhichAnyByteWasChangedAndKeepsItsState() throws IOException {
        Path file = directory.resolve("snapshot");
        snapshots.write(file);
        byte[] whole = Files.readAllBytes(file);
        part.apply(new ReplicatedPart.Entry(1, 1, 1, false), new byte[] {1});
        String before = part.summary();

        for (int i = 0; i < whole.length; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 1;
            Files.write(file, changed);
            assertThatExceptionOfType(GroupSnapshots.SnapshotDamagedException.class)
                    .isThrownBy(() -> snapshots.read(file));
        }
        Files.write(file, new byte[10]);
        assertThatExceptionOfType(GroupSnapshots.SnapshotDamagedException.class).isThrownBy(() -> snapshots.read(file));
        assertThat(part.summary()).isEqualTo(before);
    }

    @Test
    void writesPartsInOneOrderOnAllNodes() throws IOException {
        Map<GroupLog.Part, ReplicatedPart> backwards = new LinkedHashMap<>();
        backwards.put(GroupLog.Part.LOCKS, part);
        backwards.put(GroupLog.Part.LEADERSHIP, new LeadershipPart(TimeSource.system()));
        Path file = directory.resolve("snapshot");

        new GroupSnapshots(backwards, time).write(file);

        int firstPart = Integer.BYTES + 1 + Long.BYTES;
        assertThat(Files.readAllBytes(file)[firstPart]).isEqualTo((byte) GroupLog.Part.LEADERSHIP.ordinal());
    }

    @Test
    void leavesNoFileBehindThatIsntWhole() throws IOException {
        assertLeavesNothing(new IOException("disk full"));
    }

    @Test
    void leavesNoFileBehindThatThereWasNoMemoryToEnd() throws IOException {
        assertLeavesNothing(new OutOfMemoryError("Java heap space"));
    }

    private void assertLeavesNothing(Throwable failure) throws IOException {
        GroupSnapshots failing = new GroupSnapshots(Map.of(GroupLog.Part.LOCKS, new FailingPart(failure)), time);

        assertThatThrownBy(() -> failing.write(directory.resolve("snapshot"))).isSameAs(failure);

        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).isEmpty();
        }
    }

    private record FailingPart(Throwable failure) implements ReplicatedPart {

        @Override
        public void requireKnown(byte[] command) {}

        @Override
        public byte[] apply(Entry entry, byte[] command) {
            return command;
        }

        @Override
        public void writeTo(DataOutput out) throws IOException {
            if (failure instanceof Error error) {
                throw error;
            }
            throw (IOException) failure;
        }

        @Override
        public void readFrom(DataInput in) {}

        @Override
        public void reset() {}
    }
}
