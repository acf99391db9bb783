package io.hamster.spring.redis;

import io.hamster.cache.writeback.SharedJournal;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Makes the journals of an application's caches, all on one connection. */
final class RedisJournals implements SharedJournal.Factory, AutoCloseable {

    private final RedisLink link;
    private final String namespace;

    RedisJournals(
            LettuceConnectionFactory factory, String namespace, ScheduledExecutorService scheduler, Executor executor) {
        this.link = new RedisLink(factory, scheduler, executor, primaries -> {});
        this.namespace = namespace;
        link.start();
    }

    @Override
    public SharedJournal journal(String cache) {
        return new RedisJournal(link, new BackNames(namespace, cache));
    }

    @Override
    public void close() {
        link.stop();
    }
}
