package io.hamster.spring.cache;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheClientBuilder;
import io.hamster.cache.CacheListener;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.expression.MethodExpressionParser;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/** Auto-configuration for caches. */
@AutoConfiguration(
        after = HamsterAutoConfiguration.class,
        beforeName = "org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration")
@ConditionalOnBooleanProperty(name = "hamster.enabled", matchIfMissing = true)
@ConditionalOnBooleanProperty(name = "hamster.cache.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterCacheProperties.class)
public final class HamsterCacheAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    CacheClient hamsterCacheClient(
            TimeSource time,
            HamsterExecutors executors,
            HamsterCacheProperties properties,
            CacheTransactions transactions,
            ObjectProvider<CachePolicyCustomizer> customizers,
            ObjectProvider<CacheListener> listeners) {
        CacheClientBuilder builder = CacheClient.builder()
                .timeSource(time)
                .executor(executors.executor())
                .scheduler(executors.scheduler())
                .inTransaction(transactions::isActive)
                .policies(name -> {
                    CachePolicyBuilder policy = properties.policy(name);
                    customizers.orderedStream().forEach(customizer -> customizer.customize(name, policy));
                    return policy.build();
                });
        listeners.orderedStream().forEach(builder::listener);
        return builder.build();
    }

    @Bean
    HamsterFeature hamsterCacheFeature() {
        return new HamsterFeature("caches", "local");
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheTransactions hamsterCacheTransactions() {
        return CacheTransactions.None.INSTANCE;
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheMethods hamsterCacheMethods(
            MethodExpressionParser parser,
            ObjectProvider<HamsterCacheProperties> properties,
            ObjectProvider<CacheClient> client) {
        return new CacheMethods(parser, properties::getObject, client::getObject);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheAnnotationRule hamsterCacheAnnotationRule(CacheMethods methods) {
        return new CacheAnnotationRule(methods);
    }

    @Bean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static CacheAdvisor hamsterCacheAdvisor(
            CacheMethods methods, CacheTransactions transactions, ObjectProvider<HamsterCacheProperties> properties) {
        return new CacheAdvisor(new CacheInterceptor(methods, transactions), properties::getObject);
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
}
