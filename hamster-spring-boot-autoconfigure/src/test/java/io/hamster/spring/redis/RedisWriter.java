package io.hamster.spring.redis;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.TextCodec;
import io.hamster.cache.Tier;
import io.hamster.cache.torture.WritingProcess;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.net.URI;
import java.nio.file.Path;

/** A process that writes back with a journal in Redis: directory, owner, life, namespace, Redis' address. */
final class RedisWriter {

    private RedisWriter() {}

    public static void main(String[] args) throws Exception {
        try (RedisFixture redis = new RedisFixture(RedisFixture.factory(URI.create(args[4])), args[3])) {
            RedisJournals journals = redis.journals();
            try {
                new WritingProcess(Path.of(args[0]), args[1], Integer.parseInt(args[2]))
                        .runUntilInputEnds(
                                CacheClient.builder()
                                        .shared(redis.sharedTier(new TextCodec()))
                                        .sharedJournals(journals)
                                        .build(),
                                CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(String.class),
                                WriteBackPolicy.builder().durability(Durability.REDIS));
            } finally {
                journals.stop();
            }
        }
    }
}
