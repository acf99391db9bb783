package io.hamster.spring.cache;

import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.autoconfigure.context.PropertyPlaceholderAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** The context that the tests of this package begin with. */
final class CacheTestContexts {

    private CacheTestContexts() {}

    /** What the start was refused with; never {@code null}. */
    static HamsterConfigurationException refusal(AssertableApplicationContext context) {
        for (Throwable cause = context.getStartupFailure(); cause != null; cause = cause.getCause()) {
            if (cause instanceof HamsterConfigurationException refusal) {
                return refusal;
            }
        }
        throw new AssertionError("Not refused by a HamsterConfigurationException", context.getStartupFailure());
    }

    static ApplicationContextRunner runner() {
        return new ApplicationContextRunner()
                .withPropertyValues("hamster.test.manual-time=true")
                .withConfiguration(AutoConfigurations.of(
                        HamsterAutoConfiguration.class,
                        HamsterCacheAutoConfiguration.class,
                        AopAutoConfiguration.class,
                        PropertyPlaceholderAutoConfiguration.class));
    }
}
