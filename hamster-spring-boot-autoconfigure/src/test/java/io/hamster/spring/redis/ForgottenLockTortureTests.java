package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.torture.ContendingProcesses;
import io.hamster.lock.torture.HoldLog;
import io.hamster.testing.JavaProcess;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import io.hamster.testing.redis.Resp;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where Redis may forget a grant, two handles may be valid at one time: that is counted and printed, not hidden. What
 * has to hold all the same: each handle keeps its word about itself, and no fence is given twice.
 */
@Tag("torture")
class ForgottenLockTortureTests {

    private static final int PROCESSES = 3;
    private static final int TIMES = 4;
    private static final Duration BETWEEN = Duration.ofSeconds(4);

    /**
     * Sentinels that elect none of them try again after 10 s, and do nothing for 30 s after a pause of 2 s or a clock that
     * was set.
     */
    private static final Duration FAILOVER = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    @Nested
    @RedisTest(exclusive = true)
    class RestartedWithoutItsData {

        @Test
        void noFenceIsGivenTwice(RedisDeployment redis) {
            contend("Redis restarted without its data", redis, () -> {
                redis.servers().get(0).wipe();
                redis.servers().get(0).start();
            });
        }
    }

    @Nested
    @RedisTest(topology = Topology.SENTINEL, exclusive = true)
    class FailedOver {

        @Test
        void noFenceIsGivenTwice(RedisDeployment redis) {
            contend("Sentinel failed over", redis, () -> {
                RedisServer killed = primary(redis);
                killed.kill();
                try {
                    await("a new primary")
                            .atMost(FAILOVER)
                            .until(() ->
                                    redis.servers().stream().anyMatch(server -> server != killed && isPrimary(server)));
                } catch (ConditionTimeoutException e) {
                    throw new AssertionError("The sentinels say " + sentinels(redis), e);
                }
                killed.start();
                await("the old primary to follow").atMost(FAILOVER).until(() -> !isPrimary(killed));
            });
        }

        private RedisServer primary(RedisDeployment redis) {
            return redis.servers().stream()
                    .filter(this::isPrimary)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("No server is primary"));
        }

        private String sentinels(RedisDeployment redis) {
            StringBuilder said = new StringBuilder();
            for (URI address : redis.addresses()) {
                try (Resp sentinel = Resp.connect(address.getHost(), address.getPort())) {
                    said.append(sentinel.command("INFO", "sentinel"))
                            .append(sentinel.command("SENTINEL", "MASTER", RedisDeployment.SENTINEL_MASTER))
                            .append('\n');
                } catch (UncheckedIOException | Resp.ErrorReply e) {
                    said.append(address).append(": ").append(e).append('\n');
                }
            }
            return said.toString();
        }

        private boolean isPrimary(RedisServer server) {
            try (Resp connection = server.connect()) {
                return ((List<?>) connection.command("ROLE")).get(0).equals("master");
            } catch (UncheckedIOException | Resp.ErrorReply e) {
                // Killed, or still starting.
                return false;
            }
        }
    }

    private void contend(String what, RedisDeployment redis, Runnable fault) {
        String ports = redis.addresses().stream()
                .map(URI::getPort)
                .map(String::valueOf)
                .collect(Collectors.joining(","));
        try (ContendingProcesses processes = new ContendingProcesses(
                PROCESSES, directory, (index, owner, log, output) -> contender(owner, log, output, ports))) {
            for (int i = 0; i < TIMES; i++) {
                RedisFixture.pass(BETWEEN);
                fault.run();
            }
            RedisFixture.pass(BETWEEN);
            processes.requireAlive();
            HoldLog.Contents contents = processes.end();

            List<String> violations = contents.history().violations();
            System.out.printf(
                    "%s %d times: %d holds, %d overlaps%n",
                    what,
                    TIMES,
                    contents.history().size(),
                    violations.stream()
                            .filter(each -> each.startsWith("overlap"))
                            .count());
            assertThat(contents.faults()).isEmpty();
            assertThat(contents.history().reusedFences()).isEmpty();
            assertThat(contents.history().size()).isGreaterThan(100);
        }
    }

    private static JavaProcess contender(String owner, Path log, Path output, String ports) {
        return JavaProcess.start(
                output,
                RedisContender.class,
                List.of(owner, log.toString(), Integer.toString(owner.hashCode()), "torture", ports));
    }
}
