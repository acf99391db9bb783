package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.start;
import static io.hamster.spring.lock.LockTestSupport.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.HeldLock;
import io.hamster.lock.LockAdmin;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockListener;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockUnavailableException;
import io.hamster.lock.RetryStrategy;
import io.hamster.lock.RetryStrategy.Growth;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aop.Advisor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.Ordered;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

@ExtendWith(OutputCaptureExtension.class)
class HamsterLockAutoConfigurationTests {

    @Test
    void keepsLocksInMemoryByDefaultAndSaysSo() {
        runner().run(context -> {
            assertThat(context).getBean(LockStore.class).isInstanceOf(MemoryLockStore.class);
            assertThat(context).hasSingleBean(LockClient.class).hasSingleBean(LockRequests.class);
            assertThat(context.getBean(LockAdmin.class))
                    .isSameAs(context.getBean(LockClient.class).admin());
            assertThat(context.getBean(HamsterFeature.class))
                    .isEqualTo(new HamsterFeature("locks", "in memory (this JVM only)"));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"hamster.enabled=false", "hamster.lock.enabled=false"})
    void backsOffWhenDisabled(String property) {
        runner().withPropertyValues(property)
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(LockClient.class)
                        .doesNotHaveBean("hamsterLockAdvisor")
                        .doesNotHaveBean(LockedMethodRule.class));
    }

