package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.isLocked;
import static io.hamster.spring.lock.LockTestSupport.otherInstance;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.OnFailure;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskSchedulingAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

class LockedSchedulingTests {

    @Test
    void anAsyncMethodWaitsForItsLockOnItsOwnThread() {
        runner().withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withUserConfiguration(Asynchronous.class)
                .run(context -> {
                    LockHandle held = otherInstance(context).lock(LockRequest.of("mail"));
                    CompletableFuture<String> mail =
                            context.getBean(Mails.class).send();
                    LockTestSupport.awaitWaiting(context, 1);
                    assertThat(mail).isNotDone();

                    held.unlock();

                    assertThat(mail)
                            .succeedsWithin(10, TimeUnit.SECONDS)
                            .asString()
                            .startsWith("task-");
                    await().until(() -> !isLocked(context, "mail"));
                });
    }

    @Test
    void anAsyncMethodsFutureHoldsTheLock() {
        runner().withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class))
                .withUserConfiguration(Asynchronous.class)
                .run(context -> {
                    CompletableFuture<String> work = new CompletableFuture<>();
                    Future<String> call = context.getBean(Mails.class).later(work);
                    await().until(() -> isLocked(context, "later"));
                    time(context).advance(Duration.ofMinutes(5));
                    assertThat(isLocked(context, "later")).isTrue();

                    work.complete("done");

                    assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("done");
                    await().until(() -> !isLocked(context, "later"));
                });
    }

    @Test
    void aScheduledMethodRunsOnOneInstanceAtATimeOnly() {
        runner().withConfiguration(AutoConfigurations.of(TaskSchedulingAutoConfiguration.class))
                .withUserConfiguration(Schedule.class)
                .run(context -> {
                    Report report = context.getBean(Report.class);
                    await().until(() -> report.runs() == 1);
                    await().until(() ->
                            context.getBean(LockClient.class).admin().stats().failed() >= 3);
                    assertThat(report.runs()).as("atLeastFor keeps it taken").isEqualTo(1);

                    time(context).advance(Duration.ofMinutes(1));

                    await().until(() -> report.runs() == 2);
                    assertThat(report.keys()).containsOnly("report");
                });
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class Asynchronous {

        @Bean
        Mails mails() {
            return new Mails();
        }
    }

    static class Mails {

        @Async
        @HamsterLocked(name = "mail", waitFor = "1m")
        public CompletableFuture<String> send() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }

        @Async
        @HamsterLocked(name = "later")
        public Future<String> later(CompletableFuture<String> work) {
            return work;
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableScheduling
    static class Schedule {

        @Bean
        Report report() {
            return new Report();
        }
    }

    static class Report {

        private final AtomicInteger runs = new AtomicInteger();
        private final List<String> keys = new CopyOnWriteArrayList<>();

        int runs() {
            return runs.get();
        }

        List<String> keys() {
            return keys;
        }

        @Scheduled(fixedDelay = 10, timeUnit = TimeUnit.MILLISECONDS)
        @HamsterLocked(name = "report", waitFor = "0", atLeastFor = "1m", onFailure = OnFailure.SKIP)
        public void run() {
            keys.add(LockContext.current().orElseThrow().key());
            runs.incrementAndGet();
        }
    }
}
