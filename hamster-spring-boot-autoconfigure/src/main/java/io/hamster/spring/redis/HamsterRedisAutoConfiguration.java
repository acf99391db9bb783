package io.hamster.spring.redis;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cache.SharedTier;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.lock.CircuitLockStore;
import io.hamster.lock.LockStore;
import io.hamster.spring.ConditionalOnChoice;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheProperties;
import io.hamster.spring.cache.SharedTierInfo;
import io.hamster.spring.cluster.HamsterClusterProperties;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.lock.HamsterLockProperties;
import io.hamster.spring.lock.LockStoreInfo;
import io.micrometer.observation.ObservationPredicate;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Auto-configuration for what Hamster keeps in Redis. Uses a connection factory that is there already and makes none.
 * Redis may be away when the application starts.
 */
@AutoConfiguration(
        after = {HamsterAutoConfiguration.class, HamsterCodecAutoConfiguration.class},
        before = {HamsterLockAutoConfiguration.class, HamsterCacheAutoConfiguration.class},
        afterName = "org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration")
@ConditionalOnClass(LettuceConnectionFactory.class)
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterRedisProperties.class)
@ImportRuntimeHints(HamsterRedisAutoConfiguration.Scripts.class)
public final class HamsterRedisAutoConfiguration {

    private static final String APPLICATION_NAME = "spring.application.name";

    /** Called by Spring. */
    public HamsterRedisAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RedisNamespace hamsterRedisNamespace(HamsterRedisProperties properties, Environment environment) {
        String own = properties.namespace();
        if (own != null) {
            return new RedisNamespace(own);
        }
        String application = environment.getProperty(APPLICATION_NAME, "");
        if (application.isBlank()) {
            return new RedisNamespace(null);
        }
        HamsterRedisProperties.checkNamespace(APPLICATION_NAME, application);
        return new RedisNamespace(application);
    }

