package io.hamster.spring.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.Codec;
import java.lang.reflect.Type;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import tools.jackson.databind.json.JsonMapper;

class HamsterCodecAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(HamsterCodecAutoConfiguration.class));

    @Test
    void takesTheApplicationsMapper() {
        runner.withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
                .withPropertyValues("spring.jackson.property-naming-strategy=SNAKE_CASE")
                .run(context -> assertThat(
                                new String(context.getBean(Codec.class).encode(new Named(1), Named.class)))
                        .isEqualTo("{\"first_value\":1}"));
    }

    @Test
    void makesAMapperWhereThereIsNone() {
        runner.run(context -> {
            assertThat(context).doesNotHaveBean(JsonMapper.class);
            assertThat(context.getBean(Codec.class).decode("7".getBytes(), Integer.class))
                    .isEqualTo(7);
        });
    }

    @Test
    void backsOffWithoutJackson() {
        runner.withClassLoader(new FilteredClassLoader(JsonMapper.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(Codec.class));
    }

    @Test
    void backsOffWhenUserProvidesCodec() {
        runner.withBean("mine", Codec.class, NoCodec::new)
                .run(context -> assertThat(context).hasSingleBean(Codec.class).doesNotHaveBean(JacksonCodec.class));
    }

    @Test
    void backsOffWhenDisabled() {
        runner.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(Codec.class));
    }

    record Named(int firstValue) {}

    private static final class NoCodec implements Codec {

        @Override
        public byte[] encode(Object value, Type type) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Object decode(byte[] bytes, Type type) {
            throw new UnsupportedOperationException();
        }
    }
}
