package io.hamster.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.RetryStrategy;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class LockObservationTests {

    private static final String KEY = "customer-4711";

    private final Recorder recorder = new Recorder();

    private final ApplicationContextRunner runner = LockTestSupport.runner()
            .withConfiguration(AutoConfigurations.of(
                    MetricsAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    ObservationAutoConfiguration.class,
                    HamsterLockObservationAutoConfiguration.class))
            .withBean("recorder", Recorder.class, () -> recorder);

    /** Stands in for what follows traces. */
    private static final class Recorder implements ObservationHandler<LockAcquireContext> {

        private final List<LockAcquireContext> stopped = new CopyOnWriteArrayList<>();

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof LockAcquireContext;
        }

        @Override
        public void onStop(LockAcquireContext context) {
            stopped.add(context);
        }

        private List<String> outcomes() {
            return stopped.stream()
                    .map(context -> context.getLowCardinalityKeyValue("outcome"))
                    .map(KeyValue::getValue)
                    .toList();
        }
    }

    private static LockRequest request() {
        return LockRequest.builder(KEY)
                .retry(RetryStrategy.fixed(0, Duration.ofMillis(1)))
                .build();
    }

    @Test
    void observesEachWayToAcquire() {
        runner.run(context -> {
            LockClient client = context.getBean(LockClient.class);
            client.lock(request()).unlock();
            client.singleflightLock(request()).unlock();
            client.tryLock(request()).orElseThrow().unlock();
            client.lockAsync(request()).get(10, TimeUnit.SECONDS).unlock();
            client.execute(request(), () -> "done");
            Lock view = client.asLock(KEY);
            view.lock();
            view.unlock();
            view.lockInterruptibly();
            view.unlock();
            assertThat(view.tryLock()).isTrue();
            view.unlock();
            assertThat(view.tryLock(1, TimeUnit.SECONDS)).isTrue();
            view.unlock();

            await().untilAsserted(
                            () -> assertThat(recorder.outcomes()).hasSize(9).containsOnly("acquired"));
        });
    }

    @Test
    void tellsHowAnAcquisitionEnded() {
        runner.run(context -> {
            LockClient client = context.getBean(LockClient.class);
            LockHandle held = client.lockAsync(request()).join();
            // Whoever waits for an asynchronous one may go on before its observation has ended.
            await().untilAsserted(() -> assertThat(recorder.outcomes()).containsExactly("acquired"));
            assertThat(client.tryLock(request())).isEmpty();
            assertThatExceptionOfType(LockNotAcquiredException.class).isThrownBy(() -> client.lock(request()));
            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> client.execute(request(), () -> "never"));
            CompletableFuture<LockHandle> cancelled = client.lockAsync(LockRequest.of(KEY));
            cancelled.cancel(false);
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class)
                    .isThrownBy(() -> client.asLock(KEY).lockInterruptibly());
            held.unlock();

            await().untilAsserted(() -> assertThat(recorder.outcomes())
                    .containsExactly("acquired", "held", "held", "held", "withdrawn", "withdrawn"));
            assertThat(recorder.stopped)
                    .allSatisfy(context1 -> assertThat(context1.getError()).isNull());
        });
    }

    @Test
    void belongsToTheObservationOfItsCallerAndHasNoKey() {
        runner.run(context -> {
            LockClient client = context.getBean(LockClient.class);
            Observation outer = Observation.start("outer", context.getBean(ObservationRegistry.class));

            outer.scoped(() -> client.lock(request()).unlock());

            LockAcquireContext observed = recorder.stopped.get(0);
            assertThat(observed.getParentObservation()).isSameAs(outer);
            assertThat(observed.getName()).isEqualTo("hamster.lock.acquire");
            assertThat(observed.getAllKeyValues())
                    .containsExactlyInAnyOrder(KeyValue.of("store", "memory"), KeyValue.of("outcome", "acquired"));
            outer.stop();
        });
    }

    @Test
    void isTimedOnce() {
        runner.run(context -> {
            context.getBean(LockClient.class).lock(request()).unlock();

            MeterRegistry meters = context.getBean(MeterRegistry.class);
            assertThat(meters.find("hamster.lock.acquire").timers().stream()
                            .mapToLong(Timer::count)
                            .sum())
                    .isEqualTo(1);
            assertThat(meters.find("hamster.lock.acquire.active").meters()).isEmpty();
            assertThat(recorder.stopped).hasSize(1);
        });
    }

    @Test
    void takesAnotherConvention() {
        runner.withBean(LockAcquireObservationConvention.class, () -> new LockAcquireObservationConvention() {
                    @Override
                    public KeyValues getHighCardinalityKeyValues(LockAcquireContext context) {
                        return KeyValues.of("key", context.key());
                    }
                })
                .run(context -> {
                    context.getBean(LockClient.class).lock(request()).unlock();

                    assertThat(recorder.stopped.get(0).getHighCardinalityKeyValue("key"))
                            .isEqualTo(KeyValue.of("key", KEY));
                });
    }

    @Test
    void acquiresThoughObservingFails() {
        for (String failing : List.of("start", "stop")) {
            runner.withBean("failing", ObservationHandler.class, () -> new FailingHandler(failing))
                    .run(context -> {
                        LockClient client = context.getBean(LockClient.class);

                        client.lock(request()).unlock();
                        client.tryLock(request()).orElseThrow().unlock();
                        client.lockAsync(request()).get(10, TimeUnit.SECONDS).unlock();
                        assertThat(client.execute(request(), () -> "done")).isEqualTo("done");
                        Lock view = client.asLock(KEY);
                        view.lock();
                        view.unlock();

                        assertThat(client.admin().stats().held()).isZero();
                    });
        }
    }

    /** Fails with an error, as one does that was built against another version of something. */
    private record FailingHandler(String when) implements ObservationHandler<LockAcquireContext> {

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof LockAcquireContext;
        }

        @Override
        public void onStart(LockAcquireContext context) {
            failIf("start");
        }

        @Override
        public void onStop(LockAcquireContext context) {
            failIf("stop");
        }

        private void failIf(String now) {
            if (when.equals(now)) {
                throw new NoSuchMethodError("planted");
            }
        }
    }

    @Test
    void backsOffWithoutARegistryAndWithoutMicrometer() {
        ApplicationContextRunner bare = LockTestSupport.runner()
                .withConfiguration(AutoConfigurations.of(HamsterLockObservationAutoConfiguration.class));
        bare.run(context -> assertThat(context).doesNotHaveBean(AcquisitionObserver.class));
        bare.withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("hamsterLockObservations"));
    }

    @Test
    void logsEachOperationAtDebugWithShortenedKeys(CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(getClass().getClassLoader());
        logging.setLogLevel(LockLog.class.getName(), LogLevel.DEBUG);
        try {
            runner.run(context -> {
                LockClient client = context.getBean(LockClient.class);
                client.lock(request()).unlock();
                client.lock(request());
                client.admin().forceRelease(KEY);
            });
        } finally {
            logging.setLogLevel(LockLog.class.getName(), null);
        }

        assertThat(output)
                .containsPattern(
                        "operation=acquire key=custom…\\p{XDigit}{8} outcome=acquired contended=false duration=")
                .containsPattern("operation=release key=custom…\\p{XDigit}{8} outcome=released duration=")
                .containsPattern("operation=hold key=custom…\\p{XDigit}{8} outcome=lost duration=")
                .doesNotContain(KEY);
    }
}