    /** Locks, where Redis is their store. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnChoice(name = "hamster.lock.store", value = "redis")
    @ConditionalOnFlag(value = "hamster.lock.enabled", matchIfMissing = true)
    @ConditionalOnMissingBean(LockStore.class)
    @EnableConfigurationProperties({HamsterLockProperties.class, HamsterRedisLockProperties.class})
    static class LocksConfiguration {

        // It is the locks' health as well, for which an application may have a bean of its own.
        @Bean
        @Fallback
        RedisLocks hamsterRedisLocks(
                HamsterRedisProperties redis,
                HamsterLockProperties locks,
                HamsterRedisLockProperties properties,
                RedisNamespace namespace,
                ListableBeanFactory beans,
                HamsterExecutors executors,
                TimeSource time) {
            RedisLockStore store = new RedisLockStore(
                    ConnectionFactories.find(beans, redis.connectionFactory()),
                    namespace.inUse(),
                    executors.scheduler(),
                    executors.contextFreeExecutor(),
                    new Replication(properties.waitReplicas(), properties.waitTimeout()));
            return new RedisLocks(
                    store,
                    new CircuitLockStore(
                            store, time, locks.commandTimeout(), properties.coolDown(), RedisLocks::isAnswer),
                    time);
        }

        @Bean
        LockStore hamsterRedisLockStore(RedisLocks locks) {
            return locks.store();
        }

        @Bean
        @ConditionalOnMissingBean
        LockStoreInfo hamsterRedisLockStoreInfo(RedisNamespace namespace) {
            return new LockStoreInfo("redis", "in redis", scope(namespace));
        }
    }

    /** The shared tier of caches, where there is a Redis to keep it in. Without shared caches it connects to nothing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnFlag(value = "hamster.cache.enabled", matchIfMissing = true)
    @ConditionalOnFlag(value = "hamster.cache.remote.enabled", matchIfMissing = true)
    @ConditionalOnBean(RedisConnectionFactory.class)
    @ConditionalOnMissingBean(SharedTier.class)
    @EnableConfigurationProperties(HamsterCacheProperties.class)
    static class CachesConfiguration {

        @Bean(destroyMethod = "")
        RedisCaches hamsterRedisCaches(
                HamsterRedisProperties redis,
                HamsterCacheProperties caches,
                RedisNamespace namespace,
                ListableBeanFactory beans,
                HamsterExecutors executors) {
            return new RedisCaches(
                    () -> ConnectionFactories.find(beans, redis.connectionFactory()),
                    namespace,
                    executors,
                    caches.remote().commandTimeout());
        }

        @Bean
        @ConditionalOnBean(Codec.class)
        SharedTier hamsterRedisSharedTier(RedisCaches redis, Codec codec, HamsterCacheProperties caches) {
            return new SharedTier(
                    redis,
                    codec,
                    Optional.of(redis),
                    caches.remote().stalenessBound(),
                    caches.remote().coolDown());
        }

        @Bean
        @ConditionalOnMissingBean
        @Lazy
        SharedTierInfo hamsterRedisSharedTierInfo(RedisNamespace namespace) {
            // Asked for once a cache is shared: only then the namespace matters, and that nobody has chosen one.
            return new SharedTierInfo("redis", scope(namespace));
        }
    }

    /** The journals of caches that write back, where there is a Redis to keep them in. Without any it connects to nothing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnFlag(value = "hamster.cache.enabled", matchIfMissing = true)
    @ConditionalOnFlag(value = "hamster.cache.remote.enabled", matchIfMissing = true)
    @ConditionalOnBean(RedisConnectionFactory.class)
    @ConditionalOnMissingBean(SharedJournal.Factory.class)
    @EnableConfigurationProperties(HamsterCacheProperties.class)
    static class JournalsConfiguration {

        @Bean
        RedisJournals hamsterRedisJournals(
                HamsterRedisProperties redis,
                HamsterCacheProperties caches,
                RedisNamespace namespace,
                ListableBeanFactory beans,
                HamsterExecutors executors) {
            return new RedisJournals(
                    () -> ConnectionFactories.find(beans, redis.connectionFactory()),
                    namespace::inUse,
                    executors.scheduler(),
                    executors.contextFreeExecutor(),
                    caches.remote().commandTimeout());
        }
    }

    /** The cluster, where it is to be in Redis. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnFlag("hamster.cluster.enabled")
    @ConditionalOnChoice(name = "hamster.cluster.mode", value = "redis")
    @EnableConfigurationProperties({HamsterClusterProperties.class, HamsterRedisClusterProperties.class})
    static class ClusterConfiguration {

        @Bean(destroyMethod = "close")
        @ConditionalOnMissingBean(name = "hamsterRedisClusterEngine")
        RedisClusterEngine hamsterRedisClusterEngine(
                HamsterRedisProperties redis,
                HamsterClusterProperties cluster,
                HamsterRedisClusterProperties properties,
                RedisNamespace namespace,
                ListableBeanFactory beans,
                HamsterExecutors executors,
                TimeSource time) {
            return new RedisClusterEngine(
                    ConnectionFactories.find(beans, redis.connectionFactory()),
                    new GroupNames(namespace.inUse(), properties.dataPath()),
                    properties,
                    cluster.timeout(),
                    executors.scheduler(),
                    executors.contextFreeExecutor(),
                    time);
        }
    }

    /** Traces, where Lettuce makes them. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationPredicate.class)
    static class ObservationConfiguration {

        @Bean
        @ConditionalOnMissingBean
        OwnCommandsUnobserved hamsterRedisCommandsUnobserved() {
            return new OwnCommandsUnobserved();
        }
    }

    /** The scripts, for native images. */
    static final class Scripts implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.resources().registerPattern("io/hamster/spring/redis/*.lua");
        }
    }

    private static String scope(RedisNamespace namespace) {
        return "all instances with the namespace '" + namespace.inUse() + "'";
    }
}
