package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.invalidation.BadChannel.Treatment;
import io.hamster.cache.torture.CacheRun;
import io.hamster.spring.redis.RedisCacheUser.Planted;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A short run of what {@link CacheStalenessTortureTests} does. */
@RedisTest(exclusive = true)
class CacheStalenessTests {

    @TempDir
    Path directory;

    @Test
    void noReadIsStalerThanTheBound(RedisDeployment redis) {
        CacheRun.Result result =
                StalenessRuns.run(redis.servers().get(0), directory, Planted.NONE, List.of(Treatment.BAD), true, 7);

        System.out.println("Cache staleness: " + result);
        assertThat(result.violations()).isEmpty();
        assertThat(result.history().reads()).isGreaterThan(1000);
        assertThat(result.history().changes()).isGreaterThan(100);
    }
}
