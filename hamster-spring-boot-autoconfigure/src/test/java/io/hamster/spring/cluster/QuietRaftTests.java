package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.mock.env.MockEnvironment;

class QuietRaftTests {

    private static final String LEVEL = "logging.level.org.apache.ratis";

    private final MockEnvironment environment = new MockEnvironment();

    @Test
    void quietensRatisWhereItRuns() {
        environment.setProperty("hamster.cluster.mode", "cluster");

        process(getClass().getClassLoader());

        assertThat(environment.getProperty(LEVEL)).isEqualTo("error");
        assertThat(environment.getProperty(LEVEL + ".grpc")).isEqualTo("off");
    }

    @Test
    void leavesItToTheApplication() {
        environment.setProperty("hamster.cluster.mode", "cluster");
        environment.setProperty(LEVEL, "info");

        process(getClass().getClassLoader());

        assertThat(environment.getProperty(LEVEL)).isEqualTo("info");
    }

    @Test
    void changesNothingElsewhere() {
        process(getClass().getClassLoader());
        assertThat(environment.getProperty(LEVEL)).isNull();

        environment.setProperty("hamster.cluster.mode", "cluster");
        process(new FilteredClassLoader("io.hamster.cluster.raft"));
        assertThat(environment.getProperty(LEVEL)).isNull();
    }

    @Test
    void isFoundByBoot() {
        SpringApplicationBuilder application = new SpringApplicationBuilder(Nothing.class)
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties("hamster.cluster.mode=cluster", "spring.main.banner-mode=off");

        try (ConfigurableApplicationContext context = application.run()) {
            assertThat(context.getEnvironment().getProperty(LEVEL)).isEqualTo("error");
        }
    }

    private void process(ClassLoader classes) {
        SpringApplication application = new SpringApplication(new DefaultResourceLoader(classes));
        new QuietRaft().postProcessEnvironment(environment, application);
    }

    static class Nothing {}
}