    @Test
    void backsOffWhenUserNamesTheFeature() {
        runner().withBean("hamsterLockFeature", HamsterFeature.class, () -> new HamsterFeature("locks", "mine"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .getBean("hamsterLockFeature")
                        .isEqualTo(new HamsterFeature("locks", "mine")));
    }

    @Test
    void backsOffWhenUserProvidesLockClient() {
        runner().withBean("mine", LockClient.class, HamsterLockAutoConfigurationTests::client)
                .withBean(Service.class)
                .run(context -> {
                    assertThat(context).getBean(LockClient.class).isSameAs(context.getBean("mine"));
                    context.getBean(Service.class).run();
                    assertThat(context.getBean(LockClient.class).admin().stats().released())
                            .isEqualTo(1);
                });
    }

    @Test
    void backsOffWhenUserProvidesLockRequests() {
        runner().withBean("mine", LockRequests.class, () -> new LockRequests(defaults(), List.of()))
                .run(context -> assertThat(context).hasSingleBean(LockRequests.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "cluster"})
    void namesTheStoreThatIsMissing(String store) {
        runner().withPropertyValues("hamster.lock.store=" + store).run(context -> {
            assertThat(context).hasFailed();
            assertThat(context.getStartupFailure())
                    .rootCause()
                    .isInstanceOfSatisfying(HamsterConfigurationException.class, e -> {
                        assertThat(e.description()).startsWith("hamster.lock.store is " + store);
                        assertThat(e.action()).contains("hamster.lock.store=memory", LockStore.class.getName());
                    });
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "redis", "cluster"})
    void aStoreFromAnotherConfigurationWins(String store) {
        runner().withPropertyValues("hamster.lock.store=" + store)
                .withBean("theirs", LockStore.class, HamsterLockAutoConfigurationTests::store)
                .withBean(LockStoreInfo.class, () -> new LockStoreInfo(store, "in Redis", "all instances on it"))
                .run(context -> {
                    assertThat(context).getBean(LockStore.class).isSameAs(context.getBean("theirs"));
                    assertThat(context.getBean(HamsterFeature.class).description())
                            .isEqualTo("in Redis (all instances on it)");
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"redis", "cluster"})
    void refusesAStoreThatTheApplicationsBeanKeepsFromBeingUsed(String store) {
        runner().withPropertyValues("hamster.lock.store=" + store)
                .withBean("theirs", LockStore.class, HamsterLockAutoConfigurationTests::store)
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(context.getStartupFailure())
                            .isInstanceOfSatisfying(HamsterConfigurationException.class, e -> {
                                assertThat(e.description())
                                        .isEqualTo("hamster.lock.store is " + store + ", but locks would be in the"
                                                + " application's own LockStore bean 'theirs'.");
                                assertThat(e.action()).contains("new LockStoreInfo(\"" + store + "\"");
                            });
                });
    }

    /** As {@code @MockitoBean} and {@code @TestBean} do: theirs takes the place and the name of Hamster's. */
    @ParameterizedTest
    @ValueSource(strings = {"redis", "cluster"})
    void takesAStoreThatATestPutsInPlaceOfItsOwn(String store) {
        runner().withPropertyValues("hamster.lock.store=" + store)
                .withBean("hamsterLockStore", LockStore.class, HamsterLockAutoConfigurationTests::store)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void namesTheStoresOfWhichOneIsTooMany() {
        runner().withBean("one", LockStore.class, HamsterLockAutoConfigurationTests::store)
                .withBean("other", LockStore.class, HamsterLockAutoConfigurationTests::store)
                .run(context -> {
                    assertThat(context).hasFailed();
                    FailureAnalysis analysis = SpringFactoriesLoader.forDefaultResourceLocation()
                            .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, failure) -> {}))
                            .stream()
                            .filter(analyzer -> analyzer.getClass().getName().startsWith("io.hamster."))
                            .map(analyzer -> analyzer.analyze(context.getStartupFailure()))
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElseThrow();
                    assertThat(analysis.getDescription()).startsWith("There are several LockStore beans: one, other.");
                    assertThat(analysis.getAction()).contains("@Primary", "LockStore one()");
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    lease=0s                 | hamster.lock.lease is PT0S              | more than 0, at most 24h
                    lease=25h                | hamster.lock.lease is PT25H             | more than 0, at most 24h
                    timeout=-1s              | hamster.lock.timeout is PT-1S           | more than 0, at most 365d
                    command-timeout=2m       | hamster.lock.command-timeout is PT2M    | 1ms to 1m
                    command-timeout=0        | hamster.lock.command-timeout is PT0S    | 1ms to 1m
                    drift-margin=0.6         | hamster.lock.drift-margin is 0.6        | 0 to 0.5
                    drift-margin=NaN         | hamster.lock.drift-margin is NaN        | 0 to 0.5
                    long-hold-warning=0      | hamster.lock.long-hold-warning is PT0S  | more than 0, at most 365d
                    long-hold-warning=366d   | hamster.lock.long-hold-warning is PT8784H | more than 0, at most 365d
                    retry.count=-2           | hamster.lock.retry.count is -2          | -1 or more
                    retry.base=0             | hamster.lock.retry.base is PT0S         | more than 0, at most 24h
                    retry.cap=50ms           | hamster.lock.retry.cap is PT0.05S       | at least hamster.lock.retry.base
                    retry.jitter=1.5         | hamster.lock.retry.jitter is 1.5        | 0 to 1
                    """)
    void aValueOutOfRangeStopsTheStart(String property, String description, String range) {
        runner().withPropertyValues("hamster.lock." + property).run(context -> {
            assertThat(context).hasFailed();
            Throwable failure = context.getStartupFailure();
            while (!(failure instanceof HamsterConfigurationException) && failure != null) {
                failure = failure.getCause();
            }
            assertThat(failure).isInstanceOfSatisfying(HamsterConfigurationException.class, e -> {
                assertThat(e.description()).startsWith(description);
                assertThat(e.action()).contains(range);
            });
        });
    }

    @Test
    void propertiesReachTheRequests() {
        runner().withPropertyValues(
                        "hamster.lock.lease=20s",
                        "hamster.lock.timeout=9s",
                        "hamster.lock.retry.strategy=linear",
                        "hamster.lock.retry.count=-1",
                        "hamster.lock.retry.base=5ms",
                        "hamster.lock.retry.cap=1s",
                        "hamster.lock.retry.jitter=0.5")
                .run(context -> {
                    LockRequest request =
                            context.getBean(LockRequests.class).builder("x").build();
                    assertThat(request.expiration()).isEqualTo(Duration.ofSeconds(20));
                    assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(9));
                    assertThat(request.retry())
                            .isEqualTo(new RetryStrategy(
                                    Growth.LINEAR, -1, Duration.ofMillis(5), Duration.ofSeconds(1), 0.5));
                });
    }

    @Test
    void propertiesReachTheClient() {
        AtomicLong heldLong = new AtomicLong();
        runner().withPropertyValues(
                        "hamster.lock.drift-margin=0.5",
                        "hamster.lock.node=till-3",
                        "hamster.lock.long-hold-warning=40s")
                .withBean(LockListener.class, () -> new LockListener() {
                    @Override
                    public void heldLong(String key, long holdNanos) {
                        heldLong.set(holdNanos);
                    }
                })
                .run(context -> {
                    LockHandle handle = context.getBean(LockClient.class).lock(LockRequest.of("x"));
                    assertThat(handle.remaining()).isEqualTo(Duration.ofSeconds(15));
                    assertThat(context.getBean(LockAdmin.class).list(10))
                            .extracting(HeldLock::owner)
                            .containsExactly("till-3");
                    time(context).advance(Duration.ofSeconds(41));
                    assertThat(heldLong).hasValue(Duration.ofSeconds(40).toNanos());
                    handle.unlock();
                });
    }

    @Test
    void theApplicationsNameNamesTheNode() {
        runner().withPropertyValues("spring.application.name=shop", "HOSTNAME=till-4")
                .run(context -> {
                    context.getBean(LockClient.class).lock(LockRequest.of("x")).close();
                    context.getBean(LockClient.class).lock(LockRequest.of("y"));
                    assertThat(context.getBean(LockAdmin.class).list(10))
                            .extracting(HeldLock::owner)
                            .containsExactly("shop@till-4");
                });
    }

    @Test
    void theAdvicesOrderIsAProperty() {
        runner().run(context -> assertThat(order(context.getBean(Advisor.class)))
                .isEqualTo(HamsterLockProperties.DEFAULT_ASPECT_ORDER));
        runner().withPropertyValues("hamster.lock.aspect-order=7").run(context -> {
            assertThat(order(context.getBean(Advisor.class))).isEqualTo(7);
            assertThat(context.getBean(HamsterLockProperties.class).aspectOrder())
                    .isEqualTo(7);
        });
    }

    private static int order(Advisor advisor) {
        return ((Ordered) advisor).getOrder();
    }

    @Test
    void worksWithLazyInitialization() {
        runner().withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withBean(Service.class)
                .run(context -> {
                    assertThat(context.getBeanFactory().containsSingleton("hamsterLockClient"))
                            .isFalse();
                    assertThat(context.getBean(Service.class).run()).isEqualTo("ran");
                    assertThat(context.getBean(LockClient.class).admin().stats().released())
                            .isEqualTo(1);
                });
    }

    @Test
    void makesNoBeanTooEarlyForThePostProcessors(CapturedOutput output) {
        runner().withBean(Service.class).run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("not eligible for getting processed by all BeanPostProcessors");
    }

    @Test
    void lateWaitersFailWhenTheContextCloses() {
        CompletableFuture<?>[] waiting = new CompletableFuture<?>[1];
        runner().run(context -> {
            LockClient client = context.getBean(LockClient.class);
            LockTestSupport.otherInstance(context).lock(LockRequest.of("x"));
            waiting[0] = start(() -> client.lock(LockRequest.of("x")));
            LockTestSupport.awaitWaiting(context, 1);
        });
        assertThat(waiting[0]).failsWithin(Duration.ofSeconds(10));
    }

    @Test
    void refusesUseAfterTheEnd() {
        LockClient[] client = new LockClient[1];
        runner().run(context -> client[0] = context.getBean(LockClient.class));

        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> client[0].lock(LockRequest.of("x")));
    }

    private static HamsterLockProperties defaults() {
        return new HamsterLockProperties(
                true,
                HamsterLockProperties.Store.MEMORY,
                Duration.ofSeconds(30),
                Duration.ofSeconds(5),
                new HamsterLockProperties.Retry(Growth.FIXED, 3, Duration.ofMillis(1), Duration.ofMillis(1), 0),
                Duration.ofSeconds(2),
                0,
                Duration.ofMinutes(1),
                null,
                0);
    }

    private static LockStore store() {
        ManualTime time = new ManualTime();
        return new MemoryLockStore(time, time.scheduler());
    }

    private static LockClient client() {
        ManualTime time = new ManualTime();
        return LockClient.builder(store(), time.scheduler(), Runnable::run)
                .time(time)
                .build();
    }

    static class Service {

        @HamsterLocked(name = "service")
        public String run() {
            return "ran";
        }
    }
}
