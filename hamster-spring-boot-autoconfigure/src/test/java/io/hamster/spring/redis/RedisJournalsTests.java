package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.AbstractApplicationContext;

/** Applications that write back with their journal in Redis; each context is an instance. */
@RedisTest
class RedisJournalsTests {

    private static final String[] REDIS = {
        "hamster.cache.caches.views.write-back.durability=redis",
        "hamster.cache.caches.views.tier=two-level",
        "hamster.cache.caches.views.value-type=java.lang.String"
    };

    private final URI address;
    private final Source source = new Source();
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterCacheAutoConfiguration.class,
                    HamsterRedisAutoConfiguration.class,
                    DataRedisAutoConfiguration.class))
            .withPropertyValues(
                    "hamster.redis.namespace=journals-" + System.nanoTime(), "hamster.cache.remote.command-timeout=20s")
            .withBean(Source.class, () -> source)
            .withUserConfiguration(Writing.class);
    private final ApplicationContextRunner instance;

    RedisJournalsTests(RedisDeployment redis) {
        address = redis.addresses().get(0);
        instance = at(address.getPort());
    }

    private ApplicationContextRunner at(int port) {
        return bare.withPropertyValues("spring.data.redis.host=" + address.getHost(), "spring.data.redis.port=" + port);
    }

    private static HamsterCache<Long, String> views(AssertableApplicationContext context) {
        return context.getBean(CacheClient.class).cache("views");
    }

    private static Health health(AssertableApplicationContext context) {
        return context.getBean(HamsterHealthPart.class).indicator().health();
    }

    @Test
    void connectsToNothingForAJournalInMemory() {
        instance.run(context -> {
            assertThat(context).hasSingleBean(SharedJournal.Factory.class);
            views(context).put(1L, "one");
            assertThat(context.getBean(RedisJournals.class).isConnecting()).isFalse();
        });
        assertThat(source.written).containsExactly("1=one");
    }

    @Test
    void writesAtTheEndWhileThereIsAConnection() {
        instance.withPropertyValues(REDIS).run(context -> {
            assertThat(context.getBean(RedisJournals.class).isConnecting()).isTrue();
            views(context).put(1L, "one");
            assertThat(source.written).isEmpty();
        });
        assertThat(source.written).containsExactly("1=one");
        instance.withPropertyValues(REDIS)
                .run(context -> assertThat(views(context).dirty()).isEmpty());
    }

    @Test
    void anotherInstanceWritesWhatOneLeft() {
        source.isAway = true;
        instance.withPropertyValues(REDIS).run(context -> views(context).put(1L, "one"));
        source.isAway = false;
        instance.withPropertyValues(REDIS).run(context -> {
            assertThat(views(context).dirty()).containsExactly(1L);
            assertThat(views(context).get(1L, key -> "stale")).contains("one");
        });
        assertThat(source.written).containsExactly("1=one");
    }

    @Test
    void followsAContextThatIsStoppedAndStarted() {
        instance.withPropertyValues(REDIS).run(context -> {
            AbstractApplicationContext running = (AbstractApplicationContext) context.getSourceApplicationContext();
            views(context).put(1L, "one");
            running.stop();
            assertThat(source.written).containsExactly("1=one");
            running.start();
            await().ignoreExceptions().untilAsserted(() -> views(context).put(2L, "two"));
        });
        assertThat(source.written).contains("2=two");
    }

    @Test
    void aJournalThatIsAwayDegradesTheHealth() throws Exception {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            at(proxy.port())
                    .withPropertyValues(REDIS)
                    .withPropertyValues("hamster.cache.caches.views.write-back.close-timeout=1s")
                    .run(context -> {
                        views(context).put(1L, "one");
                        await().untilAsserted(() -> {
                            assertThat(health(context).getStatus()).isEqualTo(Status.UP);
                            assertThat(health(context).getDetails()).containsEntry("maxmemoryPolicy", "noeviction");
                        });
                        proxy.refuse(true);
                        await().atMost(Duration.ofSeconds(30))
                                .untilAsserted(() -> assertThat(health(context).getDetails())
                                        .containsEntry("journalsAway", Set.of("views")));
                        assertThat(health(context).getStatus()).isEqualTo(HamsterHealthPart.DEGRADED);
                    });
        }
    }

    @Test
    void aJournalThatHangsIsNotWaitedForEachTime() throws Exception {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            at(proxy.port())
                    .withPropertyValues(REDIS)
                    .withPropertyValues(
                            "hamster.cache.remote.command-timeout=500ms",
                            "hamster.cache.caches.views.write-back.close-timeout=1s")
                    .run(context -> {
                        HamsterCache<Long, String> views = views(context);
                        await().ignoreExceptions().untilAsserted(() -> views.put(1L, "one"));
                        proxy.holdRequests();
                        await().untilAsserted(() -> assertThatExceptionOfType(JournalException.class)
                                .isThrownBy(() -> views.put(2L, "two"))
                                .withCauseInstanceOf(CacheStoreUnavailableException.class));
                        await().untilAsserted(() -> assertThatExceptionOfType(JournalException.class)
                                .isThrownBy(views::dirty)
                                .withCauseInstanceOf(CacheStoreUnavailableException.class));
                    });
        }
    }

    /** Where values are written to. */
    static final class Source {

        final List<String> written = new CopyOnWriteArrayList<>();
        volatile boolean isAway;

        private void take(String text) {
            if (isAway) {
                throw new IllegalStateException("The source is away");
            }
            written.add(text);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Writing {

        @Bean
        @ForCache("views")
        WriteBackWriter<Long, String> writer(Source source) {
            return batch -> {
                batch.forEach(
                        entry -> source.take(entry.key() + "=" + entry.value().orElse("")));
                return Map.of();
            };
        }
    }
}
