package io.hamster.spring.cache;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheClientBuilder;
import io.hamster.cache.CacheListener;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.expression.MethodExpressionParser;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.cache.CacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;

/** Auto-configuration for caches. */
@AutoConfiguration(
        after = HamsterAutoConfiguration.class,
        beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnBooleanProperty(name = "hamster.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "hamster.cache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterCacheProperties.class)
public final class HamsterCacheAutoConfiguration {

    /** Called by Spring. */
    public HamsterCacheAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    CacheClient hamsterCacheClient(
            TimeSource time,
            HamsterExecutors executors,
            HamsterCacheProperties properties,
            CacheTransactions transactions,
            CacheValueTypes types,
            ListableBeanFactory beans,
            ObjectProvider<CachePolicyCustomizer> customizers,
            ObjectProvider<CacheListener> listeners) {
        CacheBindings bindings = new CacheBindings(beans, types, properties);
        CacheClientBuilder builder = CacheClient.builder()
                .timeSource(time)
                .executor(executors.executor())
                .contextFreeExecutor(executors.contextFreeExecutor())
                .scheduler(executors.scheduler())
                .inTransaction(transactions::isActive)
                .policies(name -> {
                    CachePolicyBuilder policy = properties.policy(name);
                    bindings.applyTo(name, policy);
                    customizers.orderedStream().forEach(customizer -> customizer.customize(name, policy));
                    return policy.build();
                });
        listeners.orderedStream().forEach(builder::listener);
        return builder.build();
    }

    @Bean
    @ConditionalOnMissingBean
    CacheLifecycle hamsterCacheLifecycle(CacheClient client) {
        return new CacheLifecycle(client);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterCacheFeature")
    @Order(20)
    HamsterFeature hamsterCacheFeature() {
        return new HamsterFeature("caches", "local");
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheTransactions hamsterCacheTransactions() {
        return CacheTransactions.create();
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
    static CacheMethods hamsterCacheMethods(
            MethodExpressionParser parser,
            ObjectProvider<HamsterCacheProperties> properties,
            ObjectProvider<CacheClient> client,
            CacheValueTypes types) {
        return new CacheMethods(parser, properties::getObject, client::getObject, types);
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
    @ConditionalOnBooleanProperty(name = "hamster.cache.spring-cache-manager", matchIfMissing = true)
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
        static SpringCacheTypesRule hamsterSpringCacheTypesRule(CacheValueTypes types) {
            return new SpringCacheTypesRule(types);
        }
    }

    /** Meters, where Micrometer is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetricsConfiguration {

        @Bean
        @ConditionalOnMissingBean
        CacheMeters hamsterCacheMeters() {
            return new CacheMeters("hamster");
        }
    }

    /** Health, where Boot's health module is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterCacheHealth")
        HamsterHealthPart hamsterCacheHealth(CacheClient client) {
            return new HamsterHealthPart("caches", new CacheHealth(client));
        }
    }
}
