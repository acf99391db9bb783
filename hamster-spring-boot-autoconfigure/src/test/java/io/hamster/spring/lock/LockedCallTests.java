package io.hamster.spring.lock;

import static io.hamster.spring.lock.LockTestSupport.awaitWaiting;
import static io.hamster.spring.lock.LockTestSupport.isLocked;
import static io.hamster.spring.lock.LockTestSupport.otherInstance;
import static io.hamster.spring.lock.LockTestSupport.runner;
import static io.hamster.spring.lock.LockTestSupport.start;
import static io.hamster.spring.lock.LockTestSupport.time;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.HamsterLocked.Backoff;
import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockExpiredException;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockLostException;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.NestedLockException;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.lock.LockTestSupport.Record;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.core.annotation.AliasFor;

class LockedCallTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void holdsTheLockWhileTheMethodRuns() {
        with(context -> {
            Shop shop = context.getBean(Shop.class);

            assertThat(shop.pay(7, () -> isLocked(context, "order:7"))).isEqualTo(true);
            assertThat(isLocked(context, "order:7")).isFalse();
        });
    }

    @Test
    void givesTheMethodItsHandle() {
        with(context -> {
            LockHandle handle = (LockHandle) context.getBean(Shop.class)
                    .pay(7, () -> LockContext.current().orElseThrow());

            assertThat(handle.key()).isEqualTo("order:7");
            assertThat(handle.fence()).isPositive();
            assertThat(handle.isValid()).isFalse();
        });
    }

    @Test
    void releasesTheLockWhenTheMethodFails() {
        with(context -> {
            assertThatIllegalStateException()
                    .isThrownBy(() -> context.getBean(Shop.class).pay(7, () -> {
                        throw new IllegalStateException("no money");
                    }))
                    .withMessage("no money");
            assertThat(isLocked(context, "order:7")).isFalse();
        });
    }

    @Test
    void nameOrKeyAloneAreTheWholeKey() {
        with(context -> {
            Shop shop = context.getBean(Shop.class);
            Callable<Object> key = () -> LockContext.current().orElseThrow().key();

            assertThat(shop.named(key)).isEqualTo("night-report");
            assertThat(shop.keyed("abc", key)).isEqualTo("abc");
        });
    }

    @Test
    void waitsUntilTheOtherReleases() {
        with(context -> {
            LockHandle held = otherInstance(context).lock(LockRequest.of("order:7"));
            CompletableFuture<Object> call =
                    start(() -> context.getBean(Shop.class).pay(7, () -> "paid"));
            awaitWaiting(context, 1);
            assertThat(call).isNotDone();

            held.unlock();

            assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("paid");
        });
    }

    @Test
    void waitsForAsLongAsItSaysHoweverManyAttemptsThatTakes() {
        with(context -> {
            otherInstance(context).lock(LockRequest.of("order:7"));
            CompletableFuture<Object> call =
                    start(() -> context.getBean(Shop.class).pay(7, () -> "paid"));
            awaitWaiting(context, 1);

            time(context).advance(Duration.ofMillis(4_999));
            assertThat(call).isNotDone();
            time(context).advance(Duration.ofMillis(1));

            assertThat(call)
                    .failsWithin(10, TimeUnit.SECONDS)
                    .withThrowableThat()
                    .withCauseInstanceOf(LockNotAcquiredException.class);
        });
    }

    @Test
    void givesUpAfterTheConfiguredAttemptsUnlessItSaysHowLong() {
        with(
                context -> {
                    otherInstance(context).lock(LockRequest.of("night-report"));
                    CompletableFuture<Object> call =
                            start(() -> context.getBean(Shop.class).named(() -> "done"));
                    awaitWaiting(context, 1);

                    time(context).advance(Duration.ofMillis(99));
                    assertThat(call).isNotDone();
                    time(context).advance(Duration.ofMillis(1));

                    assertThat(call)
                            .failsWithin(10, TimeUnit.SECONDS)
                            .withThrowableThat()
                            .withCauseInstanceOf(LockNotAcquiredException.class);
                },
                "hamster.lock.retry.count=2",
                "hamster.lock.retry.base=50ms",
                "hamster.lock.retry.strategy=fixed");
    }

    @Test
    void asksOnceIfItMustNotWait() {
        with(context -> {
            LockHandle held = otherInstance(context).lock(LockRequest.of("once"));

            assertThatExceptionOfType(LockNotAcquiredException.class)
                    .isThrownBy(() -> context.getBean(Shop.class).once(() -> "done"));
            held.unlock();
            assertThat(context.getBean(Shop.class).once(() -> "done")).isEqualTo("done");
        });
    }

    @Test
    void retryAttributesBoundTheAttempts() {
        with(context -> {
            otherInstance(context).lock(LockRequest.of("impatient"));
            CompletableFuture<Object> call =
                    start(() -> context.getBean(Shop.class).impatient(() -> "done"));
            awaitWaiting(context, 1);

            time(context).advance(Duration.ofMillis(59));
            assertThat(call).isNotDone();
            time(context).advance(Duration.ofMillis(1));

            assertThat(call).failsWithin(10, TimeUnit.SECONDS);
        });
    }

    @Test
    void takesEachKeyOfACollectionOnceInOrderAndReleasesThemInReverse() {
        with(context -> {
            Record record = context.getBean(Record.class);

            context.getBean(Shop.class).transfer(Arrays.asList("c", "a", "b", "a"), () -> {
                assertThat(isLocked(context, "account:a")).isTrue();
                assertThat(isLocked(context, "account:b")).isTrue();
                assertThat(isLocked(context, "account:c")).isTrue();
                return null;
            });

            assertThat(record.acquired).containsExactly("account:a", "account:b", "account:c");
            assertThat(record.released).containsExactly("account:c", "account:b", "account:a");
        });
    }

    @Test
    void severalAnnotationsShareOneOrder() {
        with(context -> {
            context.getBean(Shop.class).both("z", "a", () -> null);

            assertThat(context.getBean(Record.class).acquired).containsExactly("from:z", "to:a");
        });
    }

    @Test
    void severalLocksShareOneWait() {
        with(context -> {
            LockClient other = otherInstance(context);
            LockHandle first = other.lock(LockRequest.of("from:x"));
            other.lock(LockRequest.of("to:y"));
            CompletableFuture<Object> call =
                    start(() -> context.getBean(Shop.class).both("x", "y", () -> "moved"));
            awaitWaiting(context, 1);
            time(context).advance(SECOND.multipliedBy(6));
            first.unlock();
            awaitLocked(context, "from:x");
            awaitWaiting(context, 1);

            time(context).advance(Duration.ofMillis(3_999));
            assertThat(call).isNotDone();
            time(context).advance(Duration.ofMillis(1));

            assertThat(call).failsWithin(10, TimeUnit.SECONDS);
            assertThat(isLocked(context, "from:x")).isFalse();
        });
    }

    @Test
    void losingOneLosesAll() {
        with(context -> {
            assertThatExceptionOfType(LockLostException.class)
                    .isThrownBy(() -> context.getBean(Shop.class).transfer(List.of("a", "b"), () -> {
                        LockHandle last = LockContext.current().orElseThrow();
                        assertThat(last.key()).isEqualTo("account:b");
                        context.getBean(LockClient.class).admin().forceRelease("account:a");
                        await().until(() -> !last.isValid());
                        assertThat(LockContext.current().orElseThrow().isValid())
                                .isFalse();
                        return "moved";
                    }))
                    .satisfies(e -> assertThat(e.key()).isEqualTo("account:a"));
            assertThat(isLocked(context, "account:b")).isFalse();
        });
    }

    @Test
    void failsIfTheLockWasLostMeanwhile() {
        with(context -> assertThatExceptionOfType(LockLostException.class)
                .isThrownBy(() -> context.getBean(Shop.class).pay(7, () -> {
                    context.getBean(LockClient.class).admin().forceRelease("order:7");
                    return "paid";
                })));
    }

    @Test
    void theMethodsOwnFailureComesBeforeTheLoss() {
        with(context -> assertThatIllegalStateException()
                .isThrownBy(() -> context.getBean(Shop.class).pay(7, () -> {
                    context.getBean(LockClient.class).admin().forceRelease("order:7");
                    throw new IllegalStateException("no money");
                })));
    }

    @Test
    void renewsWhileTheMethodRunsAndNoLongerThanItMay() {
        with(context -> {
            assertThat(context.getBean(Shop.class).pay(7, () -> {
                        time(context).advance(Duration.ofMinutes(5));
                        return isLocked(context, "order:7");
                    }))
                    .isEqualTo(true);
            assertThatExceptionOfType(LockExpiredException.class)
                    .isThrownBy(() -> context.getBean(Shop.class).bounded(() -> {
                        time(context).advance(Duration.ofMinutes(5));
                        return null;
                    }));
        });
    }

    @Test
    void keepsOthersOutForAtLeastTheTimeItSaysWithoutBlockingTheCaller() {
        with(context -> {
            assertThat(context.getBean(Shop.class).nightly(() -> "done")).isEqualTo("done");

            assertThat(isLocked(context, "nightly")).isTrue();
            time(context).advance(Duration.ofMillis(59_999));
            assertThat(otherInstance(context).tryLock(LockRequest.of("nightly")))
                    .isEmpty();
            time(context).advance(Duration.ofMillis(1));
            assertThat(otherInstance(context).tryLock(LockRequest.of("nightly")))
                    .isPresent();
        });
    }

    @Test
    void refusesToEnterAgainUnlessItIsReentrant() {
        with(context -> {
            Shop shop = context.getBean(Shop.class);

            assertThatExceptionOfType(NestedLockException.class)
                    .isThrownBy(() -> shop.pay(7, () -> shop.pay(7, () -> "twice")));
            assertThat(shop.reentrant(() -> shop.reentrant(() -> "twice"))).isEqualTo("twice");
            assertThat(isLocked(context, "reentrant")).isFalse();
        });
    }

    @Test
    void refusesKeysThatAreNoKeysWithoutCallingTheMethod() {
        with(context -> {
            Shop shop = context.getBean(Shop.class);
            Callable<Object> never = () -> {
                throw new AssertionError("called without a lock");
            };

            assertThatExceptionOfType(InvalidLockKeyException.class)
                    .isThrownBy(() -> shop.keyed(null, never))
                    .withMessageContaining("@HamsterLocked(key) on Shop.keyed evaluated to null");
            assertThatExceptionOfType(InvalidLockKeyException.class).isThrownBy(() -> shop.keyed(" ", never));
            assertThatExceptionOfType(InvalidLockKeyException.class).isThrownBy(() -> shop.transfer(List.of(), never));
        });
    }

    @Test
    void readsComposedAnnotationsAndPlaceholders() {
        with(
                context -> assertThat(context.getBean(Shop.class)
                                .composed(
                                        5,
                                        () -> LockContext.current()
                                                .orElseThrow()
                                                .key()))
                        .isEqualTo("stock-eu:5"),
                "shop.region=eu");
    }

    @Test
    void readsAnnotationsOfInterfacesBehindEitherKindOfProxy() {
        for (boolean targetClass : new boolean[] {true, false}) {
            runner().withBean(Contract.class, Implementation::new)
                    .withPropertyValues("spring.aop.proxy-target-class=" + targetClass)
                    .run(context -> {
                        Contract bean = context.getBean(Contract.class);
                        assertThat(AopUtils.isCglibProxy(bean)).isEqualTo(targetClass);
                        assertThat(bean.run("x")).isEqualTo("contract:x");
                    });
        }
    }

    @Test
    void worksWithoutBootsAopAutoConfiguration() {
        new ApplicationContextRunner()
                .withConfiguration(
                        AutoConfigurations.of(HamsterAutoConfiguration.class, HamsterLockAutoConfiguration.class))
                .withBean(Implementation.class)
                .run(context -> assertThat(context.getBean(Implementation.class).run("x"))
                        .isEqualTo("contract:x"));
    }

    @Test
    void customizersComeBeforeTheAnnotation() {
        runner().withBean(Shop.class)
                .withBean(
                        LockRequestCustomizer.class,
                        () -> (key, request) ->
                                request.expiration(Duration.ofSeconds(3)).autoRefresh(false))
                .run(context -> {
                    assertThat(context.getBean(Shop.class).named(() -> remaining(context, "night-report")))
                            .isEqualTo(Duration.ofSeconds(3));
                    assertThat(context.getBean(Shop.class).pay(7, () -> remaining(context, "order:7")))
                            .isEqualTo(Duration.ofSeconds(30));
                });
    }

    private static Duration remaining(AssertableApplicationContext context, String key) {
        return context.getBean(LockClient.class).status(key).orElseThrow().remaining();
    }

    private static void awaitLocked(AssertableApplicationContext context, String key) {
        await().until(() -> context.getBean(Record.class).acquired.contains(key));
    }

    private static void with(ContextConsumer<AssertableApplicationContext> test, String... properties) {
        runner().withBean(Shop.class)
                .withBean(Record.class)
                .withPropertyValues(properties)
                .run(test);
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @HamsterLocked(name = "stock-${shop.region:none}")
    @interface StockLocked {

        @AliasFor(annotation = HamsterLocked.class, attribute = "key")
        String value();
    }

    interface Contract {

        @HamsterLocked(name = "contract", key = "#id")
        String run(String id);
    }

    static class Implementation implements Contract {

        @Override
        public String run(String id) {
            return LockContext.current().orElseThrow().key();
        }
    }

    static class Shop {

        @HamsterLocked(name = "order", key = "#id", waitFor = "5s", lease = "30s")
        public Object pay(long id, Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "night-report")
        public Object named(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(key = "#id")
        public Object keyed(String id, Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "once", waitFor = "0")
        public Object once(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(
                name = "impatient",
                waitFor = "1h",
                retry = Backoff.LINEAR,
                retryCount = 3,
                retryBase = "10ms",
                retryCap = "1m",
                retryJitter = 0)
        public Object impatient(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "account", key = "#accounts")
        public Object transfer(Collection<String> accounts, Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "to", key = "#to", waitFor = "10s")
        @HamsterLocked(name = "from", key = "#from", waitFor = "10s")
        public Object both(String from, String to, Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "bounded", maxHold = "PT1M")
        public Object bounded(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "nightly", atLeastFor = "1m")
        public Object nightly(Callable<Object> work) throws Exception {
            return work.call();
        }

        @HamsterLocked(name = "reentrant", reentrant = true)
        public Object reentrant(Callable<Object> work) throws Exception {
            return work.call();
        }

        @StockLocked("#p0")
        public Object composed(long id, Callable<Object> work) throws Exception {
            return work.call();
        }
    }
}
