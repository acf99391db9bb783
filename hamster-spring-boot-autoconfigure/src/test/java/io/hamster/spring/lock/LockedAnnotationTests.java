package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.awaitWaiting;
import static io.hamster.spring.lock.LockTestSupport.isLocked;
import static io.hamster.spring.lock.LockTestSupport.otherInstance;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.start;
import static io.hamster.spring.lock.LockTestSupport.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.Backoff;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.spring.lock.LockTestSupport.Record;
import io.hamster.testing.ManualTime;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.core.annotation.AliasFor;

/** What annotations can be made of, and what they keep when the application ends. */
class LockedAnnotationTests {

    @Test
    void composedAndRepeatedAnnotationsShareOneOrderBothWays() {
        runner().withBean(Service.class).withBean(Record.class).run(context -> {
            Record record = context.getBean(Record.class);

            context.getBean(Service.class).mixed("z", List.of("y", "x"), () -> null);

            assertThat(record.acquired).containsExactly("a:x", "a:y", "audit", "tenant:z");
            assertThat(record.released).containsExactly("tenant:z", "audit", "a:y", "a:x");
        });
    }

    @Test
    void durationsMayContainPlaceholders() {
        runner().withBean(Service.class)
                .withPropertyValues("shop.lease=7s", "shop.at-least=20s")
                .run(context -> {
                    LockClient client = context.getBean(LockClient.class);
                    ManualTime time = context.getBean(ManualTime.class);

                    assertThat(context.getBean(Service.class)
                                    .configured(() -> client.status("configured")
                                            .orElseThrow()
                                            .remaining()))
                            .isEqualTo(Duration.ofSeconds(7));

                    time.advance(Duration.ofMillis(19_999));
                    assertThat(isLocked(context, "configured")).isTrue();
                    time.advance(Duration.ofMillis(1));
                    assertThat(isLocked(context, "configured")).isFalse();
                });
    }

    @Test
    void waitingForAWhileTakesTheConfiguredAttemptsIfItSaysHowToRetry() {
        runner().withBean(Service.class)
                .withPropertyValues("hamster.lock.retry.count=2")
                .run(context -> {
                    otherInstance(context).lock(LockRequest.of("polling"));
                    CompletableFuture<Object> call =
                            start(() -> context.getBean(Service.class).polling(() -> "done"));
                    awaitWaiting(context, 1);

                    time(context).advance(Duration.ofMillis(99));
                    assertThat(call).isNotDone();
                    time(context).advance(Duration.ofMillis(1));

                    assertThat(call)
                            .failsWithin(10, TimeUnit.SECONDS)
                            .withThrowableThat()
                            .withCauseInstanceOf(LockNotAcquiredException.class);
                });
    }

    @Test
    void aShutdownKeepsTheLockOfAMethodThatStillRunsForItsTime() {
        ManualTime time = new ManualTime();
        LockStore store = new MemoryLockStore(time, time.scheduler());
        CountDownLatch goOn = new CountDownLatch(1);
        CompletableFuture<?>[] call = new CompletableFuture<?>[1];
        runner().withBean(ManualTime.class, () -> time)
                .withInitializer(context -> context.getBeanFactory().registerSingleton("store", store))
                .withBean(Service.class)
                .run(context -> {
                    Service service = context.getBean(Service.class);
                    call[0] = start(() -> service.nightly(() -> goOn.await(10, TimeUnit.SECONDS)));
                    await().until(() -> isLocked(context, "nightly"));
                    time.advance(Duration.ofSeconds(20));
                });

        assertThat(isFree(store)).isFalse();
        goOn.countDown();
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> call[0].get(10, TimeUnit.SECONDS))
                .withCauseInstanceOf(LockException.class);
        time.advance(Duration.ofMillis(39_999));
        assertThat(isFree(store)).isFalse();
        time.advance(Duration.ofMillis(1));
        assertThat(isFree(store)).isTrue();
    }

    private static boolean isFree(LockStore store) {
        return store.status("nightly").toCompletableFuture().join().isEmpty();
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @HamsterLocked(name = "tenant")
    @interface TenantLocked {

        @AliasFor(annotation = HamsterLocked.class, attribute = "key")
        String value();
    }

    static class Service {

        @TenantLocked("#tenant")
        @HamsterLocked(name = "audit")
        @HamsterLocked(name = "a", key = "#accounts")
        public Object mixed(String tenant, List<String> accounts, Callable<Object> work) throws Exception {
            assertThat(LockContext.current().orElseThrow().key()).isEqualTo("tenant:" + tenant);
            return work.call();
        }

        @HamsterLocked(name = "configured", lease = "${shop.lease:1s}", atLeastFor = "${shop.at-least:0}")
        public Object configured(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "polling", waitFor = "10s", retry = Backoff.FIXED, retryBase = "50ms", retryJitter = 0)
        public Object polling(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "nightly", atLeastFor = "1m")
        public Object nightly(Callable<Object> work) throws Exception {
            return work.call();
        }
    }
}
