package io.hamster.spring.cluster;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cache.SharedTier;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.raft.ClusterTls;
import io.hamster.cluster.raft.RaftCluster;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.lock.LockStore;
import io.hamster.spring.ConditionalOnChoice;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheProperties;
import io.hamster.spring.cache.SharedTierInfo;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.lock.HamsterLockProperties;
import io.hamster.spring.lock.LockStoreHealth;
import io.hamster.spring.lock.LockStoreInfo;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration for a cluster by Raft: one part of the group, made once, behind the cluster, the locks and the caches
 * of its nodes.
 */
@AutoConfiguration(
        after = {HamsterAutoConfiguration.class, HamsterCodecAutoConfiguration.class},
        before = {
            HamsterLockAutoConfiguration.class,
            HamsterCacheAutoConfiguration.class,
            HamsterClusterAutoConfiguration.class
        },
        afterName = {
            "org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration",
            "io.hamster.spring.redis.HamsterRedisAutoConfiguration"
        })
@ConditionalOnClass(RaftCluster.class)
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag("hamster.cluster.enabled")
@ConditionalOnChoice(name = "hamster.cluster.mode", value = "cluster")
@EnableConfigurationProperties({HamsterClusterProperties.class, HamsterRaftProperties.class, HamsterLockProperties.class
})
public final class HamsterRaftAutoConfiguration {

    private static final Logger logger = LoggerFactory.getLogger(HamsterRaftAutoConfiguration.class);

    /** Called by Spring. */
    public HamsterRaftAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RaftEngineFactory hamsterRaftEngineFactory(TimeSource time, HamsterExecutors executors) {
        return new RaftClusterFactory(time, executors);
    }

    @Bean
    @ConditionalOnMissingBean
    RaftGroup hamsterRaftGroup(
            RaftEngineFactory factory,
            HamsterClusterProperties cluster,
            HamsterRaftProperties raft,
            HamsterLockProperties locks,
            ObjectProvider<SslBundles> bundles) {
        RaftSettings settings = raft.toSettings(cluster.timeout());
        RaftMembers members = RaftMembers.of(cluster);
        Optional<ClusterTls> tls = RaftTls.of(cluster.tls().bundle(), bundles.getIfAvailable());
        List<String> exposed = members.beyondLoopback();
        if (tls.isEmpty() && !exposed.isEmpty()) {
            logger.warn(
                    "hamster.cluster.tls.bundle isn't set, and the nodes' hosts {} can be reached from elsewhere: whoever"
                            + " reaches their ports can read and send what nodes send each other, take locks and call"
                            + " functions",
                    exposed);
        }
        return factory.create(members, settings, tls, locks.commandTimeout());
    }

    @Bean
    @ConditionalOnMissingBean
    RaftEngine hamsterRaftEngine(RaftGroup group) {
        return new RaftEngine(group);
    }

    /** Without a cluster that is made of it the group would never start, and its locks never be available. */
    @Bean
    @ConditionalOnMissingBean(name = "hamsterRaftEngineCheck")
    SmartInitializingSingleton hamsterRaftEngineCheck(RaftEngine engine, ObjectProvider<Cluster> clusters) {
        return () -> {
            List<Cluster> found = clusters.stream().toList();
            if (!engine.isUsed()) {
                throw new HamsterConfigurationException(
                        "hamster.cluster.mode is 'cluster', but "
                                + (found.isEmpty()
                                        ? "there is no Cluster bean"
                                        : "the application has a Cluster bean of its own")
                                + ", so the group of the configured nodes would never start.",
                        "Leave the bean to Hamster and adjust it with a ClusterCustomizer, or, to keep your own:\n\n"
                                + "    hamster.cluster.mode: single");
            }
        };
    }

    /** Locks, where the group is their store. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnChoice(name = "hamster.lock.store", value = "cluster")
    @ConditionalOnFlag(value = "hamster.lock.enabled", matchIfMissing = true)
    @ConditionalOnMissingBean(LockStore.class)
    static class LocksConfiguration {

        @Bean
        LockStore hamsterRaftLockStore(RaftGroup group) {
            return group.locks();
        }

        @Bean
        @ConditionalOnMissingBean
        LockStoreInfo hamsterRaftLockStoreInfo(RaftGroup group) {
            return new LockStoreInfo("cluster", "in the cluster", scope(group));
        }

        @Bean
        @ConditionalOnMissingBean
        LockStoreHealth hamsterRaftLockStoreHealth(
                ObjectProvider<Cluster> cluster, ObjectProvider<LeaderlessSince> leaderless) {
            return new RaftLockHealth(
                    cluster::getObject,
                    () -> Optional.ofNullable(leaderless.getIfAvailable()).flatMap(LeaderlessSince::time));
        }
    }

    /** What caches tell each other over, where nothing brings more: the group keeps no entries of caches. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnFlag(value = "hamster.cache.enabled", matchIfMissing = true)
    @ConditionalOnFlag(value = "hamster.cache.remote.enabled", matchIfMissing = true)
    @ConditionalOnMissingBean(SharedTier.class)
    @ConditionalOnBean(Codec.class)
    @EnableConfigurationProperties(HamsterCacheProperties.class)
    static class CachesConfiguration {

        @Bean
        SharedTier hamsterRaftSharedTier(RaftGroup group, Codec codec, HamsterCacheProperties caches) {
            return SharedTier.ofLeases(group.loads(), codec, group.invalidations())
                    .withBound(caches.remote().stalenessBound());
        }

        @Bean
        @ConditionalOnMissingBean
        SharedTierInfo hamsterRaftSharedTierInfo(RaftGroup group) {
            return new SharedTierInfo("cluster", scope(group));
        }
    }

    private static String scope(RaftGroup group) {
        return "all instances of the group " + String.join(", ", group.names());
    }
}
