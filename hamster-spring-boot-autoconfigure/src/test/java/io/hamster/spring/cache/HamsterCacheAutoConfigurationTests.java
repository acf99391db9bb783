package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.cache.BulkCacheLoader;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.Eviction;
import io.hamster.cache.HamsterCache;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterActuatorAutoConfiguration;
import io.hamster.spring.actuate.HamsterHealthPart;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aop.framework.Advised;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CachingConfigurer;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.cache.interceptor.CacheResolver;
import org.springframework.cache.interceptor.SimpleCacheResolver;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.ClassPathResource;

@ExtendWith(OutputCaptureExtension.class)
class HamsterCacheAutoConfigurationTests {

    private final ApplicationContextRunner runner = CacheTestContexts.runner();

    @Test
    void providesAClientWithDefaults() {
        runner.run(context -> {
            assertThat(context).hasSingleBean(CacheClient.class);
            assertThat(context.getBean(CacheClient.class).cache("any").policy()).isEqualTo(CachePolicy.defaults());
        });
    }

    @Test
    void backsOffWhenHamsterIsDisabled() {
        runner.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(CacheClient.class)
                        .doesNotHaveBean(CacheManager.class));
    }

    @Test
    void backsOffWhenCachesAreDisabledAndLeavesMethodsAsTheyAre() {
        runner.withPropertyValues("hamster.cache.enabled=false")
                .withBean(Counter.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean(CacheClient.class).doesNotHaveBean(CacheManager.class);
                    Counter counter = context.getBean(Counter.class);
                    assertThat(counter.count(1)).isEqualTo(1);
                    assertThat(counter.count(1)).isEqualTo(2);
                });
    }

    @Test
    void backsOffWhenUserProvidesCacheClient() {
        try (CacheClient mine = CacheClient.builder().build()) {
            runner.withBean("mine", CacheClient.class, () -> mine)
                    .withBean(Counter.class)
                    .run(context -> {
                        assertThat(context).getBean(CacheClient.class).isSameAs(mine);
                        context.getBean(Counter.class).count(1);
                        assertThat(mine.cache("counter").get(1L)).contains(1);
                    });
        }
    }

    @Test
    void appliesEveryProperty() {
        runner.withPropertyValues(
                        "hamster.cache.defaults.ttl=20m",
                        "hamster.cache.defaults.max-size=7",
                        "hamster.cache.caches.users.ttl=10m",
                        "hamster.cache.caches.users.max-size=500",
                        "hamster.cache.caches.users.max-memory=5MB",
                        "hamster.cache.caches.users.expected-size=50",
                        "hamster.cache.caches.users.null-ttl=30s",
                        "hamster.cache.caches.users.ttl-jitter=1m",
                        "hamster.cache.caches.users.eviction=w-tiny-lfu",
                        "hamster.cache.caches.users.stale-on-error=1h",
                        "hamster.cache.caches.users.soft-timeout=100ms",
                        "hamster.cache.caches.users.hard-timeout=2s",
                        "hamster.cache.caches.users.refresh-ahead=0.8",
                        "hamster.cache.caches.users.safe-in-transactions=true",
                        "hamster.cache.caches.rates.refresh-interval=2m",
                        "hamster.cache.caches.rates.stop-refresh-after-idle=8m",
                        "hamster.cache.caches.[Odd name!].ttl=1s")
                .run(context -> {
                    CacheClient client = context.getBean(CacheClient.class);
                    assertThat(client.cache("users").policy())
                            .isEqualTo(CachePolicy.builder()
                                    .defaultTtl(Duration.ofMinutes(10))
                                    .maxSize(500)
                                    .maxMemory("5MB")
                                    .expectedSize(50)
                                    .nullTtl(Duration.ofSeconds(30))
                                    .ttlJitter(Duration.ofMinutes(1))
                                    .eviction(Eviction.W_TINY_LFU)
                                    .staleOnError(Duration.ofHours(1))
                                    .softTimeout(Duration.ofMillis(100))
                                    .hardTimeout(Duration.ofSeconds(2))
                                    .refreshAhead(0.8)
                                    .safeInTransactions(true)
                                    .build());
                    assertThat(client.cache("others").policy())
                            .isEqualTo(CachePolicy.builder()
                                    .defaultTtl(Duration.ofMinutes(20))
                                    .maxSize(7)
                                    .build());
                    assertThat(client.cache("rates").policy())
                            .isEqualTo(client.cache("others").policy().toBuilder()
                                    .refreshInterval(Duration.ofMinutes(2))
                                    .stopRefreshAfterIdle(Duration.ofMinutes(8))
                                    .build());
                    assertThat(client.cache("Odd name!").policy().defaultTtl()).isEqualTo(Duration.ofSeconds(1));
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.cache.caches.users.ttl=0s           | hamster.cache.caches.users.ttl: defaultTtl is PT0S
            hamster.cache.caches.users.max-size=0       | hamster.cache.caches.users.max-size: maxSize is 0; it must be at least 1
            hamster.cache.caches.users.max-memory=lots  | hamster.cache.caches.users.max-memory: maxMemory is 'lots'
            hamster.cache.caches.users.expected-size=-1 | hamster.cache.caches.users.expected-size: expectedSize is -1
            hamster.cache.caches.users.null-ttl=-1s     | hamster.cache.caches.users.null-ttl: nullTtl is PT-1S
            hamster.cache.caches.users.ttl-jitter=-1s   | hamster.cache.caches.users.ttl-jitter: ttlJitter is PT-1S
            hamster.cache.caches.users.ttl-jitter=2h    | hamster.cache.caches.users: ttlJitter is PT2H but defaultTtl is PT1H
            hamster.cache.caches.users.stale-on-error=1m | hamster.cache.caches.users: staleOnError is PT1M but defaultTtl is PT1H
            hamster.cache.caches.users.soft-timeout=1s  | hamster.cache.caches.users: softTimeout is PT1S but staleOnError
            hamster.cache.caches.users.hard-timeout=0s  | hamster.cache.caches.users.hard-timeout: hardTimeout is PT0S
            hamster.cache.caches.users.refresh-ahead=1  | hamster.cache.caches.users.refresh-ahead: refreshAhead is 1.0
            hamster.cache.caches.users.refresh-interval=-1s | hamster.cache.caches.users.refresh-interval: refreshInterval is PT-1S
            hamster.cache.caches.users.refresh-interval=1h | hamster.cache.caches.users: refreshInterval is PT1H but defaultTtl is PT1H
            hamster.cache.defaults.stop-refresh-after-idle=1m | hamster.cache.defaults: stopRefreshAfterIdle is PT1M but refreshInterval
            hamster.cache.caches.[Us ers].ttl=0s        | hamster.cache.caches.[Us ers].ttl: defaultTtl is PT0S
            hamster.cache.defaults.ttl=0s               | hamster.cache.defaults.ttl: defaultTtl is PT0S
            """)
    void refusesValuesOutOfRangeByTheirProperty(String property, String message) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(CacheTestContexts.refusal(context)).hasMessageStartingWith(message));
    }

    @ParameterizedTest
    @CsvSource({
        "hamster.cache.caches.users.tll=10m",
        "hamster.cache.cache.users.ttl=10m",
        "hamster.cache.default.ttl=10m"
    })
    void refusesPropertiesThatDoNotExist(String property) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining(property.substring(0, property.indexOf('='))));
    }

    @Test
    void resolvesPlaceholdersInTheNamesOfBeansCaches() {
        runner.withBean(NamedLoader.class)
                .withPropertyValues("app.books=novels")
                .run(context -> assertThat(context.getBean(CacheClient.class)
                                .<Long, String>cache("novels")
                                .get(1L))
                        .contains("novel 1"));
        runner.withBean("named", NamedLoader.class)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith(
                                "@ForCache on bean 'named' is '${app.books}', and that placeholder has no value."));
        runner.withBean("named", NamedLoader.class)
                .withPropertyValues("app.books=")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("@ForCache on bean 'named' is empty."));
    }

    @Test
    void warnsOfSettingsWhoseNameOnlyResemblesTheCaches(CapturedOutput output) {
        runner.withPropertyValues("hamster.cache.caches.userlist.ttl=5m", "hamster.cache.caches.orders.ttl=5m")
                .run(context -> {
                    CacheClient client = context.getBean(CacheClient.class);
                    client.cache("orders");
                    client.cache("users");
                    assertThat(output).doesNotContain("isn't for cache");
                    client.cache("user:List");
                    assertThat(output)
                            .containsOnlyOnce("hamster.cache.caches.userlist isn't for cache 'user:List'")
                            .contains("write hamster.cache.caches.[user:List]");
                });
    }

    @Test
    void warnsOfSettingsWhoseNameIsMisspelt(CapturedOutput output) {
        runner.withPropertyValues(
                        "hamster.cache.caches.prodcuts.ttl=5m",
                        "hamster.cache.caches.user.ttl=5m",
                        "hamster.cache.caches.shard-1.ttl=5m")
                .run(context -> {
                    CacheClient client = context.getBean(CacheClient.class);
                    client.cache("user");
                    client.cache("users");
                    client.cache("shard-2");
                    assertThat(output).doesNotContain("isn't for cache");
                    client.cache("products");
                    assertThat(output)
                            .containsOnlyOnce("hamster.cache.caches.prodcuts isn't for cache 'products', which has no"
                                    + " settings of its own; if it is meant, write hamster.cache.caches.products");
                });
    }

    @Test
    void describesEveryProperty() throws IOException {
        String metadata = new ClassPathResource("META-INF/spring-configuration-metadata.json")
                .getContentAsString(StandardCharsets.UTF_8);
        assertThat(metadata)
                .contains("\"hamster.cache.aspect-order\"")
                .contains("\"hamster.cache.caches\"")
                .contains("\"hamster.cache.defaults.stale-on-error\"")
                .contains("How long a value is served. Positive; 1h unless set.");
    }

    @Test
    void callsCustomizersInOrderAfterTheProperties() {
        runner.withPropertyValues("hamster.cache.caches.users.max-size=5")
                .withUserConfiguration(Customizers.class)
                .run(context -> {
                    CachePolicy users =
                            context.getBean(CacheClient.class).cache("users").policy();
                    assertThat(users.maxSize()).isEqualTo(30);
                    assertThat(context.getBean(CacheClient.class)
                                    .cache("others")
                                    .policy())
                            .isEqualTo(CachePolicy.defaults());
                });
    }

    @Test
    void readsThroughALoaderBean() {
        runner.withUserConfiguration(Loaders.class).run(context -> {
            CacheClient client = context.getBean(CacheClient.class);
            assertThat(client.<Long, String>cache("users").get(7L)).contains("user 7");
            assertThat(client.<Long, String>cache("books").get(7L)).contains("book 7");
            assertThat(client.<Long, String>cache("unbound").get(7L)).isEmpty();
        });
    }

    @Test
    void writesThroughAWriterBean() {
        runner.withBean(UserWriter.class).run(context -> {
            HamsterCache<Long, String> users =
                    context.getBean(CacheClient.class).cache("users");
            users.put(1L, "one");
            users.putAll(Map.of(2L, "two"));
            users.loadAndDelete(1L);
            assertThat(context.getBean(UserWriter.class).written)
                    .containsExactly(Map.entry("1", "one"), Map.entry("2", "two"), Map.entry("1 deleted", ""));
        });
    }

    @Test
    void makesLoaderBeansOnlyWhenTheyAreNeeded() {
        runner.withUserConfiguration(LoaderThatUsesCaches.class).run(context -> {
            assertThat(context).hasNotFailed();
            HamsterCache<Long, String> users =
                    context.getBean(CacheClient.class).cache("users");
            assertThat(users.get(1L)).contains("made 1");
        });
    }

    @Test
    void refusesTwoLoadersForOneCache() {
        runner.withBean("one", UserLoader.class)
                .withBean("two", UserLoader.class)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("Beans 'one' and 'two'")
                        .hasMessageContaining("cache 'users'"));
    }

    @Test
    void putsItsAspectBetweenLeaderOnlyAndLocks() {
        runner.withBean(Counter.class)
                .run(context -> assertThat(orderOfCacheAspect(context.getBean(Counter.class)))
                        .isEqualTo(Integer.MAX_VALUE - 200));
        runner.withBean(Counter.class)
                .withPropertyValues("hamster.cache.aspect-order=5")
                .run(context -> assertThat(orderOfCacheAspect(context.getBean(Counter.class)))
                        .isEqualTo(5));
    }

    @Test
    void offersACacheManagerThatSpringsCachingUses() {
        runner.withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class))
                .withUserConfiguration(Caching.class)
                .run(context ->
                        assertThat(context).hasSingleBean(CacheManager.class).hasSingleBean(HamsterCacheManager.class));
    }

    @Test
    void backsOffWhenUserProvidesCacheManager() {
        runner.withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class))
                .withUserConfiguration(Caching.class)
                .withBean(ConcurrentMapCacheManager.class)
                .run(context -> assertThat(context)
                        .hasSingleBean(CacheManager.class)
                        .doesNotHaveBean(HamsterCacheManager.class));
    }

    @Test
    void backsOffWhenUserProvidesCacheResolver() {
        runner.withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class))
                .withUserConfiguration(OwnResolver.class)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(CacheManager.class));
    }

    @Test
    void backsOffWhenUserChoosesACacheType() {
        runner.withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class))
                .withUserConfiguration(Caching.class)
                .withPropertyValues("spring.cache.type=simple")
                .run(context -> assertThat(context)
                        .hasSingleBean(CacheManager.class)
                        .hasSingleBean(ConcurrentMapCacheManager.class));
    }

    @Test
    void backsOffWhenSpringsCachingIsNotWanted() {
        runner.withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class))
                .withUserConfiguration(Caching.class)
                .withPropertyValues("hamster.cache.spring-cache-manager=false")
                .run(context -> assertThat(context).doesNotHaveBean(HamsterCacheManager.class));
    }

    @Test
    void worksWithoutActuator() {
        runner.withClassLoader(new FilteredClassLoader("io.micrometer", "org.springframework.boot.health"))
                .withBean(Counter.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean("hamsterCacheMeters").doesNotHaveBean("hamsterCacheHealth");
                    Counter counter = context.getBean(Counter.class);
                    assertThat(counter.count(1)).isEqualTo(counter.count(1));
                });
    }

    @Test
    void reportsHealth() {
        runner.withConfiguration(AutoConfigurations.of(HamsterActuatorAutoConfiguration.class))
                .run(context -> {
                    context.getBean(CacheClient.class).cache("users");
                    HamsterHealthPart part = context.getBean(HamsterHealthPart.class);
                    assertThat(part.name()).isEqualTo("caches");
                    assertThat(part.indicator().health().getStatus()).isEqualTo(Status.UP);
                    assertThat(part.indicator().health().getDetails())
                            .containsEntry("store", "local")
                            .containsEntry("caches", 1);
                    assertThat(context.getBean(CompositeHealthContributor.class).getContributor("caches"))
                            .isNotNull();
                });
    }

    @Test
    void saysInTheStartUpLineThatCachesAreLocal() {
        runner.run(context ->
                assertThat(context.getBean(HamsterFeature.class)).isEqualTo(new HamsterFeature("caches", "local")));
    }

    @Test
    void flushesAfterTheWebServerHasStoppedAndBeforeConnectionsClose() {
        runner.run(context -> {
            CacheLifecycle lifecycle = context.getBean(CacheLifecycle.class);
            assertThat(lifecycle.isRunning()).isTrue();
            assertThat(lifecycle.getPhase()).isBetween(1, SmartLifecycle.DEFAULT_PHASE - 2049);
        });
    }

    @Test
    void closesItsCachesWithTheContext() {
        CacheClient[] client = new CacheClient[1];
        runner.run(context -> {
            client[0] = context.getBean(CacheClient.class);
            client[0].cache("users").put("k", "v");
        });
        assertThat(client[0].cache("users").get("k")).isEmpty();
    }

    @Test
    void leavesNoThreadsBehindAfter20Starts() {
        Set<Thread> before = hamsterThreads();
        for (int i = 0; i < 20; i++) {
            new ApplicationContextRunner()
                    .withConfiguration(AutoConfigurations.of(
                            HamsterAutoConfiguration.class,
                            HamsterCacheAutoConfiguration.class,
                            AopAutoConfiguration.class))
                    .withPropertyValues("hamster.cache.defaults.hard-timeout=10s")
                    .withBean(Counter.class)
                    .run(context -> {
                        assertThat(context.getBean(Counter.class).count(1)).isEqualTo(1);
                        assertThat(hamsterThreads())
                                .as("threads while it runs")
                                .anyMatch(thread -> !before.contains(thread));
                    });
        }
        await().untilAsserted(() -> assertThat(hamsterThreads()).isSubsetOf(before));
    }

    @Test
    void worksWithLazyInitialization() {
        runner.withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withBean("counter", Counter.class)
                .run(context -> {
                    assertThat(context.getBeanFactory().containsSingleton("counter"))
                            .isFalse();
                    Counter counter = context.getBean(Counter.class);
                    assertThat(counter.count(1)).isEqualTo(1);
                    assertThat(counter.count(1)).isEqualTo(1);
                });
    }

    private static Set<Thread> hamsterThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hamster"))
                .collect(Collectors.toSet());
    }

    private static int orderOfCacheAspect(Object proxy) {
        return Arrays.stream(((Advised) proxy).getAdvisors())
                .filter(CacheAdvisor.class::isInstance)
                .mapToInt(advisor -> ((CacheAdvisor) advisor).getOrder())
                .findFirst()
                .orElseThrow();
    }

    public static class Counter {

        private final AtomicInteger count = new AtomicInteger();

        @Cached(name = "counter", key = "#id")
        public int count(long id) {
            return count.incrementAndGet();
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class OwnResolver implements CachingConfigurer {

        @Bean
        @Override
        public CacheResolver cacheResolver() {
            return new SimpleCacheResolver(new ConcurrentMapCacheManager());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Customizers {

        @Bean
        @Order(2)
        CachePolicyCustomizer threefold() {
            return (name, policy) -> {
                if (name.equals("users")) {
                    policy.maxSize(policy.build().maxSize() * 3);
                }
            };
        }

        @Bean
        @Order(1)
        CachePolicyCustomizer fiveMore() {
            return (name, policy) -> {
                if (name.equals("users")) {
                    policy.maxSize(policy.build().maxSize() + 5);
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Loaders {

        @Bean
        UserLoader userLoader() {
            return new UserLoader();
        }

        @Bean
        @ForCache("books")
        BulkCacheLoader<Long, String> bookLoader() {
            return keys -> keys.stream().collect(Collectors.toMap(key -> key, key -> "book " + key));
        }

        @Bean
        CacheLoader<Long, String> unbound() {
            return key -> "unbound";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class LoaderThatUsesCaches {

        @Bean
        @ForCache("users")
        CacheLoader<Long, String> loader(CacheClient client) {
            client.cache("users");
            return key -> "made " + key;
        }
    }

    @ForCache("${app.books}")
    static class NamedLoader implements CacheLoader<Long, String> {

        @Override
        public String load(Long key) {
            return "novel " + key;
        }
    }

    @ForCache("users")
    static class UserLoader implements CacheLoader<Long, String> {

        @Override
        public String load(Long key) {
            return "user " + key;
        }
    }

    @ForCache("users")
    static class UserWriter implements CacheWriter<Long, String> {

        final Map<String, String> written = new LinkedHashMap<>();

        @Override
        public void write(Long key, String value) {
            written.put(key.toString(), value);
        }

        @Override
        public void delete(Long key) {
            written.put(key + " deleted", "");
        }
    }
}
