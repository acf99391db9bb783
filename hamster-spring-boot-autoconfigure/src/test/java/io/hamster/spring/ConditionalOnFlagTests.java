package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

class ConditionalOnFlagTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Flags.class);

    @Configuration(proxyBeanMethods = false)
    static class Flags {

        @Bean
        @ConditionalOnFlag("test.flag")
        String on() {
            return "on";
        }

        @Bean
        @ConditionalOnFlag(value = "test.flag", matchIfMissing = true)
        String onUnlessOff() {
            return "on unless off";
        }

        @Bean
        @ConditionalOnFlag(value = "test.flag", is = false)
        String off() {
            return "off";
        }

        @Bean
        @ConditionalOnFlag(value = "test.other", matchIfMissing = true)
        @ConditionalOnFlag("test.flag")
        String both() {
            return "both";
        }
    }

    /** As it is: {@code withPropertyValues} would cut it. */
    private ApplicationContextRunner with(Map<String, Object> properties) {
        return runner.withInitializer(context ->
                context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("test", properties)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "TRUE", "yes", "on", "1", " true", "on\t"})
    void isOnByWhateverIsBoundToTrue(String written) {
        with(Map.of("test.flag", written)).run(context -> {
            assertThat(Binder.get(context.getEnvironment())
                            .bind("test.flag", Boolean.class)
                            .get())
                    .isTrue();
            assertThat(context.getBeansOfType(String.class)).containsOnlyKeys("on", "onUnlessOff", "both");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "False", "no", "off", "0", "off "})
    void isOffByWhateverIsBoundToFalse(String written) {
        with(Map.of("test.flag", written)).run(context -> {
            assertThat(Binder.get(context.getEnvironment())
                            .bind("test.flag", Boolean.class)
                            .get())
                    .isFalse();
            assertThat(context.getBeansOfType(String.class)).containsOnlyKeys("off");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "${nothing:}"})
    void isMissingWhereNothingIsBound(String written) {
        with(Map.of("test.flag", written)).run(context -> {
            assertThat(Binder.get(context.getEnvironment())
                            .bind("test.flag", Boolean.class)
                            .isBound())
                    .isFalse();
            assertThat(context.getBeansOfType(String.class)).containsOnlyKeys("onUnlessOff");
        });
    }

    @Test
    void asksForAllOfSeveral() {
        with(Map.of("test.flag", "true", "test.other", "no"))
                .run(context -> assertThat(context.getBeansOfType(String.class)).containsOnlyKeys("on", "onUnlessOff"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"yess", "enabled", "2"})
    void stopsTheStartWhereItCanNotBeBound(String written) {
        with(Map.of("test.flag", written))
                .run(context -> assertThat(context)
                        .hasFailed()
                        .getFailure()
                        .cause()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessage("test.flag is '" + written + "'. Set it to true or false."));
    }
}
