package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.testing.ManualTime;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.metrics.CacheMetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class CacheMetersTests {

    private final ApplicationContextRunner runner = CacheTestContexts.runner()
            .withConfiguration(AutoConfigurations.of(
                    CacheAutoConfiguration.class,
                    CacheMetricsAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class))
            .withUserConfiguration(Caching.class)
            .withBean(Events.class);

    @Test
    void countsWhatAnnotatedMethodsDo() {
        runner.run(context -> {
            Events events = context.getBean(Events.class);
            for (int i = 0; i < 3; i++) {
                events.find(1);
            }
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(counter(registry, "cache.gets", "result", "miss")).isEqualTo(1);
            assertThat(counter(registry, "cache.gets", "result", "hit")).isEqualTo(2);
            assertThat(counter(registry, "cache.puts")).isEqualTo(1);
            assertThat(registry.get("cache.size").tag("cache", "events").gauge().value())
                    .isEqualTo(1);
        });
    }

    @Test
    void countsEverythingElse() {
        runner.withPropertyValues(
                        "hamster.cache.caches.events.max-size=1", "hamster.cache.caches.events.stale-on-error=1d")
                .run(context -> {
                    HamsterCache<String, String> cache =
                            context.getBean(CacheClient.class).cache("events");
                    ManualTime time = context.getBean(ManualTime.class);
                    cache.get("a", key -> {
                        time.advance(Duration.ofSeconds(3));
                        return "v";
                    });
                    time.advance(Duration.ofHours(2));
                    assertThat(cache.get("a", key -> {
                                throw new IllegalStateException("no");
                            }))
                            .contains("v");
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    assertThat(counter(registry, "cache.load", "result", "success"))
                            .isEqualTo(1);
                    assertThat(counter(registry, "cache.load", "result", "failure"))
                            .isEqualTo(1);
                    assertThat(counter(registry, "cache.stale")).isEqualTo(1);
                    assertThat(registry.get("cache.load.duration").timeGauge().value(TimeUnit.SECONDS))
                            .isEqualTo(3);
                    assertThat(registry.get("cache.memory").gauge().value()).isPositive();
                    for (int i = 0; i < 100; i++) {
                        cache.put("k" + i, "v");
                    }
                    await().untilAsserted(() ->
                            assertThat(counter(registry, "cache.evictions")).isPositive());
                });
    }

    @Test
    void countsWhatExpiredAndWhatTheBloomGuardRejected() {
        runner.withPropertyValues(
                        "hamster.cache.caches.events.ttl=1m",
                        "hamster.cache.caches.events.bloom.expected-insertions=10")
                .withUserConfiguration(Keys.class)
                .run(context -> {
                    HamsterCache<String, String> cache =
                            context.getBean(CacheClient.class).cache("events");
                    MeterRegistry registry = context.getBean(MeterRegistry.class);
                    await().until(() -> cache.bloomGuard().orElseThrow().isReady());
                    cache.get("absent", key -> "v");
                    cache.get("absent too", key -> "v");
                    cache.get("a", key -> "v");
                    assertThat(counter(registry, "cache.bloom.rejections")).isEqualTo(2);
                    assertThat(counter(registry, "cache.expirations")).isZero();
                    ManualTime time = context.getBean(ManualTime.class);
                    // Time goes on while the engine's upkeep, on its own thread, notes when it is next due.
                    await().untilAsserted(() -> {
                        time.advance(Duration.ofMinutes(5));
                        assertThat(counter(registry, "cache.expirations")).isEqualTo(1);
                    });
                });
    }

    @Test
    void bindsCachesThatAreMadeLaterWithBootsTagsAndOnce() {
        runner.run(context -> {
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            context.getBean(CacheManager.class).getCache("late");
            assertThat(registry.find("cache.size").tag("cache", "late").meters())
                    .singleElement()
                    .extracting(meter -> Tags.of(meter.getId().getTags()))
                    .isEqualTo(Tags.of("cache", "late", "cache.manager", "hamster", "name", "late"));
        });
    }

    @Test
    void bindsCachesThatWereMadeBeforeTheRegistryOnce() {
        AtomicReference<CacheClient> made = new AtomicReference<>();
        CacheMeters meters = new CacheMeters(
                made::get,
                "hamster",
                new CacheChanges(TimeSource::system, () -> Runnable::run, work -> work),
                new WriteBackFigures(TimeSource::system, () -> Runnable::run));
        try (CacheClient client = CacheClient.builder().listener(meters).build()) {
            made.set(client);
            client.cache("early");
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            meters.bindTo(registry);
            client.cache("late");
            assertThat(registry.find("cache.puts").meters())
                    .extracting(meter -> meter.getId().getTag("cache"))
                    .containsExactlyInAnyOrder("early", "late");
        }
    }

    @Test
    void givesEveryMeterAUnitOrADescription() {
        runner.run(context -> {
            context.getBean(CacheClient.class).cache("events");
            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.getMeters())
                    .filteredOn(meter -> meter.getId().getName().startsWith("cache."))
                    .hasSizeGreaterThan(8)
                    .allSatisfy(
                            meter -> assertThat(meter.getId().getDescription()).isNotBlank());
        });
    }

    private static double counter(MeterRegistry registry, String name, String... tags) {
        return registry.get(name)
                .tags(Tags.of("cache", "events").and(tags))
                .functionCounter()
                .count();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    @Configuration(proxyBeanMethods = false)
    static class Keys {

        @Bean
        @ForCache("events")
        Supplier<Stream<String>> keys() {
            return () -> Stream.of("a", "b");
        }
    }

    static class Events {

        @Cached(name = "events", key = "#id")
        public String find(long id) {
            return "event " + id;
        }
    }
}
