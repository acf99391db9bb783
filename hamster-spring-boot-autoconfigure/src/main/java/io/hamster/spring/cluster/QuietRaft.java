package io.hamster.spring.cluster;

import io.hamster.spring.Choices;
import java.util.Map;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.ClassUtils;

/**
 * Has Ratis log errors only, and nothing of its connections, unless the application says otherwise: it warns several times
 * a second of each node that is down, with stack traces. Hamster itself says once who is lost and who leads.
 */
final class QuietRaft implements EnvironmentPostProcessor, Ordered {

    private static final String RATIS = "logging.level.org.apache.ratis";

    /** Called by Spring. */
    QuietRaft() {}

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        if (ClassUtils.isPresent("io.hamster.cluster.raft.RaftCluster", application.getClassLoader())
                && Choices.isChosen(environment, "hamster.cluster.mode", "cluster", false)) {
            environment
                    .getPropertySources()
                    .addLast(new MapPropertySource("hamster", Map.of(RATIS, "error", RATIS + ".grpc", "off")));
        }
    }

    /** Once the application's own properties are known. */
    @Override
    public int getOrder() {
        return ConfigDataEnvironmentPostProcessor.ORDER + 1;
    }
}
