package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.Resp;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Shared caches and journals as users of Redis who may do what the manual names and nothing else. */
@RedisTest(exclusive = true)
class CacheRightsTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String namespace = "rights-" + System.nanoTime();
    private final RedisServer server;

    CacheRightsTests(RedisDeployment redis) {
        server = redis.servers().get(0);
    }

    private ApplicationContextRunner instance(String user, String rights) {
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", user, "reset", "on", ">secret"));
        command.addAll(List.of(rights.split(" ")));
        try (Resp redis = server.connect()) {
            redis.command(command.toArray(String[]::new));
        }
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        AopAutoConfiguration.class,
                        HamsterAutoConfiguration.class,
                        HamsterCodecAutoConfiguration.class,
                        HamsterCacheAutoConfiguration.class,
                        HamsterRedisAutoConfiguration.class,
                        DataRedisAutoConfiguration.class))
                .withPropertyValues(
                        "hamster.redis.namespace=" + namespace,
                        "hamster.cache.remote.command-timeout=20s",
                        "spring.data.redis.host=127.0.0.1",
                        "spring.data.redis.port=" + server.port(),
                        "spring.data.redis.username=" + user,
                        "spring.data.redis.password=secret");
    }

    private String ofCaches() {
        return "~" + namespace + ":cache:* resetchannels &" + namespace + ":cache:invalidations"
                + " +eval +evalsha +get +mget +set +del +unlink +hget +hset +hincrby +pexpire +pttl +time +scan +publish"
                + " +subscribe";
    }

    /** What a user was refused, but for what the driver tells of itself. */
    private Set<String> refused(String user) {
        try (Resp redis = server.connect()) {
            return ((List<?>) redis.command("ACL", "LOG"))
                    .stream()
                            .map(entry -> ((List<?>) entry).toString())
                            .filter(entry -> entry.contains("username, " + user + ","))
                            .filter(entry -> !entry.contains("object, client"))
                            .collect(Collectors.toSet());
        }
    }

    private static HamsterCache<Long, String> cache(AssertableApplicationContext context) {
        return context.getBean(CacheClient.class).cache("shared");
    }

    private static boolean isTrusted(AssertableApplicationContext context) {
        return !context.getBean(CacheClient.class).sharedTier().orElseThrow().isDegraded();
    }

    @Test
    void sharedCachesNeedNoMoreThanTheManualNames() {
        ApplicationContextRunner instance = instance("cache", ofCaches())
                .withPropertyValues(
                        "hamster.cache.caches.shared.tier=two-level",
                        "hamster.cache.caches.shared.load-scope=cluster",
                        "hamster.cache.caches.shared.value-type=java.lang.String");
        instance.run(one -> instance.run(other -> {
            await().atMost(PATIENCE).until(() -> isTrusted(one) && isTrusted(other));
            HamsterCache<Long, String> here = cache(one);
            HamsterCache<Long, String> there = cache(other);
            assertThat(here.get(1L, key -> "loaded")).contains("loaded");
            assertThat(there.get(1L, key -> "again")).contains("loaded");
            here.put(2L, "put", EntryOptions.tags("tag"));
            assertThat(there.getAll(List.of(1L, 2L, 3L), keys -> Map.of(3L, "all")))
                    .hasSize(3);
            assertThat(there.putIfAbsent(2L, "second")).contains("put");
            here.invalidateTags(Set.of("tag"));
            await().atMost(PATIENCE).until(() -> there.get(2L).isEmpty());
            assertThat(there.loadAndDelete(1L)).contains("loaded");
            await().atMost(PATIENCE).until(() -> here.get(1L).isEmpty());
            there.putAbsent(4L);
            assertThat(here.ticket(5L).put(5L, Optional.of("ticket"), EntryOptions.none()))
                    .isTrue();
            here.clear();
            await().atMost(PATIENCE).until(() -> there.get(3L).isEmpty());
            await().atMost(PATIENCE).until(() -> entries().isEmpty());
        }));
        assertThat(refused("cache")).isEmpty();
    }

    private Set<Object> entries() {
        try (Resp redis = server.connect()) {
            return Set.copyOf((List<?>) redis.command("KEYS", namespace + ":cache:*:e:*"));
        }
    }

    @Test
    void journalsNeedNoMoreThanTheManualNames() {
        ApplicationContextRunner instance = instance(
                        "journal",
                        ofCaches()
                                + " ~"
                                + namespace
                                + ":*:back:* +eval +evalsha +get +set +del +incr +hget +hset +hdel +hexists +hkeys"
                                + " +hlen +time")
                .withUserConfiguration(Writing.class)
                .withPropertyValues(
                        "hamster.cache.caches.shared.tier=remote",
                        "hamster.cache.caches.shared.write-back.durability=redis",
                        "hamster.cache.caches.shared.write-back.flush-interval=100ms",
                        "hamster.cache.caches.shared.write-back.max-retries=0",
                        "hamster.cache.caches.shared.value-type=java.lang.String");
        instance.run(context -> {
            HamsterCache<Long, String> cache = cache(context);
            await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> cache.put(1L, "one"));
            cache.put(2L, "poison");
            cache.put(3L, "poison");
            WriteBackAdmin<Long> admin = cache.writeBack().orElseThrow();
            await().atMost(PATIENCE).until(() -> admin.deadLetters().size() == 2);
            assertThat(cache.dirty()).contains(2L, 3L);
            for (DeadLetter<Long> letter : admin.deadLetters()) {
                assertThat(letter.key() == 2L ? admin.redrive(letter) : admin.discard(letter))
                        .isTrue();
            }
            cache.put(4L, "poison");
            assertThat(cache.get(4L)).as("which no flush drops").contains("poison");
        });
        assertThat(refused("journal")).as("but for the warning").allMatch(entry -> entry.contains("object, config"));
    }

    @Configuration(proxyBeanMethods = false)
    static class Writing {

        @Bean
        @ForCache("shared")
        WriteBackWriter<Long, String> writer() {
            return batch -> batch.stream()
                    .filter(entry -> entry.value().equals(Optional.of("poison")))
                    .collect(Collectors.toMap(entry -> entry, entry -> new IllegalArgumentException("poison")));
        }
    }
}
