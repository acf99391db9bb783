package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.awaitWaiting;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockListener;
import io.hamster.lock.LockRequest;
import io.hamster.spring.actuate.HamsterActuatorAutoConfiguration;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class LockObservabilityTests {

    private static final String SECRET = "customer-4711";

    private final ApplicationContextRunner metered = runner().withConfiguration(
                    AutoConfigurations.of(MetricsAutoConfiguration.class))
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new);

    @Test
    void metersWhatHappensThoughAListenerThrows() {
        LockListener failing = new LockListener() {
            @Override
            public void requested(String key, Outcome outcome, boolean contended, long waitNanos) {
                throw new NoSuchMethodError("planted");
            }
        };
        metered.withBean("failing", LockListener.class, () -> failing).run(context -> {
            context.getBean(LockClient.class).lock(LockRequest.of(SECRET)).unlock();

            assertThat(context.getBean(MeterRegistry.class)
                            .get("hamster.lock.acquire")
                            .tags("outcome", "acquired")
                            .timer()
                            .count())
                    .isEqualTo(1);
        });
    }

    @Test
    void metersWhatHappens() {
        metered.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            LockClient client = context.getBean(LockClient.class);
            LockHandle held = client.lock(LockRequest.of(SECRET));
            CompletableFuture<LockHandle> waiting = client.lockAsync(LockRequest.of(SECRET));
            awaitWaiting(context, 1);
            assertThat(gauge(meters, "held")).isEqualTo(1);
            assertThat(gauge(meters, "waiting")).isEqualTo(1);

            time(context).advance(Duration.ofMillis(50));
            held.unlock();
            waiting.get(10, TimeUnit.SECONDS).unlock();

            assertThat(meters.get("hamster.lock.acquire")
                            .tags("outcome", "acquired", "store", "memory")
                            .timer()
                            .count())
                    .isEqualTo(2);
            assertThat(meters.get("hamster.lock.acquire")
                            .tags("outcome", "acquired")
                            .timer()
                            .totalTime(TimeUnit.MILLISECONDS))
                    .isEqualTo(50);
            assertThat(meters.get("hamster.lock.hold").timer().totalTime(TimeUnit.MILLISECONDS))
                    .isEqualTo(50);
            assertThat(meters.get("hamster.lock.contended").counter().count()).isEqualTo(1);
            assertThat(gauge(meters, "contention")).isEqualTo(0.5);
            assertThat(gauge(meters, "held")).isZero();
        });
    }

    @Test
    void metersLossesByReason() {
        metered.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            LockClient client = context.getBean(LockClient.class);
            client.lock(LockRequest.of(SECRET));
            client.admin().forceRelease(SECRET);
            client.lock(LockRequest.builder("short").autoRefresh(false).build());
            time(context).advance(Duration.ofMinutes(1));

            await().untilAsserted(() -> {
                assertThat(lost(meters, "lost")).isEqualTo(1);
                assertThat(lost(meters, "expired")).isEqualTo(1);
            });
            assertThat(meters.get("hamster.lock.hold").timer().count()).isEqualTo(2);
        });
    }

    @Test
    void everyMeterIsThereFromTheStartAndNoneHasAKey() {
        metered.run(context -> {
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.getMeters())
                    .extracting(meter -> meter.getId().getName())
                    .filteredOn(name -> name.startsWith("hamster.lock."))
                    .hasSize(4 + 2 + 6)
                    .contains("hamster.lock.lost", "hamster.lock.acquire", "hamster.lock.hold");

            int before = meters.getMeters().size();
            context.getBean(LockClient.class).lock(LockRequest.of(SECRET)).close();

            assertThat(meters.getMeters()).hasSize(before);
            assertThat(meters.getMeters())
                    .extracting(Meter::getId)
                    .noneMatch(id -> id.toString().contains(SECRET));
        });
    }

    @Test
    void backsOffWithoutMicrometer() {
        runner().withClassLoader(new FilteredClassLoader(MeterBinder.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("hamsterLockMeters"));
    }

    @Test
    void healthTellsWhereLocksAreAndHowManyWithoutAskingTheStore() {
        runner().withConfiguration(AutoConfigurations.of(HamsterActuatorAutoConfiguration.class))
                .run(context -> {
                    LockHandle held = context.getBean(LockClient.class).lock(LockRequest.of(SECRET));
                    HealthIndicator locks = (HealthIndicator)
                            context.getBean(CompositeHealthContributor.class).getContributor("locks");
                    Health health = locks.health();

                    assertThat(health.getStatus()).isEqualTo(Status.UP);
                    assertThat(health.getDetails())
                            .containsEntry("store", "memory")
                            .containsEntry("scope", "this JVM only")
                            .containsEntry("held", 1L)
                            .containsEntry("waiting", 0L);
                    held.unlock();
                });
    }

    @Test
    void backsOffWithoutBootsHealthModule() {
        runner().withClassLoader(new FilteredClassLoader(HealthIndicator.class))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("hamsterLockHealthPart"));
    }

    @Test
    void backsOffWhenAnotherStoreBringsItsOwnHealth() {
        runner().withBean(
                        "hamsterLockHealthPart",
                        HamsterHealthPart.class,
                        () -> new HamsterHealthPart("locks", () -> Health.down().build()))
                .run(context -> assertThat(context).hasSingleBean(HamsterHealthPart.class));
    }

    private static double gauge(MeterRegistry meters, String name) {
        return meters.get("hamster.lock." + name).tag("store", "memory").gauge().value();
    }

    private static double lost(MeterRegistry meters, String reason) {
        return meters.get("hamster.lock.lost")
                .tags("reason", reason, "store", "memory")
                .counter()
                .count();
    }
}
