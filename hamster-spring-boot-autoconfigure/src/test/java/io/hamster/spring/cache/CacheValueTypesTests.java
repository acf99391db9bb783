package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.cache.BulkCacheLoader;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheLoader;
import io.hamster.spring.HamsterConfigurationException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheConfig;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.support.NoOpCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class CacheValueTypesTests {

    private final ApplicationContextRunner runner = CacheTestContexts.runner();
    private final CacheValueTypes types = new CacheValueTypes();

    @Test
    void asksForATypeThatNothingTells() {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> types.require("users"))
                .withMessageContaining("Cache 'users' is shared, but nothing tells of what type")
                .withMessageContaining("      users:\n        value-type: com.acme.Product");
        types.add("Odd name", Optional.empty(), "Users.find");
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> types.require("Odd name"))
                .withMessageContaining("Users.find doesn't tell")
                .withMessageContaining("      \"[Odd name]\":\n");
    }

    @Test
    void refusesTwoTypesForASharedCacheByNamingBoth() {
        types.add("users", Optional.empty(), "Users.any");
        types.add("users", Optional.of(String.class), "Users.find");
        types.add("users", Optional.of(Long.class), "Users.count");
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> types.require("users"))
                .withMessageContaining("Users.find makes it java.lang.String and Users.count makes it java.lang.Long")
                .withMessageContaining("value-type");
    }

    @Test
    void refusesASecondTypeOnceTheCacheIsThere() {
        types.add("users", Optional.of(String.class), "Users.find");
        assertThat(types.require("users")).isEqualTo(String.class);

        types.add("users", Optional.of(String.class), "Users.save");
        types.add("users", Optional.empty(), "Users.any");
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> types.add("users", Optional.of(Long.class), "Users.count"))
                .withMessageContaining("Users.find makes it java.lang.String and Users.count makes it java.lang.Long");
    }

    @Test
    void doesNotMindInCachesThatAreNotShared() {
        runner.withBean(Mixed.class).run(context -> {
            Mixed mixed = context.getBean(Mixed.class);
            assertThat(mixed.name(1)).isEqualTo("name");
            assertThat(mixed.age(2)).isEqualTo(7);
            assertThat(context.getBean(CacheClient.class).cache("mixed").get(2L))
                    .contains(7);
        });
    }

    @Test
    void learnsFromAnnotatedMethods() {
        runner.withBean(Users.class).run(context -> {
            CacheValueTypes learned = context.getBean(CacheValueTypes.class);
            assertThat(learned.require("users")).isEqualTo(String.class);
            assertThat(learned.require("lists").getTypeName()).isEqualTo("java.util.List<java.lang.String>");
        });
    }

    @Test
    void learnsFromLoaders() {
        runner.withUserConfiguration(Loaders.class).run(context -> {
            context.getBean(CacheClient.class);
            CacheValueTypes learned = context.getBean(CacheValueTypes.class);
            assertThat(learned.require("one")).isEqualTo(Double.class);
            assertThat(learned.require("many")).isEqualTo(Float.class);
            assertThat(learned.require("class")).isEqualTo(Short.class);
        });
    }

    @Test
    void learnsFromSpringsOwnAnnotations() {
        runner.withBean(SpringUsers.class).run(context -> {
            CacheValueTypes learned = context.getBean(CacheValueTypes.class);
            assertThat(learned.require("cached")).isEqualTo(String.class);
            assertThat(learned.require("put")).isEqualTo(Integer.class);
            assertThat(learned.require("both")).isEqualTo(Long.class);
            assertThat(learned.require("configured")).isEqualTo(Byte.class);
            assertThatExceptionOfType(HamsterConfigurationException.class)
                    .isThrownBy(() -> learned.require("evicted"))
                    .withMessageContaining("nothing tells");
            assertThatExceptionOfType(HamsterConfigurationException.class)
                    .isThrownBy(() -> learned.require("elsewhere"))
                    .withMessageContaining("nothing tells");
        });
    }

    @Test
    void learnsNothingFromSpringsAnnotationsWhereTheirCachesAreNotOurs() {
        runner.withBean(SpringUsers.class)
                .withBean(CacheManager.class, NoOpCacheManager::new)
                .run(context -> {
                    CacheValueTypes learned = context.getBean(CacheValueTypes.class);
                    assertThatExceptionOfType(HamsterConfigurationException.class)
                            .isThrownBy(() -> learned.require("cached"))
                            .withMessageContaining("nothing tells");
                });
    }

    static class Mixed {

        @Cached(name = "mixed", key = "#id")
        public String name(long id) {
            return "name";
        }

        @Cached(name = "mixed", key = "#id")
        public int age(long id) {
            return 7;
        }
    }

    static class Users {

        @Cached(name = "users", key = "#id")
        public CompletableFuture<String> find(long id) {
            return CompletableFuture.completedFuture("user");
        }

        @CacheUpdate(name = "users", key = "#id")
        public Optional<String> save(long id) {
            return Optional.of("user");
        }

        @Cached(name = "lists")
        public List<String> all() {
            return List.of();
        }
    }

    @CacheConfig(cacheNames = "configured")
    static class SpringUsers {

        @Cacheable("cached")
        public String cached() {
            return "";
        }

        @CachePut("put")
        public int put() {
            return 1;
        }

        @Caching(cacheable = @Cacheable("both"), evict = @CacheEvict("evicted"))
        public long both() {
            return 1;
        }

        @Cacheable
        public byte configured() {
            return 1;
        }

        @Cacheable(cacheNames = "elsewhere", cacheManager = "other")
        public String elsewhere() {
            return "";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Loaders {

        @Bean
        @ForCache("one")
        CacheLoader<Long, Double> one() {
            return key -> 1.0;
        }

        @Bean
        @ForCache("many")
        BulkCacheLoader<Long, Float> many() {
            return keys -> Map.of();
        }

        @Bean
        ShortLoader ofItsClass() {
            return new ShortLoader();
        }
    }

    @ForCache("class")
    static class ShortLoader implements CacheLoader<Long, Short> {

        @Override
        public Short load(Long key) {
            return 1;
        }
    }
}
