package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.bloom.BloomFilterConfig;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class BloomSettingsTests {

    private final ApplicationContextRunner runner = CacheTestContexts.runner();
    private final ApplicationContextRunner guarded = runner.withUserConfiguration(Keys.class);

    @Test
    void guardsACacheWithTheKeysOfABean() {
        guarded.withPropertyValues("hamster.cache.caches.users.bloom.expected-insertions=50")
                .run(context -> {
                    HamsterCache<Long, String> users =
                            context.getBean(CacheClient.class).cache("users");
                    Awaitility.await()
                            .until(() -> users.bloomGuard().orElseThrow().isReady());
                    assertThat(users.get(1L, key -> "one")).contains("one");
                    assertThat(users.get(1000L, key -> "not asked")).isEmpty();
                    assertThat(context.getBean(CacheClient.class)
                                    .cache("others")
                                    .policy())
                            .isEqualTo(CachePolicy.defaults());
                });
    }

    @Test
    void appliesEveryProperty() {
        guarded.withPropertyValues(
                        "hamster.cache.caches.users.bloom.expected-insertions=50",
                        "hamster.cache.caches.users.bloom.fpp=0.001",
                        "hamster.cache.caches.users.bloom.rebuild-interval=6h")
                .run(context -> assertThat(policy(context.getBean(CacheClient.class))
                                .bloom()
                                .orElseThrow())
                        .satisfies(bloom -> assertThat(bloom.filter()).isEqualTo(new BloomFilterConfig(50, 0.001)))
                        .satisfies(bloom -> assertThat(bloom.rebuildInterval()).contains(Duration.ofHours(6))));
        guarded.withPropertyValues(
                        "hamster.cache.defaults.bloom.expected-insertions=70",
                        "hamster.cache.defaults.bloom.fpp=0.02",
                        "hamster.cache.caches.users.bloom.fpp=0.1")
                .run(context -> assertThat(policy(context.getBean(CacheClient.class))
                                .bloom()
                                .orElseThrow())
                        .satisfies(bloom -> assertThat(bloom.filter()).isEqualTo(new BloomFilterConfig(70, 0.1)))
                        .satisfies(bloom -> assertThat(bloom.rebuildInterval()).isEmpty()));
    }

    @Test
    void asksForTheNumberOfKeys() {
        guarded.run(context -> assertThat(CacheTestContexts.refusal(context))
                .hasMessageContaining("Bean 'keys' is the source of the keys")
                .hasMessageContaining("hamster.cache.caches.users.bloom.expected-insertions isn't set"));
    }

    @Test
    void asksForASourceOfKeys() {
        runner.withPropertyValues("hamster.cache.caches.users.bloom.expected-insertions=50")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("hamster.cache.caches.users.bloom is set, but nothing tells which keys")
                        .hasMessageContaining("@ForCache(\"users\")"));
    }

    @Test
    void refusesTwoSources() {
        guarded.withPropertyValues("hamster.cache.caches.users.bloom.expected-insertions=50")
                .withBean("more", MoreKeys.class)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("'keys'")
                        .hasMessageContaining("'more'")
                        .hasMessageContaining("source of keys for cache 'users'"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.cache.caches.users.bloom.expected-insertions=0 | hamster.cache.caches.users.bloom.expected-insertions: A Bloom filter's expected number of keys is 0
            hamster.cache.caches.users.bloom.fpp=1                 | hamster.cache.caches.users.bloom.fpp: A Bloom filter's fpp is 1.0
            hamster.cache.caches.users.bloom.rebuild-interval=0s   | hamster.cache.caches.users.bloom.rebuild-interval: The Bloom guard's rebuildInterval is PT0S
            hamster.cache.defaults.bloom.fpp=0                     | hamster.cache.defaults.bloom.fpp: A Bloom filter's fpp is 0.0
            """)
    void refusesValuesOutOfRangeByTheirProperty(String property, String message) {
        guarded.withPropertyValues(property)
                .run(context -> assertThat(CacheTestContexts.refusal(context)).hasMessageStartingWith(message));
    }

    private static CachePolicy policy(CacheClient client) {
        return client.cache("users").policy();
    }

    @Configuration(proxyBeanMethods = false)
    static class Keys {

        @Bean
        @ForCache("users")
        Supplier<Stream<Long>> keys() {
            return () -> Stream.of(1L, 2L);
        }

        @Bean
        Supplier<String> unbound() {
            return () -> "unbound";
        }
    }

    @ForCache("users")
    static class MoreKeys implements Supplier<Stream<Long>> {

        @Override
        public Stream<Long> get() {
            return Stream.of();
        }
    }
}
