package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.lock.CircuitLockStore;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockStore;
import io.hamster.lock.torture.Contenders;
import io.hamster.lock.torture.HoldLog;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.data.redis.connection.RedisNode;
import org.springframework.data.redis.connection.RedisSentinelConfiguration;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A process that contends for locks in Redis: owner, log, seed, namespace, port or sentinels' ports with commas. */
final class RedisContender {

    /** Much shorter than a lease, so that an answer can come too late for one. */
    static final Duration COMMAND_TIMEOUT = Duration.ofMillis(300);

    private static final Duration COOL_DOWN = Duration.ofMillis(500);

    private RedisContender() {}

    public static void main(String[] args) throws Exception {
        String owner = args[0];
        LettuceConnectionFactory factory = factory(args[4]);
        factory.afterPropertiesSet();
        factory.start();
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        ExecutorService executor = Executors.newCachedThreadPool();
        try (HoldLog log = new HoldLog(Path.of(args[1]));
                RedisLockStore redis = new RedisLockStore(factory, args[3], scheduler, executor);
                LockStore store = new CircuitLockStore(
                        redis, TimeSource.system(), COMMAND_TIMEOUT, COOL_DOWN, RedisLocks::isAnswer);
                LockClient client = LockClient.builder(store, scheduler, executor)
                        .node(owner)
                        .commandTimeout(COMMAND_TIMEOUT)
                        .build()) {
            new Contenders(client, owner, log).runUntilInputEnds(Long.parseLong(args[2]));
        } finally {
            factory.destroy();
            scheduler.shutdownNow();
            executor.shutdownNow();
        }
    }

    private static LettuceConnectionFactory factory(String ports) {
        if (!ports.contains(",")) {
            return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", Integer.parseInt(ports)));
        }
        RedisSentinelConfiguration sentinels =
                new RedisSentinelConfiguration().master(io.hamster.testing.redis.RedisDeployment.SENTINEL_MASTER);
        Arrays.stream(ports.split(","))
                .forEach(port -> sentinels.addSentinel(new RedisNode("127.0.0.1", Integer.parseInt(port))));
        return new LettuceConnectionFactory(sentinels);
    }
}
