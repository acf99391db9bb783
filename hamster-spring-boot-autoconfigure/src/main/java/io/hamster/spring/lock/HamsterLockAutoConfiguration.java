package io.hamster.spring.lock;

import io.hamster.TimeSource;
import io.hamster.lock.LockAdmin;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockListener;
import io.hamster.lock.LockStats;
import io.hamster.lock.LockStore;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterExecutors;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.actuate.HamsterOverview;
import io.hamster.spring.actuate.HamsterOverviewPart;
import io.hamster.spring.aop.AnnotatedMethodPointcut;
import io.hamster.spring.expression.MethodExpressionParser;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Optional;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * Auto-configuration for locks. A configuration that brings another store comes before this one and offers a
 * {@link LockStore} with a {@link LockStoreInfo}.
 */
@AutoConfiguration(after = HamsterAutoConfiguration.class)
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.lock.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterLockProperties.class)
public final class HamsterLockAutoConfiguration {

    private static final String TRANSACTIONS =
            "org.springframework.transaction.support.TransactionSynchronizationManager";

    /** Called by Spring. */
    public HamsterLockAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    LockStore hamsterLockStore(
            HamsterLockProperties properties, TimeSource time, HamsterExecutors executors, Environment environment) {
        return switch (properties.store()) {
            case MEMORY -> new MemoryLockStore(time, executors.scheduler());
            case REDIS, CLUSTER -> throw MissingLockStore.failure(properties.store(), environment);
        };
    }

    @Bean
    @ConditionalOnMissingBean
    LockStoreInfo hamsterLockStoreInfo(LockStore store) {
        return store instanceof MemoryLockStore
                ? new LockStoreInfo("memory", "in memory", "this JVM only")
                : new LockStoreInfo("custom", "in " + store.getClass().getSimpleName(), "as far as that store reaches");
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterLockStoreCheck")
    OverriddenLockStore hamsterLockStoreCheck(
            HamsterLockProperties properties, ObjectProvider<LockStoreInfo> info, ListableBeanFactory beans) {
        return new OverriddenLockStore(properties.store(), info, beans);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterLockFeature")
    @Order(10)
    HamsterFeature hamsterLockFeature(LockStoreInfo info) {
        return new HamsterFeature("locks", info.description() + " (" + info.scope() + ")");
    }

    @Bean
    @ConditionalOnMissingBean
    LockRequests hamsterLockRequests(
            HamsterLockProperties properties, ObjectProvider<LockRequestCustomizer> customizers) {
        return new LockRequests(properties, customizers.orderedStream().toList());
    }

    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean
    LockClient hamsterLockClient(
            HamsterLockProperties properties,
            LockStore store,
            HamsterExecutors executors,
            TimeSource time,
            Environment environment,
            ObjectProvider<LockListener> listeners,
            ObjectProvider<AcquisitionObserver> observer) {
        LockListener listener = new LockListeners(listeners.orderedStream().toList());
        String node = NodeNames.of(properties.node(), environment);
        return new ManagedLockClient(
                () -> LockClient.builder(store, executors.scheduler(), executors.contextFreeExecutor())
                        .time(time)
                        .node(node)
                        .commandTimeout(properties.commandTimeout())
                        .driftMargin(properties.driftMargin())
                        .longHoldWarning(properties.longHoldWarning())
                        .listener(listener)
                        .build(),
                observer.getIfAvailable(() -> AcquisitionObserver.NONE));
    }

    @Bean
    @ConditionalOnMissingBean
    LockAdmin hamsterLockAdmin(LockClient client) {
        return client.admin();
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LockedMethods hamsterLockedMethods(MethodExpressionParser parser) {
        return new LockedMethods(parser);
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static LockedMethodRule hamsterLockedMethodRule(LockedMethods methods) {
        return new LockedMethodRule(methods);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterLockAdvisor")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static Advisor hamsterLockAdvisor(LockedMethods methods, BeanFactory beans, Environment environment) {
        boolean transactional = ClassUtils.isPresent(TRANSACTIONS, HamsterLockAutoConfiguration.class.getClassLoader());
        HamsterLockInterceptor interceptor = new HamsterLockInterceptor(
                methods,
                SingletonSupplier.of(() -> new LockRuntime(
                        beans.getBean(LockClient.class),
                        beans.getBean(LockRequests.class),
                        beans.getBean(TimeSource.class),
                        beans.getBean(HamsterExecutors.class))),
                transactional ? new SpringTransactions() : Transactions.NONE);
        DefaultPointcutAdvisor advisor =
                new DefaultPointcutAdvisor(new AnnotatedMethodPointcut(LockedMethods.ANNOTATIONS), interceptor);
        // Not from the bound properties: making that bean here would keep it from later post-processors.
        advisor.setOrder(Binder.get(environment)
                .bind("hamster.lock.aspect-order", Integer.class)
                .orElse(HamsterLockProperties.DEFAULT_ASPECT_ORDER));
        return advisor;
    }

    /** Meters, where Micrometer is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class MetersConfiguration {

        @Bean
        @ConditionalOnMissingBean
        LockMeters hamsterLockMeters(
                ObjectProvider<LockClient> client,
                ObjectProvider<LockStoreInfo> info,
                ObjectProvider<LockStoreHealth> health) {
            return new LockMeters(
                    client::getObject, info::getObject, () -> Optional.ofNullable(health.getIfAvailable()));
        }
    }

    /** The overview, where Actuator is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(Endpoint.class)
    static class OverviewConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterLockOverview")
        HamsterOverviewPart hamsterLockOverview(ObjectProvider<LockClient> client, LockStoreInfo info) {
            return overview -> {
                LockStats stats = client.getObject().admin().stats();
                return overview.with(
                        new HamsterOverview.Locks(info.name(), info.scope(), stats.held(), stats.waiting()));
            };
        }
    }

    /** Health, where Boot's health module is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class HealthConfiguration {

        @Bean
        @ConditionalOnMissingBean(name = "hamsterLockHealthPart")
        HamsterHealthPart hamsterLockHealthPart(
                ObjectProvider<LockClient> client, LockStoreInfo info, ObjectProvider<LockStoreHealth> store) {
            return new HamsterHealthPart(
                    "locks", () -> LockHealth.of(client.getObject(), info, store.getIfAvailable()));
        }
    }
}
