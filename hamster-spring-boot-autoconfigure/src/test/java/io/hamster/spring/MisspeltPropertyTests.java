package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.cache.HamsterCacheProperties;
import io.hamster.spring.cluster.HamsterRaftProperties;
import io.hamster.spring.console.HamsterConsoleProperties;
import io.hamster.spring.hash.HamsterHashProperties;
import io.hamster.spring.integration.HamsterLockIntegrationProperties;
import io.hamster.spring.lock.HamsterLockEndpointProperties;
import io.hamster.spring.redis.HamsterRedisClusterProperties;
import io.hamster.spring.redis.HamsterRedisLockProperties;
import io.hamster.spring.redis.HamsterRedisProperties;
import io.hamster.spring.shedlock.HamsterLockShedLockProperties;
import io.hamster.spring.web.HamsterWebProperties;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What nobody reads is refused rather than passed by. */
class MisspeltPropertyTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner().withUserConfiguration(All.class);

    private static Stream<String> prefixes() {
        return Stream.of(All.class
                        .getAnnotation(EnableConfigurationProperties.class)
                        .value())
                .map(type -> type.getAnnotation(ConfigurationProperties.class).prefix());
    }

    @ParameterizedTest
    @MethodSource("prefixes")
    void stopsTheStart(String prefix) {
        runner.run(context -> assertThat(context).hasNotFailed());
        runner.withPropertyValues(prefix + ".misspelt=1")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOf(UnboundConfigurationPropertiesException.class)
                        .hasMessageContaining(prefix + ".misspelt"));
    }

    @EnableConfigurationProperties({
        HamsterCacheProperties.class,
        HamsterConsoleProperties.class,
        HamsterHashProperties.class,
        HamsterLockEndpointProperties.class,
        HamsterLockIntegrationProperties.class,
        HamsterLockShedLockProperties.class,
        HamsterRaftProperties.class,
        HamsterRedisClusterProperties.class,
        HamsterRedisLockProperties.class,
        HamsterRedisProperties.class,
        HamsterWebProperties.class
    })
    static class All {}
}
