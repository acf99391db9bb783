package io.hamster.spring.shedlock;

import io.hamster.lock.LockClient;
import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for ShedLock's lock provider. The bean is used only where ShedLock is switched on. */
@AutoConfiguration(after = HamsterLockAutoConfiguration.class)
@ConditionalOnClass(ExtensibleLockProvider.class)
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.lock.shedlock.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HamsterLockShedLockProperties.class)
public final class HamsterLockProviderAutoConfiguration {

    /** Called by Spring. */
    public HamsterLockProviderAutoConfiguration() {}

    @Bean
    @ConditionalOnBean(LockClient.class)
    @ConditionalOnMissingBean(LockProvider.class)
    HamsterLockProvider hamsterLockProvider(LockClient client, HamsterLockShedLockProperties properties) {
        return new HamsterLockProvider(client, properties.prefix());
    }
}
