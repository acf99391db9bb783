package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.hamster.TimeSource;
import io.hamster.testing.ManualTime;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.scheduling.annotation.EnableScheduling;

class HamsterAutoConfigurationTests {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(HamsterAutoConfiguration.class));

    @Test
    void providesTimeAndExecutors() {
        runner.run(context -> {
            assertThat(context.getBean(TimeSource.class)).isSameAs(TimeSource.system());
            HamsterExecutors executors = context.getBean(HamsterExecutors.class);
            CompletableFuture<String> thread = new CompletableFuture<>();
            executors
                    .scheduler()
                    .schedule(
                            () -> executors
                                    .executor()
                                    .execute(() -> thread.complete(
                                            Thread.currentThread().getName())),
                            1,
                            TimeUnit.MILLISECONDS);
            assertThat(thread.get(10, TimeUnit.SECONDS)).startsWith("hamster-");
        });
    }

    @Test
    void closesItsThreadsWithTheContext() {
        HamsterExecutors[] executors = new HamsterExecutors[1];
        runner.run(context -> executors[0] = context.getBean(HamsterExecutors.class));

        assertThat(executors[0].scheduler().isShutdown()).isTrue();
    }

    @Test
    void backsOffWhenDisabled() {
        runner.withPropertyValues("hamster.enabled=false")
                .run(context -> assertThat(context).doesNotHaveBean(TimeSource.class));
    }

    @Test
    void backsOffWhenUserProvidesTimeSource() {
        runner.withBean("mine", TimeSource.class, ManualTime::new)
                .run(context -> assertThat(context).getBean(TimeSource.class).isSameAs(context.getBean("mine")));
    }

    @Test
    void leavesBootsTaskExecutorAndSchedulerInPlace() {
        runner.withConfiguration(AutoConfigurations.of(
                        TaskExecutionAutoConfiguration.class, TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Scheduling.class)
                .run(context ->
                        assertThat(context).hasBean("applicationTaskExecutor").hasBean("taskScheduler"));
    }

    @Test
    void givesTestsTimeThatOnlyTheyMove() {
        runner.withPropertyValues("hamster.test.manual-time=true").run(context -> {
            ManualTime time = context.getBean(ManualTime.class);
            assertThat(context.getBean(TimeSource.class)).isSameAs(time);
            assertThat(context.getBean(HamsterExecutors.class).scheduler()).isSameAs(time.scheduler());
        });
    }

    @Test
    void theLineOfAnApplicationWithEverythingAndNoConfiguration() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(AutoConfigured.classes()))
                .run(context -> assertThat(context.getBean(StartupLine.class).text())
                        .isEqualTo("locks in memory (this JVM only), caches local, cluster off"));
    }

    @Test
    void logsOneLineThatSaysWhatWasChosen() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.hamster");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Level before = logger.getLevel();
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        lines.start();
        try {
            runner.withUserConfiguration(Features.class)
                    .run(context -> assertThat(context).hasNotFailed());
        } finally {
            logger.detachAppender(lines);
            logger.setLevel(before);
        }
        // Threads of other tests may still have something to say.
        assertThat(lines.list)
                .filteredOn(ILoggingEvent::getThreadName, Thread.currentThread().getName())
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("Hamster: locks in memory (this JVM only), caches local");
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Scheduling {}

    @Configuration(proxyBeanMethods = false)
    static class Features {

        @Bean
        @Order(2)
        HamsterFeature caches() {
            return new HamsterFeature("caches", "local");
        }

        @Bean
        @Order(1)
        HamsterFeature locks() {
            return new HamsterFeature("locks", "in memory (this JVM only)");
        }
    }
}
