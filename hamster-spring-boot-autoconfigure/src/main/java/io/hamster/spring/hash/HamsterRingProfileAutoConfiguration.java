package io.hamster.spring.hash;

import io.hamster.hash.HashFunction;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.RingProfile;
import io.hamster.spring.ConditionalOnFlag;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Auto-configuration for the profile of load-balanced clients where there is no {@link PeerPicker} that shares it. */
@AutoConfiguration
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag(value = "hamster.hash.enabled", is = false)
@ConditionalOnFlag("hamster.hash.load-balancer.enabled")
@EnableConfigurationProperties(HamsterHashProperties.class)
public final class HamsterRingProfileAutoConfiguration {

    /** Called by Spring. */
    public HamsterRingProfileAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    RingProfile hamsterRingProfile(HamsterHashProperties properties, ObjectProvider<HashFunction> function) {
        return properties.toProfile(function::getIfAvailable);
    }
}
