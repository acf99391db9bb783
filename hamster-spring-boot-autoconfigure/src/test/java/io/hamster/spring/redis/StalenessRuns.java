package io.hamster.spring.redis;

import io.hamster.cache.invalidation.BadChannel.Treatment;
import io.hamster.cache.torture.CacheRun;
import io.hamster.spring.redis.RedisCacheUser.Planted;
import io.hamster.testing.JavaProcess;
import io.hamster.testing.redis.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Runs of processes whose caches share a Redis, which is killed and started with its data if a run says so. */
final class StalenessRuns {

    private static final int LONGEST_OUTAGE_MILLIS = 1000;

    private StalenessRuns() {}

    /**
     * One run.
     *
     * @param cycles of which the first loses all news, the next is a bad channel, the third loses all that is sent
     * @param restarts whether Redis is killed in each of them but the first
     */
    static CacheRun.Result run(
            RedisServer server, Path directory, Planted planted, int cycles, boolean restarts, long seed) {
        Random random = new Random(seed);
        String namespace = "staleness-" + UUID.randomUUID();
        Treatment[] treatments = {Treatment.NO_NEWS, Treatment.BAD, Treatment.NOTHING};
        try (CacheRun run = new CacheRun(
                directory,
                RedisFixture::pass,
                (index, source, log, output) -> JavaProcess.start(
                        output,
                        RedisCacheUser.class,
                        List.of(
                                Integer.toString(index),
                                source.toString(),
                                log.toString(),
                                Long.toString(seed + index),
                                namespace,
                                Integer.toString(server.port()),
                                planted.name())))) {
            RedisFixture.pass(Duration.ofSeconds(2));
            for (int i = 0; i < cycles; i++) {
                boolean restart = restarts && i > 0;
                run.cycle(treatments[i % treatments.length], () -> {
                    if (restart) {
                        server.kill();
                        RedisFixture.pass(Duration.ofMillis(random.nextInt(LONGEST_OUTAGE_MILLIS)));
                        server.start();
                    }
                });
            }
            return run.end();
        }
    }
}
