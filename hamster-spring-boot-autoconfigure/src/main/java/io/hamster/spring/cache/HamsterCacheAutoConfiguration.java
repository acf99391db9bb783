package io.hamster.spring.cache;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheClientBuilder;
import io.hamster.cache.CacheListener;
import io.hamster.cache.CacheStats;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.SharedTier;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.actuate.HamsterOverview;
import io.hamster.spring.actuate.HamsterOverviewPart;
import io.hamster.spring.expression.MethodExpressionParser;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.observation.ObservationRegistry;
import java.util.Locale;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cache.CacheManager;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration for caches. */
@AutoConfiguration(
        after = HamsterAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
        beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.cache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterCacheProperties.class)
@ImportRuntimeHints(MethodKeys.Hints.class)
public final class HamsterCacheAutoConfiguration {

    private static final String CLIENT = "hamsterCacheClient";
    private static final String MEMORY_JOURNALS = "hamster.test.memory-journals";

    /** Called by Spring. */
    public HamsterCacheAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    CacheClient hamsterCacheClient(
            TimeSource time,
            HamsterExecutors executors,
            CacheTransactions transactions,
            CachePolicies policies,
            ObjectProvider<SharedTier> shared,
            ObjectProvider<Codec> codec,
            ObjectProvider<SharedJournal.Factory> journals,
            ObjectProvider<CacheListener> listeners) {
        CacheClientBuilder builder = CacheClient.builder()
                .timeSource(time)
                .executor(executors.executor())
                .contextFreeExecutor(executors.contextFreeExecutor())
                .contextCarrier(executors::carrying)
                .scheduler(executors.scheduler())
                .inTransaction(() -> transactions.isActive() || SubscriberTransaction.isAsking())
                .policies(policies::policy);
        shared.ifAvailable(builder::shared);
        codec.ifUnique(builder::codec);
        journals.ifAvailable(builder::sharedJournals);
        listeners.orderedStream().forEach(builder::listener);
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    CachePolicies hamsterCachePolicies(
            HamsterCacheProperties properties,
            CachePlacements placements,
            CacheValueTypes types,
            ListableBeanFactory beans,
            MethodExpressionParser parser,
            ObjectProvider<CachePolicyCustomizer> customizers,
            ObjectProvider<SharedTier> shared,
            ObjectProvider<SharedJournal.Factory> journals,
            ObjectProvider<Codec> codec,
            ResourceLoader resources,
            Environment environment) {
        boolean journalsInMemory = environment.getProperty(MEMORY_JOURNALS, Boolean.class, false);
        CacheBindings bindings = new CacheBindings(beans, parser, types, properties, journalsInMemory);
        return new CachePolicies(
                properties, placements, types, bindings, customizers, shared, journals, codec, resources);
    }

    @Bean
    @ConditionalOnBean(name = CLIENT)
    @ConditionalOnMissingBean
    CachesStart hamsterCachesStart(CachePolicies policies, ObjectProvider<CacheClient> client) {
        return new CachesStart(policies, client::getObject);
    }

    @Bean
    @ConditionalOnMissingBean
    CacheSettingsCheck hamsterCacheSettingsCheck(HamsterCacheProperties properties, CachePlacements placements) {
        return new CacheSettingsCheck(properties, placements);
    }

    @Bean
    @ConditionalOnMissingBean
    CacheLifecycle hamsterCacheLifecycle(CacheClient client, ApplicationContext context) {
        boolean isOurs = context.containsLocalBean(CLIENT) && context.getBean(CLIENT) == client;
        return new CacheLifecycle(client, context, isOurs);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterCacheFeature")
    @Order(20)
    @Lazy
    HamsterFeature hamsterCacheFeature(CachePolicies policies, ObjectProvider<SharedTierInfo> info) {
        // Asked for when the context is ready: only then it is known which caches are shared.
        SharedTierInfo shared = policies.isAnyShared() ? info.getIfAvailable() : null;
        return new HamsterFeature("caches", shared == null ? "local" : "local and in " + shared.name());
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheChanges hamsterCacheChanges(
            ObjectProvider<TimeSource> time, ObjectProvider<HamsterExecutors> executors) {
        return new CacheChanges(
                SingletonSupplier.of(time::getObject),
                SingletonSupplier.of(() -> executors.getObject().executor()),
                work -> executors.getObject().carrying(work));
    }

    @Bean
    @ConditionalOnMissingBean
    static WriteBackFigures hamsterWriteBackFigures(
            ObjectProvider<TimeSource> time, ObjectProvider<HamsterExecutors> executors) {
        return new WriteBackFigures(
                SingletonSupplier.of(time::getObject),
                SingletonSupplier.of(() -> executors.getObject().contextFreeExecutor()));
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheTransactions hamsterCacheTransactions(CacheChanges changes) {
        return CacheTransactions.create(changes);
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheValueTypes hamsterCacheValueTypes() {
        return new CacheValueTypes();
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CachePlacements hamsterCachePlacements() {
        return new CachePlacements();
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheMethods hamsterCacheMethods(
            MethodExpressionParser parser,
            ObjectProvider<HamsterCacheProperties> properties,
            ObjectProvider<CacheClient> client,
            CacheValueTypes types,
            CachePlacements placements) {
        return new CacheMethods(parser, properties::getObject, client::getObject, types, placements);
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheAnnotationRule hamsterCacheAnnotationRule(CacheMethods methods) {
        return new CacheAnnotationRule(methods);
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheAdvisor hamsterCacheAdvisor(
            CacheMethods methods, CacheTransactions transactions, ObjectProvider<HamsterCacheProperties> properties) {
        return new CacheAdvisor(new CacheInterceptor(methods, transactions), properties::getObject);
    }

    /** Spring's own caching, unless the application has decided otherwise. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnFlag(value = "hamster.cache.spring-cache-manager", matchIfMissing = true)
    @Conditional(NoCacheTypeCondition.class)
    static class SpringCacheConfiguration {

        @Bean
        @ConditionalOnMissingBean(value = CacheManager.class, name = "cacheResolver")
        HamsterCacheManager hamsterCacheManager(CacheClient client, CacheTransactions transactions) {
            return new HamsterCacheManager(client, transactions);
        }

        @Bean
        @ConditionalOnBean(HamsterCacheManager.class)
        @ConditionalOnMissingBean
        @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
        static SpringCacheTypesRule hamsterSpringCacheTypesRule(ObjectProvider<CacheValueTypes> types) {
            return new SpringCacheTypesRule(types::getObject);
        }
    }

    @Bean
    @ConditionalOnMissingBean
    CacheLog hamsterCacheLog() {
        return new CacheLog();
    }

    /** Observations, where Micrometer's are present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    @ConditionalOnBean(ObservationRegistry.class)
    static class ObservationConfiguration {

        @Bean
        @ConditionalOnMissingBean
        CacheLoadObservations hamsterCacheLoadObservations(
                ObjectProvider<ObservationRegistry> registry,
                ObjectProvider<CacheLoadObservationConvention> convention) {
            return new CacheLoadObservations(
                    SingletonSupplier.of(registry::getObject),
                    convention.stream().findFirst());
        }
    }

    /** Meters, where Micrometer is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetricsConfiguration {

        @Bean
        @ConditionalOnMissingBean
        CacheMeters hamsterCacheMeters(
                ObjectProvider<CacheClient> client, CacheChanges changes, WriteBackFigures figures) {
            return new CacheMeters(client::getObject, "hamster", changes, figures);
        }
    }

    /** The overview, where Actuator is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Endpoint.class)
    static class OverviewConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterCacheOverview")
        HamsterOverviewPart hamsterCacheOverview(CacheClient client) {
            return overview -> overview.with(client.names().stream()
                    .map(client::cache)
                    .map(OverviewConfiguration::described)
                    .toList());
        }

        private static HamsterOverview.Cache described(HamsterCache<?, ?> cache) {
            CacheStats stats = cache.stats();
            return new HamsterOverview.Cache(
                    cache.name(),
                    cache.policy().tier().name().toLowerCase(Locale.ROOT),
                    stats.size(),
                    cache.policy().maxSize(),
                    stats.hits() + stats.misses() == 0 ? null : stats.hitRate());
        }
    }

    /** Health, where Boot's health module is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterCacheHealth")
        HamsterHealthPart hamsterCacheHealth(
                CacheClient client,
                ObjectProvider<SharedTierInfo> info,
                ObjectProvider<SharedJournalHealth> journals,
                WriteBackFigures figures,
                TimeSource time) {
            return new HamsterHealthPart(
                    "caches", new CacheHealth(client, info::getIfAvailable, journals::getIfAvailable, figures, time));
        }
    }
}
