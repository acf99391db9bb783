package io.hamster.spring;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocks;
import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.spring.aop.AnnotatedMethodRule;
import io.hamster.spring.aop.UnservedAnnotationRule;
import java.util.List;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/** A concern that was turned off says which methods count on it: a lock must never be absent without a word. */
@Configuration(proxyBeanMethods = false)
class UnservedAnnotationsConfiguration {

    private static final String LOCK = "hamster.lock.enabled";
    private static final String CACHE = "hamster.cache.enabled";

    @Bean
    @ConditionalOnMissingBean(name = "hamsterUnlockedMethodRule")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnFlag(value = LOCK, is = false)
    static AnnotatedMethodRule hamsterUnlockedMethodRule() {
        return unlocked(LOCK);
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterUncachedMethodRule")
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    @ConditionalOnFlag(value = CACHE, is = false)
    static AnnotatedMethodRule hamsterUncachedMethodRule() {
        return uncached(CACHE);
    }

    static UnservedAnnotationRule unlocked(String property) {
        return new UnservedAnnotationRule(
                List.of(HamsterLocked.class, HamsterLocks.class), property, "runs without its lock");
    }

    static UnservedAnnotationRule uncached(String property) {
        return new UnservedAnnotationRule(
                List.of(Cached.class, CacheUpdate.class, CacheInvalidate.class, CacheInvalidate.List.class),
                property,
                "runs without its cache");
    }

    static UnservedAnnotationRule unled(String property) {
        return new UnservedAnnotationRule(List.of(LeaderOnly.class), property, "runs on every instance");
    }

    static UnservedAnnotationRule uncallable(String property) {
        return new UnservedAnnotationRule(
                List.of(RemoteFunction.class), property, "can't be called by other instances");
    }
}
