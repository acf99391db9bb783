package io.hamster.spring;

import io.hamster.TimeSource;
import io.hamster.spring.aop.AnnotatedMethodCheck;
import io.hamster.spring.aop.AnnotatedMethodRule;
import io.hamster.spring.expression.MethodExpressionParser;
import io.hamster.testing.ManualTime;
import io.micrometer.core.instrument.observation.MeterObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.function.UnaryOperator;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.SearchStrategy;
import org.springframework.boot.thread.Threading;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Role;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.core.task.VirtualThreadTaskExecutor;
import org.springframework.core.task.support.ContextPropagatingTaskDecorator;
import org.springframework.util.ClassUtils;

/** Auto-configuration for what every concern of Hamster needs: time, executors, expressions and the start-up line. */
@AutoConfiguration
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@Import({AutoProxyRegistrar.class, UnservedAnnotationsConfiguration.class})
public final class HamsterAutoConfiguration {

    private static final String CONTEXT_PROPAGATION = "io.micrometer.context.ContextSnapshotFactory";

    /** Called by Spring. */
    public HamsterAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    HamsterExecutors hamsterExecutors(Environment environment, ObjectProvider<ManualTime> manualTime) {
        UnaryOperator<Runnable> decorator = contextPropagation();
        ManualTime time = manualTime.getIfAvailable();
        if (time != null) {
            return HamsterExecutors.driven(time, decorator);
        }
        return Threading.VIRTUAL.isActive(environment)
                ? HamsterExecutors.threadPerTask(
                        new VirtualThreadTaskExecutor("hamster-").getVirtualThreadFactory(), decorator)
                : HamsterExecutors.create(HamsterExecutors.threads("hamster-"), decorator);
    }

    private static UnaryOperator<Runnable> contextPropagation() {
        if (ClassUtils.isPresent(CONTEXT_PROPAGATION, HamsterAutoConfiguration.class.getClassLoader())) {
            ContextPropagatingTaskDecorator registered = new ContextPropagatingTaskDecorator();
            return task -> registered.decorate(LoggingContext.carrying(task));
        }
        return LoggingContext::carrying;
    }

    @Bean
    @ConditionalOnMissingBean
    TimeSource hamsterTimeSource() {
        return TimeSource.system();
    }

    @Bean
    @ConditionalOnMissingBean(name = "hamsterStartupLine")
    StartupLine hamsterStartupLine(ApplicationContext context, ObjectProvider<HamsterFeature> features) {
        return new StartupLine(context, features);
    }

    @Bean
    // A parent's looks at the parent's properties alone.
    @ConditionalOnMissingBean(name = "hamsterPropertyNamesCheck", search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static PropertyNamesCheck hamsterPropertyNamesCheck(Environment environment) {
        return new PropertyNamesCheck(environment, PropertyNames.all());
    }

    @Bean
    @ConditionalOnMissingBean
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static MethodExpressionParser hamsterMethodExpressionParser(ConfigurableBeanFactory beanFactory) {
        return new MethodExpressionParser(beanFactory);
    }

    @Bean
    // A parent's looks at the parent's beans alone.
    @ConditionalOnMissingBean(search = SearchStrategy.CURRENT)
    @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
    static AnnotatedMethodCheck hamsterAnnotatedMethodCheck(ObjectProvider<AnnotatedMethodRule> rules) {
        return new AnnotatedMethodCheck(rules);
    }

    /** Keeps observations from being timed a second time, where they could be. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({ObservationRegistry.class, MeterObservationHandler.class})
    static class MeterHandlerConfiguration {

        @Bean
        @ConditionalOnMissingBean
        @Order(0)
        TimedAlreadyHandler hamsterTimedAlreadyHandler() {
            return new TimedAlreadyHandler();
        }
    }

    /** Time that only a test moves. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnFlag("hamster.test.manual-time")
    static class ManualTimeConfiguration {

        @Bean
        @ConditionalOnMissingBean
        ManualTime hamsterManualTime() {
            return new ManualTime();
        }
    }
}
