package io.hamster.spring.redis;

import io.hamster.cache.CacheClient;
import io.hamster.cache.TextCodec;
import io.hamster.cache.torture.WritingProcess;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A process that writes back with a journal in Redis: directory, owner, life, namespace, Redis' address. */
final class RedisWriter {

    private RedisWriter() {}

    public static void main(String[] args) throws Exception {
        LettuceConnectionFactory factory = RedisFixture.factory(URI.create(args[4]));
        factory.afterPropertiesSet();
        factory.start();
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        ExecutorService executor = Executors.newCachedThreadPool();
        RedisJournals journals = new RedisJournals(() -> factory, () -> args[3], scheduler, executor);
        try {
            new WritingProcess(Path.of(args[0]), args[1], Integer.parseInt(args[2]))
                    .runUntilInputEnds(
                            CacheClient.builder()
                                    .codec(new TextCodec())
                                    .sharedJournals(journals)
                                    .build(),
                            WriteBackPolicy.builder().durability(Durability.REDIS));
        } finally {
            journals.stop();
            factory.destroy();
            scheduler.shutdownNow();
            executor.shutdownNow();
        }
    }
}
