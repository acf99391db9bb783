package io.hamster.spring.console;

import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Auto-configuration for what the console shows and says; {@link ConsoleServletConfiguration} and
 * {@link ConsoleReactiveConfiguration} serve it.
 */
@AutoConfiguration(
        after = HamsterAutoConfiguration.class,
        afterName = "org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration",
        beforeName = "org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration")
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag("hamster.console.enabled")
@EnableConfigurationProperties(HamsterConsoleProperties.class)
public final class HamsterConsoleAutoConfiguration {

    /** Called by Spring. */
    public HamsterConsoleAutoConfiguration() {}

    /** The page, where there are endpoints to read. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication
    @ConditionalOnClass(PathMappedEndpoints.class)
    @ConditionalOnBean(PathMappedEndpoints.class)
    @ImportRuntimeHints(ConsoleFileHints.class)
    static class PageConfiguration {

        @Bean
        @ConditionalOnMissingBean
        ConsolePage hamsterConsolePage() {
            return new ConsolePage();
        }

        @Bean
        @ConditionalOnMissingBean
        ConsoleSettings hamsterConsoleSettings(
                Environment environment, HamsterConsoleProperties properties, PathMappedEndpoints paths) {
            return new ConsoleSettings(
                    environment.getProperty("spring.application.name", ""), properties.pollInterval(), paths);
        }

        @Bean
        @ConditionalOnMissingBean
        ConsoleStart hamsterConsoleStart(ApplicationContext context, ConsoleSettings settings) {
            return new ConsoleStart(context, settings);
        }

        @Bean
        @ConditionalOnMissingBean(name = "hamsterConsoleFeature")
        @Order(50)
        HamsterFeature hamsterConsoleFeature() {
            return new HamsterFeature("console", "at " + ConsolePage.PATH);
        }
    }

    /** What remains of the console where Actuator is missing. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnMissingClass("org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints")
    static class MissingActuatorConfiguration {

        MissingActuatorConfiguration() {
            throw new HamsterConfigurationException(
                    "hamster.console.enabled is true, but Actuator, whose endpoints the console shows, isn't on the class"
                            + " path.",
                    """
                    Add it:

                        <dependency>
                          <groupId>org.springframework.boot</groupId>
                          <artifactId>spring-boot-starter-actuator</artifactId>
                        </dependency>

                    or set hamster.console.enabled to false.""");
        }
    }

    /** Native images have the page's files too. */
    static final class ConsoleFileHints implements RuntimeHintsRegistrar {

        @Override
        public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
            hints.resources().registerPattern(ConsoleFile.DIRECTORY + "*");
        }
    }
}
