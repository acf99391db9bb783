package io.hamster.spring.redis;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A process that holds a lock and prints of each look when it began and what it saw: key, lease, port. */
final class PausedHolder {

    static final String LOST = "lost";
    private static final long LOOK_EVERY_NANOS = 1_000_000;

    private PausedHolder() {}

    public static void main(String[] args) throws Exception {
        LettuceConnectionFactory factory =
                new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", Integer.parseInt(args[2])));
        factory.afterPropertiesSet();
        factory.start();
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        ExecutorService executor = Executors.newCachedThreadPool();
        try (RedisLockStore store = new RedisLockStore(factory, "paused", scheduler, executor);
                LockClient client =
                        LockClient.builder(store, scheduler, executor).build()) {
            LockHandle handle = client.lock(LockRequest.builder(args[0])
                    .expiration(Duration.parse(args[1]))
                    // A busy machine may take longer to connect than a command may take.
                    .timeout(Duration.ofMinutes(1))
                    .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMillis(100)))
                    .build());
            handle.onLost(lost -> System.out.println(LOST));
            while (System.in.available() == 0) {
                long before = System.nanoTime();
                System.out.println(before + " " + handle.isValid());
                LockSupport.parkNanos(LOOK_EVERY_NANOS);
            }
        } finally {
            factory.destroy();
            scheduler.shutdownNow();
            executor.shutdownNow();
        }
    }
}
