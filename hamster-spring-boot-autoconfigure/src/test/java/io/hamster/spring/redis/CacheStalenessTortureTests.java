package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.invalidation.BadChannel.Treatment;
import io.hamster.cache.torture.CacheRun;
import io.hamster.spring.redis.RedisCacheUser.Planted;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/**
 * Processes read, load and change what they share over one Redis while their messages are lost, delayed and reordered,
 * the last ones before a silence too, loads are overtaken by changes, transactions load old snapshots, and Redis is
 * killed and started with its data. What they read is never staler than the bound, and in the end they agree with the
 * source. The same runs find each of three checks that are switched off.
 */
@Tag("torture")
@RedisTest(exclusive = true)
class CacheStalenessTortureTests {

    private static final List<Treatment> BAD_ONES = List.of(Treatment.NO_NEWS, Treatment.BAD, Treatment.NOTHING);
    private static final int CYCLES = 11;
    private static final int MOST_SEEDS = 10;

    @TempDir
    Path directory;

    @Test
    void noReadIsStalerThanTheBound(RedisDeployment redis) {
        Random random = new Random(42);
        List<Treatment> treatments = Stream.generate(() -> BAD_ONES.get(random.nextInt(BAD_ONES.size())))
                .limit(CYCLES)
                .toList();

        CacheRun.Result result =
                StalenessRuns.run(redis.servers().get(0), directory, Planted.NONE, treatments, true, 42);

        System.out.println("Cache staleness torture: " + result);
        assertThat(result.violations()).isEmpty();
        assertThat(result.history().reads()).isGreaterThan(50_000);
        assertThat(result.history().changes()).isGreaterThan(2000);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
    void aCheckThatIsSwitchedOffIsFound(Planted planted, RedisDeployment redis) throws IOException {
        long began = System.nanoTime();
        List<String> found = List.of();
        int seed = 0;
        while (found.isEmpty() && seed < MOST_SEEDS) {
            Path own = Files.createDirectory(directory.resolve("seed-" + ++seed));
            found = StalenessRuns.run(redis.servers().get(0), own, planted, List.of(Treatment.NO_NEWS), false, seed)
                    .violations();
        }

        System.out.printf(
                "Cache staleness without %s: %d violations with seed %d after %d s, such as %s%n",
                planted,
                found.size(),
                seed,
                Duration.ofNanos(System.nanoTime() - began).toSeconds(),
                found.isEmpty() ? "none" : found.get(0));
        assertThat(found).isNotEmpty();
    }
}
