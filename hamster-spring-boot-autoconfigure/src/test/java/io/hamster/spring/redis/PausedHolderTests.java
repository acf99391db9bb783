package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.JavaProcess;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that is stopped for longer than its lease and then goes on, while Redis doesn't answer it. */
@RedisTest
class PausedHolderTests {

    private static final Duration LEASE = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ENOUGH_LOOKS = 100;

    @TempDir
    Path directory;

    private record Look(long nanos, boolean valid) {}

    @Test
    void knowsAtItsFirstLookThatItsLockIsGone(RedisDeployment redis) {
        Path output = directory.resolve("output");
        try (RedisProxy proxy = RedisProxy.to(redis.addresses().get(0).getPort());
                JavaProcess holder = JavaProcess.start(
                        output, PausedHolder.class, List.of("key", LEASE.toString(), Integer.toString(proxy.port())))) {
            // Longer than a lease, so that it was renewed.
            await("the holder to look").atMost(PATIENCE).until(() -> lasted(looks(output)));
            holder.pause();
            proxy.delayReplies(Duration.ofHours(1));
            RedisFixture.pass(LEASE.multipliedBy(3).dividedBy(2));
            // Processes on one machine share this clock.
            long resumed = System.nanoTime();
            holder.resume();
            await("the holder to be told that it lost its lock")
                    .atMost(PATIENCE)
                    .until(() -> lines(output).contains(PausedHolder.LOST)
                            && looks(output).size() > begunBefore(resumed, looks(output)) + ENOUGH_LOOKS);

            List<Look> looks = looks(output);
            int first = begunBefore(resumed, looks);
            // The last one before may have been under way.
            assertThat(looks.subList(0, first - 1)).allMatch(Look::valid);
            assertThat(looks.subList(first, looks.size())).noneMatch(Look::valid);
        }
    }

    private static boolean lasted(List<Look> looks) {
        return looks.size() > ENOUGH_LOOKS
                && looks.get(looks.size() - 1).nanos() - looks.get(0).nanos() > LEASE.toNanos() * 5 / 4;
    }

    private static int begunBefore(long nanos, List<Look> looks) {
        return (int) looks.stream().filter(look -> look.nanos() < nanos).count();
    }

    private static List<Look> looks(Path output) {
        return lines(output).stream()
                .filter(line -> line.matches("\\d+ (true|false)"))
                .map(line -> line.split(" "))
                .map(parts -> new Look(Long.parseLong(parts[0]), Boolean.parseBoolean(parts[1])))
                .toList();
    }

    private static List<String> lines(Path output) {
        try {
            String text = Files.readString(output);
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
