package io.hamster.cache.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.JavaProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWriteBackKillTests {

    @TempDir
    private Path directory;

    @Test
    void losesNothingThatWasAcknowledged() {
        killAndCheck(3, 7);
    }

    @Test
    @Tag("torture")
    void losesNothingThatWasAcknowledgedInTwentyLives() {
        killAndCheck(20, System.nanoTime());
    }

    private void killAndCheck(int kills, long seed) {
        Random random = new Random(seed);
        WritingLogs logs = new WritingLogs(directory);
        for (int life = 1; life <= kills; life++) {
            try (JavaProcess process = start(life)) {
                awaitMore(logs, random);
                process.kill();
            }
        }
        try (JavaProcess last = start(kills + 1)) {
            awaitMore(logs, random);
            last.end();
            assertThat(last.exitValue()).isZero();
        }

        assertThat(logs.faults()).as("seed " + seed).isEmpty();
        assertThat(logs.acknowledged()).isGreaterThan(100L * kills);
    }

    /** Until it has begun, and then for a random while that is counted in writes. */
    private static void awaitMore(WritingLogs logs, Random random) {
        long enough = logs.acknowledgedBytes() + 4000 + random.nextInt(80_000);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(60))
                .until(() -> logs.acknowledgedBytes() >= enough);
    }

    private JavaProcess start(int life) {
        return JavaProcess.start(
                directory.resolve("output"), FileWriter.class, List.of(directory.toString(), Integer.toString(life)));
    }
}
