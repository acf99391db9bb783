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
     * @param treatments of the messages, one for each cycle
     * @param restarts whether Redis is killed in each of them
     */
    static CacheRun.Result run(
            RedisServer server,
            Path directory,
            Planted planted,
            List<Treatment> treatments,
            boolean restarts,
            long seed) {
        Random random = new Random(seed);
        String namespace = "staleness-" + UUID.randomUUID();
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
            for (Treatment treatment : treatments) {
                run.cycle(treatment, () -> {
                    if (restarts) {
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
