package io.hamster.spring.redis;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.PlantedAdmission;
import io.hamster.cache.SharedTier;
import io.hamster.cache.invalidation.BadChannel;
import io.hamster.cache.store.FlawedCacheStore;
import io.hamster.cache.torture.CacheRun;
import io.hamster.cache.torture.CacheUsers;
import io.hamster.cache.torture.SharedSource;
import io.hamster.cache.torture.UserLog;
import io.hamster.spring.codec.JacksonCodec;
import java.nio.file.Path;
import java.time.Duration;
import tools.jackson.databind.json.JsonMapper;

/** A process that uses shared caches over Redis: its number, source, log, seed, namespace, port, planted fault. */
final class RedisCacheUser {

    static final Duration COMMAND_TIMEOUT = Duration.ofMillis(400);
    private static final Duration COOL_DOWN = Duration.ofMillis(200);

    private RedisCacheUser() {}

    /** What may be switched off. */
    enum Planted {
        /** Nothing. */
        NONE,
        /** That a load from before a change isn't kept by its instance. */
        STAMPS,
        /** That a load from before a change isn't kept by the store. */
        TICKETS,
        /** That heartbeats tell of news that were missed, and that an instance falls silent. */
        HEARTBEATS
    }

    public static void main(String[] args) throws Exception {
        int self = Integer.parseInt(args[0]);
        Planted planted = Planted.valueOf(args[6]);
        SharedSource source = SharedSource.open(Path.of(args[1]));
        ThreadLocal<Boolean> inTransaction = ThreadLocal.withInitial(() -> false);
        try (UserLog log = new UserLog(Path.of(args[2]));
                CacheInstance instance = new CacheInstance(Integer.parseInt(args[5]), args[4], COMMAND_TIMEOUT)) {
            BadChannel channel = new BadChannel(
                    instance.channel(),
                    instance.scheduler,
                    source::treatment,
                    CacheRun.LONGEST_DELAY,
                    planted == Planted.HEARTBEATS);
            SharedTier tier = SharedTier.of(
                            (cache, version, ttl) -> new FlawedCacheStore(
                                    instance.store(cache, version, ttl),
                                    instance.scheduler,
                                    planted == Planted.TICKETS),
                            new JacksonCodec(new JsonMapper()))
                    .withChannel(channel)
                    .withBound(CacheRun.NEWS_BOUND)
                    .withCoolDown(COOL_DOWN);
            try (Caches caches = planted == Planted.STAMPS
                    ? flawed(tier, instance, inTransaction)
                    : sound(tier, instance, inTransaction)) {
                CacheUsers users = new CacheUsers(self, source, log, inTransaction, caches);
                instance.start();
                users.runUntilInputEnds(Long.parseLong(args[3]));
            }
        }
    }

    /** To be closed. */
    private interface Caches extends CacheUsers.Caches, AutoCloseable {

        @Override
        void close();
    }

    private static Caches sound(SharedTier tier, CacheInstance instance, ThreadLocal<Boolean> inTransaction) {
        CacheClient client = CacheClient.builder()
                .scheduler(instance.scheduler)
                .executor(instance.executor)
                .inTransaction(inTransaction::get)
                .shared(tier)
                .build();
        return new Caches() {
            @Override
            public <K, V> HamsterCache<K, V> cache(String name, CachePolicy policy) {
                return client.cache(name, policy);
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private static Caches flawed(SharedTier tier, CacheInstance instance, ThreadLocal<Boolean> inTransaction) {
        PlantedAdmission client = new PlantedAdmission(tier, instance.scheduler, instance.executor, inTransaction::get);
        return new Caches() {
            @Override
            public <K, V> HamsterCache<K, V> cache(String name, CachePolicy policy) {
                return client.cache(name, policy);
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }
}
