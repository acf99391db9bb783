package io.hamster.lock.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockHistory.Hold;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldLogTests {

    @TempDir
    Path directory;

    @Test
    void joinsWhatWasSeenOfOneHandleAndFindsAnOverlapBetweenProcesses() throws Exception {
        Path one = directory.resolve("one");
        Path other = directory.resolve("other");
        try (HoldLog log = new HoldLog(one)) {
            log.held(new Hold("k", "one", 1, 10, 20));
            log.held(new Hold("k", "one", 1, 10, 30));
        }
        try (HoldLog log = new HoldLog(other)) {
            log.held(new Hold("k", "other", 2, 25, 28));
            log.held(new Hold("k", "other", 3, 40, 50));
        }

        HoldLog.Contents contents = HoldLog.read(List.of(one, other));

        assertThat(contents.history().size()).isEqualTo(3);
        assertThat(contents.history().violations()).singleElement().asString().startsWith("overlap");
    }

    @Test
    void leavesOutALineThatWasCutOffAndReportsFaults() throws Exception {
        Path path = directory.resolve("log");
        try (HoldLog log = new HoldLog(path)) {
            log.held(new Hold("k", "one", 1, 10, 20));
            log.fault("broke its word");
        }
        Files.writeString(path, "H\tk\tone\t2\t3", StandardOpenOption.APPEND);

        HoldLog.Contents contents = HoldLog.read(List.of(path));

        assertThat(contents.history().size()).isEqualTo(1);
        assertThat(contents.faults()).containsExactly("log: broke its word");
    }
}
