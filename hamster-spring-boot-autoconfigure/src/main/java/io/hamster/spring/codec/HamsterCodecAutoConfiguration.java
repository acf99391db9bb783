package io.hamster.spring.codec;

import io.hamster.Codec;
import io.hamster.spring.ConditionalOnFlag;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Auto-configuration for the codec of remote calls, journals and shared caches. */
@AutoConfiguration(afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration")
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
public final class HamsterCodecAutoConfiguration {

    /** Called by Spring. */
    public HamsterCodecAutoConfiguration() {}

    /** JSON, where Jackson 3 is present. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JsonMapper.class)
    @ConditionalOnMissingBean(Codec.class)
    static class JacksonConfiguration {

        @Bean
        JacksonCodec hamsterCodec(ObjectProvider<JsonMapper> mapper) {
            return new JacksonCodec(
                    mapper.getIfUnique(() -> JsonMapper.builder().build()));
        }
    }
}
