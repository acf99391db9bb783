package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCacheKeyException;
import io.hamster.testing.ManualTime;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class CacheLoadObservationTests {

    private static final String KEY = "customer-4711";

    private final Recorder recorder = new Recorder();

    private final ApplicationContextRunner metered = CacheTestContexts.runner()
            .withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class))
            .withPropertyValues("hamster.cache.caches.users.ttl=10s", "hamster.cache.caches.users.refresh-ahead=0.5");
    private final ApplicationContextRunner runner = metered.withConfiguration(
                    AutoConfigurations.of(ObservationAutoConfiguration.class))
            .withBean("recorder", Recorder.class, () -> recorder);

    /** Stands in for what follows traces. */
    private static final class Recorder implements ObservationHandler<CacheLoadContext> {

        private final List<CacheLoadContext> stopped = new CopyOnWriteArrayList<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof CacheLoadContext;
        }

        @Override
        public void onStop(CacheLoadContext context) {
            stopped.add(context);
        }
    }

    private static HamsterCache<String, String> users(ApplicationContext context) {
        return context.getBean(CacheClient.class).cache("users");
    }

    @Test
    void belongsToTheObservationOfItsCallerAndIsOpenForTheLoader() {
        runner.run(context -> {
            ObservationRegistry registry = context.getBean(ObservationRegistry.class);
            Observation outer = Observation.start("outer", registry);
            AtomicReference<Observation> inLoader = new AtomicReference<>();

            outer.scoped(() -> users(context).get(KEY, key -> {
                inLoader.set(registry.getCurrentObservation());
                return "v";
            }));
            outer.stop();

            assertThat(recorder.stopped).singleElement().satisfies(load -> {
                assertThat(load.getParentObservation()).isSameAs(outer);
                assertThat(inLoader.get().getContextView()).isSameAs(load);
                assertThat(load.getName()).isEqualTo("hamster.cache.load");
                assertThat(load.getAllKeyValues())
                        .containsExactlyInAnyOrder(
                                KeyValue.of("cache", "users"),
                                KeyValue.of("outcome", "ok"),
                                KeyValue.of("keys", "1"),
                                KeyValue.of("refresh", "false"));
            });
            assertThat(registry.getCurrentObservation()).isNull();
        });
    }

    @Test
    void knowsWhatALoadFailedWith() {
        runner.run(context -> {
            IllegalStateException failure = new IllegalStateException("no source");
            assertThatIllegalStateException()
                    .isThrownBy(() -> users(context).get(KEY, key -> {
                        throw failure;
                    }));

            assertThat(recorder.stopped).singleElement().satisfies(load -> {
                assertThat(load.getError()).isSameAs(failure);
                assertThat(load.outcome()).contains(LoadOutcome.FAILED);
            });
        });
    }

    @Test
    void ofARefreshIsPartOfTheReadThatFoundItDueOrIsntMade() {
        runner.run(context -> {
            HamsterCache<String, String> users = users(context);
            ManualTime time = context.getBean(ManualTime.class);
            users.get(KEY, key -> "old");
            time.advance(Duration.ofSeconds(6));
            assertThat(users.get(KEY, key -> "new")).contains("old");
            await().until(() -> users.get(KEY, key -> "never").equals(Optional.of("new")));
            assertThat(recorder.stopped).hasSize(1);

            time.advance(Duration.ofSeconds(6));
            Observation reader = Observation.start("reader", context.getBean(ObservationRegistry.class));
            reader.scoped(() -> users.get(KEY, key -> "newer"));
            await().until(() -> recorder.stopped.size() == 2);
            reader.stop();

            assertThat(recorder.stopped.get(1).isRefresh()).isTrue();
            assertThat(recorder.stopped.get(1).getParentObservation()).isSameAs(reader);
        });
    }

    @Test
    void isTimedOnceAndTheSameWithoutObservations() {
        runner.run(CacheLoadObservationTests::assertTimed);
        metered.run(CacheLoadObservationTests::assertTimed);
    }

    private static void assertTimed(ApplicationContext context) {
        users(context).get(KEY, key -> "v");

        MeterRegistry meters = context.getBean(MeterRegistry.class);
        assertThat(meters.get("hamster.cache.load")
                        .tags("cache", "users", "outcome", "ok")
                        .timer()
                        .count())
                .isEqualTo(1);
        assertThat(meters.get("hamster.cache.load").timers()).hasSize(2);
        assertThat(meters.find("hamster.cache.load.active").meters()).isEmpty();
    }

    @Test
    void takesAnotherConvention() {
        runner.withBean(CacheLoadObservationConvention.class, () -> new CacheLoadObservationConvention() {
                    @Override
                    public KeyValues getHighCardinalityKeyValues(CacheLoadContext context) {
                        return KeyValues.of("own", context.cache());
                    }
                })
                .run(context -> {
                    users(context).get(KEY, key -> "v");

                    assertThat(recorder.stopped.get(0).getHighCardinalityKeyValues())
                            .containsExactly(KeyValue.of("own", "users"));
                });
    }

    @Test
    void logsEachLoadAtDebugWithShortenedKeys(CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(CacheLog.class.getName(), LogLevel.DEBUG);
        try {
            runner.run(context -> {
                users(context).get(KEY, key -> "secret");
                users(context).getAll(List.of("a", "b"), keys -> Map.of());
            });
        } finally {
            logging.setLogLevel(CacheLog.class.getName(), null);
        }

        assertThat(output)
                .containsPattern("operation=load cache=users key=custom…\\p{XDigit}{8} outcome=ok duration=PT")
                .containsPattern("operation=load cache=users keys=2 outcome=ok duration=PT")
                .doesNotContain(KEY, "secret");
    }

    @Test
    void logsEachChangeAtDebugWithShortenedKeys(CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(CacheLog.class.getName(), LogLevel.DEBUG);
        try {
            runner.run(context -> {
                users(context).put(KEY, "secret");
                users(context).putAll(Map.of("a", "secret", "b", "secret"));
                users(context).putIfAbsent(KEY, "secret");
                users(context).invalidateTags(List.of("secret"));
                users(context).loadAndDelete(KEY);
                users(context).clear();
                assertThatExceptionOfType(InvalidCacheKeyException.class)
                        .isThrownBy(() -> users(context).invalidate(""));
            });
        } finally {
            logging.setLogLevel(CacheLog.class.getName(), null);
        }

        assertThat(output)
                .containsPattern("operation=put cache=users key=custom…\\p{XDigit}{8} outcome=ok duration=PT")
                .containsPattern("operation=put cache=users keys=2 outcome=ok duration=PT")
                .containsPattern("operation=put cache=users key=custom…\\p{XDigit}{8} outcome=refused duration=PT")
                .containsPattern("operation=invalidate_tags cache=users tags=1 outcome=ok duration=PT")
                .containsPattern("operation=delete cache=users key=custom…\\p{XDigit}{8} outcome=ok duration=PT")
                .containsPattern("operation=clear cache=users outcome=ok duration=PT")
                .containsPattern("operation=invalidate cache=users key=\\S+ outcome=failed duration=PT")
                .doesNotContain(KEY, "secret");
    }
}
