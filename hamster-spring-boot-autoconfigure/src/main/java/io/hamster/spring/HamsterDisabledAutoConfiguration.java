package io.hamster.spring;

import io.hamster.spring.aop.AnnotatedMethodCheck;
import io.hamster.spring.aop.AnnotatedMethodRule;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Role;

/** Auto-configuration for an application that turned Hamster off: what is left of it names the methods that miss it. */
@AutoConfiguration
@ConditionalOnFlag(value = HamsterDisabledAutoConfiguration.ENABLED, is = false)
public final class HamsterDisabledAutoConfiguration {

    static final String ENABLED = "hamster.enabled";

    /** Called by Spring. */
    public HamsterDisabledAutoConfiguration() {}

    @Bean
    // A parent's looks at the parent's beans alone.
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AnnotatedMethodCheck hamsterAnnotatedMethodCheck(ObjectProvider<AnnotatedMethodRule> rules) {
        return new AnnotatedMethodCheck(rules);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterUnlockedMethodRule")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AnnotatedMethodRule hamsterUnlockedMethodRule() {
        return UnservedAnnotationsConfiguration.unlocked(ENABLED);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterUncachedMethodRule")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AnnotatedMethodRule hamsterUncachedMethodRule() {
        return UnservedAnnotationsConfiguration.uncached(ENABLED);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterUnledMethodRule")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AnnotatedMethodRule hamsterUnledMethodRule() {
        return UnservedAnnotationsConfiguration.unled(ENABLED);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterUncallableMethodRule")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AnnotatedMethodRule hamsterUncallableMethodRule() {
        return UnservedAnnotationsConfiguration.uncallable(ENABLED);
    }
}
