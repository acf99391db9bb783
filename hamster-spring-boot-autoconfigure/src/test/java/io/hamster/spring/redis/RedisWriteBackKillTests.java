package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.torture.WritingLogs;
import io.hamster.testing.JavaProcess;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances share a cache; one or the other is killed while both write. */
@RedisTest(topology = Topology.STANDALONE)
class RedisWriteBackKillTests {

    private static final String[] OWNERS = {"one", "other"};

    private final RedisDeployment redis;
    private final String namespace = "test-" + UUID.randomUUID();

    @TempDir
    private Path directory;

    RedisWriteBackKillTests(RedisDeployment redis) {
        this.redis = redis;
    }

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
        JavaProcess[] processes = {start(0, 1), start(1, 1)};
        try {
            for (int kill = 1; kill <= kills; kill++) {
                awaitMore(logs, random);
                int victim = random.nextInt(OWNERS.length);
                processes[victim].kill();
                processes[victim] = start(victim, kill + 1);
            }
            awaitMore(logs, random);
            processes[1].kill();
            processes[0].end();
            assertThat(processes[0].exitValue()).isZero();
        } finally {
            processes[0].close();
            processes[1].close();
        }

        assertThat(logs.faults()).as("seed " + seed).isEmpty();
        assertThat(logs.acknowledged()).isGreaterThan(100L * kills);
    }

    /** Until it has begun, and then for a random while that is counted in writes. */
    private static void awaitMore(WritingLogs logs, Random random) {
        long enough = logs.acknowledgedBytes() + 4000 + random.nextInt(200_000);
        Awaitility.await()
                .pollInterval(Duration.ofMillis(1))
                .atMost(Duration.ofSeconds(180))
                .until(() -> logs.acknowledgedBytes() >= enough);
    }

    private JavaProcess start(int index, int life) {
        return JavaProcess.start(
                directory.resolve("output"),
                RedisWriter.class,
                List.of(
                        directory.toString(),
                        OWNERS[index],
                        Integer.toString(life),
                        namespace,
                        redis.addresses().get(0).toString()));
    }
}
