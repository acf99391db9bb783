package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.torture.Contenders;
import io.hamster.lock.torture.ContendingProcesses;
import io.hamster.lock.torture.HoldLog;
import io.hamster.testing.JavaProcess;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.Resp;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes contend for keys of one Redis while they are killed and paused, their connections are cut, its replies come
 * too late, and it is itself paused, killed and started with its data. The invariant: no two handles of a key are valid
 * at one time, and fences rise.
 */
@Tag("torture")
@RedisTest(exclusive = true)
class LockTortureTests {

    private static final int PROCESSES = 3;
    private static final Duration LENGTH = Duration.ofSeconds(90);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String NAMESPACE = "torture";
    /** What is left of a key that doesn't expire, as Redis has it. */
    private static final long FOREVER = -1;

    @TempDir
    Path directory;

    private final LockNames names = new LockNames(NAMESPACE);

    private enum Fault {
        KILL,
        PAUSE,
        CUT,
        DELAY,
        STORE_PAUSE,
        STORE_RESTART
    }

    @Test
    void noTwoHandlesAreValidWhileRedisKeepsItsData(RedisDeployment redis) {
        RedisServer server = redis.servers().get(0);
        Random random = new Random(42);
        TreeMap<Fault, Integer> faults = new TreeMap<>();
        List<RedisProxy> proxies = IntStream.range(0, PROCESSES)
                .mapToObj(i -> RedisProxy.to(server.port()))
                .toList();
        try (ContendingProcesses processes = new ContendingProcesses(
                PROCESSES,
                directory,
                (index, owner, log, output) -> contender(
                        owner, log, output, Integer.toString(proxies.get(index).port())))) {
            long end = System.nanoTime() + LENGTH.toNanos();
            while (System.nanoTime() < end) {
                RedisFixture.pass(Duration.ofMillis(200 + random.nextInt(1000)));
                Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
                faults.merge(fault, 1, Integer::sum);
                inflict(fault, random, processes, proxies, server);
                processes.requireAlive();
            }
            HoldLog.Contents contents = processes.end();

            System.out.printf(
                    "Lock torture: %d holds, faults %s%n", contents.history().size(), faults);
            assertThat(contents.faults()).isEmpty();
            assertThat(contents.history().violations()).isEmpty();
            assertThat(contents.history().size()).isGreaterThan(500);
            assertThat(faults).containsOnlyKeys(Fault.values());
            awaitFree(server, "");
        } finally {
            proxies.forEach(RedisProxy::close);
        }
    }

    private void inflict(
            Fault fault, Random random, ContendingProcesses processes, List<RedisProxy> proxies, RedisServer server) {
        int index = random.nextInt(PROCESSES);
        switch (fault) {
            case KILL -> awaitFree(server, processes.replace(index));
            case PAUSE -> {
                processes.pause(index);
                RedisFixture.pass(
                        Contenders.LEASE.multipliedBy(1 + random.nextInt(2)).plusMillis(200));
                processes.resume(index);
            }
            case CUT -> proxies.get(index).cut();
            case DELAY -> {
                proxies.get(index).delayReplies(RedisContender.COMMAND_TIMEOUT.plusMillis(random.nextInt(1500)));
                RedisFixture.pass(Duration.ofMillis(500 + random.nextInt(1500)));
                proxies.get(index).delayReplies(Duration.ZERO);
            }
            case STORE_PAUSE -> {
                server.pause();
                RedisFixture.pass(Duration.ofMillis(200 + random.nextInt(1500)));
                server.resume();
            }
            case STORE_RESTART -> {
                server.kill();
                RedisFixture.pass(Duration.ofMillis(random.nextInt(1500)));
                server.start();
            }
        }
    }

    /** No lock of an ended process outlives its lease; none at all if the owner is empty. */
    private void awaitFree(RedisServer server, String owner) {
        try (Resp redis = server.connect()) {
            assertThat(Contenders.keys())
                    .allSatisfy(key -> assertThat(millisLeft(redis, key))
                            .as("what is left of %s", key)
                            .isNotEqualTo(FOREVER)
                            .isLessThanOrEqualTo(Contenders.LEASE.toMillis()));
            await("locks of " + owner + " to end")
                    .atMost(PATIENCE)
                    .until(() -> Contenders.keys().stream().noneMatch(key -> isHeld(redis, key, owner)));
        }
    }

    private long millisLeft(Resp redis, String key) {
        return (Long) redis.command("PTTL", names.lock(LockNames.bucket(key), key));
    }

    private boolean isHeld(Resp redis, String key, String owner) {
        Object value = redis.command("GET", names.lock(LockNames.bucket(key), key));
        return value != null && value.toString().endsWith(owner);
    }

    private static JavaProcess contender(String owner, Path log, Path output, String ports) {
        return JavaProcess.start(
                output,
                RedisContender.class,
                List.of(owner, log.toString(), Integer.toString(owner.hashCode()), NAMESPACE, ports));
    }
}
