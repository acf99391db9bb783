package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;

class ConditionalOnChoiceTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(Tiers.class);

    enum Tier {
        LOCAL,
        TWO_LEVEL
    }

    @Configuration(proxyBeanMethods = false)
    static class Tiers {

        @Bean
        @ConditionalOnChoice(name = "test.tier", value = "two-level")
        String two() {
            return "two";
        }

        @Bean
        @ConditionalOnChoice(name = "test.tier", value = "local", matchIfMissing = true)
        String local() {
            return "local";
        }
    }

    /** As it is: {@code withPropertyValues} would cut it. */
    private ApplicationContextRunner with(String written) {
        return runner.withInitializer(context -> context.getEnvironment()
                .getPropertySources()
                .addFirst(new MapPropertySource("test", Map.of("test.tier", written))));
    }

    private static Tier bound(Environment environment) {
        return Binder.get(environment).bind("test.tier", Tier.class).orElse(Tier.LOCAL);
    }

    @ParameterizedTest
    @ValueSource(strings = {"two-level", "TWO_LEVEL", "twoLevel", "two-level ", "\ttwo_level", "two level"})
    void takesWhatIsBoundToTheValue(String written) {
        with(written).run(context -> {
            assertThat(bound(context.getEnvironment())).isEqualTo(Tier.TWO_LEVEL);
            assertThat(context.getBeansOfType(String.class)).containsOnlyKeys("two");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "local", "Local "})
    void takesWhatIsMissingOrAnother(String written) {
        with(written).run(context -> {
            assertThat(bound(context.getEnvironment())).isEqualTo(Tier.LOCAL);
            assertThat(context.getBeansOfType(String.class)).containsOnlyKeys("local");
        });
    }
}
