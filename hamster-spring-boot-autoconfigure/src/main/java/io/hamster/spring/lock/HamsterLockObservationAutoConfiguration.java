package io.hamster.spring.lock;

import io.hamster.spring.ConditionalOnFlag;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.function.SingletonSupplier;

/** Auto-configuration for observations and log lines of locks; their meters are {@link HamsterLockAutoConfiguration}'s. */
@AutoConfiguration(
        after = HamsterLockAutoConfiguration.class,
        afterName = "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.lock.enabled", matchIfMissing = true)
public final class HamsterLockObservationAutoConfiguration {

    /** Called by Spring. */
    public HamsterLockObservationAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    LockLog hamsterLockLog() {
        return new LockLog();
    }

    /** Observations, where Micrometer's are present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(ObservationRegistry.class)
    @ConditionalOnBean(ObservationRegistry.class)
    static class ObservationConfiguration {

        @Bean
        @ConditionalOnMissingBean(AcquisitionObserver.class)
        LockObservations hamsterLockObservations(
                ObjectProvider<ObservationRegistry> registry,
                ObjectProvider<LockStoreInfo> info,
                ObjectProvider<LockAcquireObservationConvention> convention) {
            return new LockObservations(
                    SingletonSupplier.of(registry::getObject),
                    SingletonSupplier.of(info::getObject),
                    convention.stream().findFirst());
        }
    }
}
