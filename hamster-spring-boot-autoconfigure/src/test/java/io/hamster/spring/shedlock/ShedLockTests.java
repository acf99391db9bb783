package io.hamster.spring.shedlock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.InvalidExpirationException;
import io.hamster.lock.HeldLock;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockRequest;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.javacrumbs.shedlock.core.LockAssert;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.LockExtender;
import net.javacrumbs.shedlock.core.LockProvider;
import net.javacrumbs.shedlock.core.SimpleLock;
import net.javacrumbs.shedlock.spring.annotation.EnableSchedulerLock;
import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
import net.javacrumbs.shedlock.support.KeepAliveLockProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The provider under ShedLock's scheduler integration, on manual time. */
@ExtendWith(OutputCaptureExtension.class)
class ShedLockTests {

    private static final String KEY = "shedlock:report";

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterLockAutoConfiguration.class,
                    HamsterLockProviderAutoConfiguration.class))
            .withPropertyValues("hamster.test.manual-time=true");

    private final ApplicationContextRunner scheduling = runner.withUserConfiguration(Scheduling.class);

    @Configuration(proxyBeanMethods = false)
    @EnableSchedulerLock(defaultLockAtMostFor = "10m")
    static class Scheduling {

        @Bean
        Report report(LockClient client, ManualTime time) {
            return new Report(client, time);
        }
    }

    static class Report {

        private final LockClient client;
        private final ManualTime time;
        private Runnable work = () -> {};
        private final List<HeldLock> seen = new ArrayList<>();

        Report(LockClient client, ManualTime time) {
            this.client = client;
            this.time = time;
        }

        @SchedulerLock(name = "report", lockAtMostFor = "5m", lockAtLeastFor = "1m")
        public void run() {
            LockAssert.assertLocked();
            work.run();
            seen.addAll(client.admin().list(10));
        }

        void work(Runnable toDo) {
            work = toDo;
        }

        void takes(Duration duration) {
            work(() -> time.advance(duration));
        }

        int runs() {
            return seen.size();
        }

        List<HeldLock> locks() {
            return seen;
        }
    }

    @Test
    void runsATaskUnderItsLockAndKeepsOthersOutAtLeastFor() {
        scheduling.run(context -> {
            Report report = context.getBean(Report.class);
            ManualTime time = context.getBean(ManualTime.class);

            report.run();
            assertThat(report.locks()).extracting(HeldLock::key).containsExactly(KEY);
            time.advance(Duration.ofSeconds(59));
            report.run();
            assertThat(report.runs()).isEqualTo(1);
            time.advance(Duration.ofSeconds(2));
            report.run();

            assertThat(report.runs()).isEqualTo(2);
        });
    }

    @Test
    void doesNotRunATaskThatAnotherInstanceRuns() {
        scheduling.run(context -> {
            Report report = context.getBean(Report.class);
            LockClient client = context.getBean(LockClient.class);
            try (var held = client.lock(LockRequest.of(KEY))) {
                report.run();
                assertThat(held.isValid()).isTrue();
                assertThat(report.runs()).isZero();
            }

            report.run();

            assertThat(report.runs()).isEqualTo(1);
        });
    }

    @Test
    void endsAtMostForLaterAlthoughTheTaskStillRuns(CapturedOutput output) {
        scheduling.run(context -> {
            Report report = context.getBean(Report.class);
            report.takes(Duration.ofMinutes(5));

            report.run();

            assertThat(report.locks()).isEmpty();
            assertThat(output).contains("was gone before its task had ended");
        });
    }

    @Test
    void isExtendedByItsTask() {
        scheduling.run(context -> {
            Report report = context.getBean(Report.class);
            ManualTime time = context.getBean(ManualTime.class);
            report.work(() -> {
                time.advance(Duration.ofMinutes(4));
                LockExtender.extendActiveLock(Duration.ofMinutes(10), Duration.ofMinutes(2));
                time.advance(Duration.ofMinutes(1));
            });

            report.run();
            assertThat(report.runs()).isEqualTo(1);
            time.advance(Duration.ofSeconds(58));
            report.run();
            assertThat(report.runs()).isEqualTo(1);
            time.advance(Duration.ofSeconds(3));
            report.run();

            assertThat(report.runs()).isEqualTo(2);
        });
    }

    @Test
    void tellsItsTaskThatItCannotBeExtendedAnyMore() {
        scheduling.run(context -> {
            Report report = context.getBean(Report.class);
            LockClient client = context.getBean(LockClient.class);
            report.work(() -> {
                client.admin().forceRelease(KEY);
                LockExtender.extendActiveLock(Duration.ofMinutes(10), Duration.ZERO);
            });

            assertThatExceptionOfType(LockExtender.LockCanNotBeExtendedException.class)
                    .isThrownBy(report::run);
        });
    }

    @Test
    void aTaskMayCallAnotherOfTheSameName() {
        scheduling.run(context -> {
            Report report = context.getBean(Report.class);
            report.work(() -> {
                report.work(() -> {});
                report.run();
            });

            report.run();

            assertThat(report.runs()).isEqualTo(2);
        });
    }

    @Test
    void isKeptAliveByShedLocksOwnMeans() {
        runner.run(context -> {
            ManualTime time = context.getBean(ManualTime.class);
            LockClient client = context.getBean(LockClient.class);
            LockProvider keepingAlive =
                    new KeepAliveLockProvider(context.getBean(HamsterLockProvider.class), time.scheduler());
            SimpleLock lock = keepingAlive
                    .lock(new LockConfiguration(Instant.now(), "report", Duration.ofMinutes(1), Duration.ZERO))
                    .orElseThrow();

            for (int i = 0; i < 10; i++) {
                time.advance(Duration.ofSeconds(30));
            }
            assertThat(client.status(KEY)).isPresent();
            lock.unlock();

            assertThat(client.status(KEY)).isEmpty();
        });
    }

    @Test
    void isReleasedByAnyThread() {
        runner.run(context -> {
            LockProvider provider = context.getBean(LockProvider.class);
            Optional<SimpleLock> lock = provider.lock(configuration(Duration.ofMinutes(1)));
            Thread thread = new Thread(() -> lock.orElseThrow().unlock());
            thread.start();
            thread.join(10_000);

            assertThat(provider.lock(configuration(Duration.ofMinutes(1)))).isPresent();
        });
    }

    @Test
    void refusesALeaseOutOfRange() {
        runner.run(context -> assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> context.getBean(LockProvider.class).lock(configuration(Duration.ofDays(2))))
                .withMessageContaining("24h"));
    }

    private static LockConfiguration configuration(Duration atMost) {
        return new LockConfiguration(Instant.now(), "report", atMost, Duration.ZERO);
    }

    @Test
    void backsOffFromAnotherProviderAndWhenSwitchedOff() {
        runner.withBean("own", LockProvider.class, () -> configuration -> Optional.empty())
                .run(context -> assertThat(context).hasSingleBean(LockProvider.class));
        runner.withPropertyValues("hamster.lock.shedlock.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LockProvider.class));
        runner.withPropertyValues("hamster.lock.enabled=false")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(LockProvider.class));
    }

    @Test
    void backsOffWithoutShedLock() {
        runner.withClassLoader(new FilteredClassLoader("net.javacrumbs.shedlock"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("hamsterLockProvider"));
    }

    @Test
    void refusesAPrefixThatCannotBeginAKey() {
        runner.withPropertyValues("hamster.lock.shedlock.prefix=" + "x".repeat(200))
                .run(context -> assertThat(context).getFailure().rootCause().hasMessageContaining("Lock key"));
    }
}
