package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.CacheRefresh;
import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.testing.ManualTime;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.Advisor;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.cache.autoconfigure.CacheAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import reactor.core.publisher.Mono;

class CacheRefreshMethodTests {

    private final ApplicationContextRunner runner =
            CacheTestContexts.runner().withPropertyValues("every=1m").withBean(Rates.class);

    @Test
    void reloadsInTheBackgroundWithTheArgumentsOfTheLastRead() {
        runner.run(context -> {
            Rates rates = context.getBean(Rates.class);
            assertThat(rates.rate("EUR", "first")).isEqualTo("EUR first #1");
            time(context).advance(Duration.ofSeconds(30));
            assertThat(rates.rate("EUR", "second")).isEqualTo("EUR first #1");

            awaitCalls(context, rates::calls, 2);
            await().untilAsserted(() -> assertThat(rates.rate("EUR", "third")).isEqualTo("EUR second #2"));
        });
    }

    @Test
    void reloadsWhatFuturesAndMonosComplete() {
        runner.run(context -> {
            Rates rates = context.getBean(Rates.class);
            assertThat(rates.future("EUR").join()).isEqualTo("EUR #1");
            assertThat(rates.mono("EUR").block()).isEqualTo("EUR #1");

            // Whichever is first may come again before the other.
            awaitCalls(context, () -> Math.min(rates.futures(), rates.monos()), 2);
            await().untilAsserted(() -> {
                int futures = rates.futures();
                int monos = rates.monos();
                assertThat(rates.future("EUR").join()).isEqualTo("EUR #" + futures);
                assertThat(rates.mono("EUR").block()).isEqualTo("EUR #" + monos);
                assertThat(rates.futures()).as("by no read").isEqualTo(futures);
                assertThat(rates.monos()).as("by no read").isEqualTo(monos);
            });
        });
    }

    @Test
    void makesTheCachesPolicy() {
        runner.run(context -> {
            CachePolicy policy = policy(context, "rates");
            assertThat(policy.refreshInterval()).contains(Duration.ofMinutes(1));
            assertThat(policy.stopRefreshAfterIdle()).contains(Duration.ofMinutes(30));
            assertThat(policy.defaultTtl()).as("that of the values").isEqualTo(Duration.ofMinutes(10));
            assertThat(policy(context, "future-rates").stopRefreshAfterIdle()).contains(Duration.ofMinutes(10));
            assertThat(policy(context, "others").refreshInterval()).isEmpty();
        });
    }

    @Test
    void givesWayToTheCachesOwnProperties() {
        runner.withPropertyValues(
                        "hamster.cache.caches.rates.refresh-interval=2m",
                        "hamster.cache.caches.rates.ttl=5m",
                        "hamster.cache.caches.future-rates.stop-refresh-after-idle=3m",
                        "hamster.cache.defaults.ttl=20m")
                .run(context -> {
                    assertThat(policy(context, "rates").refreshInterval()).contains(Duration.ofMinutes(2));
                    assertThat(policy(context, "rates").stopRefreshAfterIdle()).contains(Duration.ofMinutes(30));
                    assertThat(policy(context, "rates").defaultTtl()).isEqualTo(Duration.ofMinutes(5));
                    assertThat(policy(context, "future-rates").refreshInterval())
                            .contains(Duration.ofMinutes(1));
                    assertThat(policy(context, "future-rates").stopRefreshAfterIdle())
                            .contains(Duration.ofMinutes(3));
                });
    }

    @Test
    void isSwitchedOffByProperties() {
        runner.withPropertyValues("hamster.cache.caches.rates.refresh-interval=0")
                .run(context -> {
                    assertThat(policy(context, "rates").refreshInterval()).isEmpty();
                    assertThat(policy(context, "rates").defaultTtl()).isEqualTo(Duration.ofMinutes(10));
                    assertThat(policy(context, "future-rates").refreshInterval())
                            .contains(Duration.ofMinutes(1));
                });
    }

    @Test
    void refusesPropertiesThatContradictTheAnnotation() {
        runner.withPropertyValues("hamster.cache.caches.rates.ttl=50s")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining(
                                "@CacheRefresh on Rates.rate: refreshInterval is PT1M but defaultTtl is PT50S"));
        runner.withPropertyValues("hamster.cache.defaults.refresh-ahead=0.8")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("@CacheRefresh on Rates.")
                        .hasMessageContaining("refreshAhead is 0.8")
                        .hasMessageContaining("leave one of them out"));
    }

    @Test
    void worksByPropertiesAlone() {
        CacheTestContexts.runner()
                .withPropertyValues("hamster.cache.caches.plain.refresh-interval=1m")
                .withBean(Plain.class)
                .run(context -> {
                    Plain plain = context.getBean(Plain.class);
                    plain.find(1);

                    awaitCalls(context, plain::calls, 2);
                    await().untilAsserted(() -> assertThat(plain.find(1)).isEqualTo("#2"));
                });
    }

    @Test
    void goesOnOnceWithACallOfSprings() {
        AtomicInteger advised = new AtomicInteger();
        CacheTestContexts.runner()
                .withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class))
                .withPropertyValues("hamster.cache.caches.synced.refresh-interval=1m")
                .withUserConfiguration(OuterCaching.class)
                .withBean("inner", Advisor.class, () -> inner(advised))
                .withBean(Synced.class)
                .run(context -> {
                    Synced synced = context.getBean(Synced.class);
                    assertThat(synced.springs(1)).isEqualTo("springs");
                    assertThat(synced.future(2).join()).isEqualTo("future");
                    assertThat(synced.own(3)).isEqualTo("own");
                    assertThat(advised).hasValue(3);

                    awaitCalls(context, synced::ownCalls, 3);
                    assertThat(synced.calls()).as("which no advice saw").hasValue(2);
                    assertThat(advised).hasValue(5);
                });
    }

    private static Advisor inner(AtomicInteger advised) {
        AnnotationMatchingPointcut methods = new AnnotationMatchingPointcut(null, Inner.class);
        DefaultPointcutAdvisor advisor = new DefaultPointcutAdvisor(methods, (MethodInterceptor) invocation -> {
            advised.incrementAndGet();
            return invocation.proceed();
        });
        advisor.setOrder(Ordered.LOWEST_PRECEDENCE);
        return advisor;
    }

    /** Lets time pass in steps: what is due is looked for on another thread, and planned from there. */
    private static void awaitCalls(AssertableApplicationContext context, IntSupplier calls, int wanted) {
        await().until(() -> {
            boolean made = calls.getAsInt() >= wanted;
            if (!made) {
                time(context).advance(Duration.ofSeconds(5));
            }
            return made;
        });
        assertThat(calls.getAsInt()).isEqualTo(wanted);
    }

    private static ManualTime time(AssertableApplicationContext context) {
        return context.getBean(ManualTime.class);
    }

    private static CachePolicy policy(AssertableApplicationContext context, String cache) {
        return context.getBean(CacheClient.class).cache(cache).policy();
    }

    static class Rates {

        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger futures = new AtomicInteger();
        private final AtomicInteger monos = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        public int futures() {
            return futures.get();
        }

        public int monos() {
            return monos.get();
        }

        @Cached(name = "rates", key = "#currency", ttl = "10m")
        @CacheRefresh(interval = "${every}", stopAfterIdle = "30m")
        public String rate(String currency, String by) {
            return currency + " " + by + " #" + calls.incrementAndGet();
        }

        @Cached(name = "future-rates")
        @CacheRefresh(interval = "1m")
        public CompletableFuture<String> future(String currency) {
            return CompletableFuture.completedFuture(currency + " #" + futures.incrementAndGet());
        }

        @Cached(name = "mono-rates")
        @CacheRefresh(interval = "1m")
        public Mono<String> mono(String currency) {
            return Mono.fromSupplier(() -> currency + " #" + monos.incrementAndGet());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching(order = 0)
    static class OuterCaching {}

    @Retention(RetentionPolicy.RUNTIME)
    @interface Inner {}

    static class Synced {

        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger ownCalls = new AtomicInteger();

        public AtomicInteger calls() {
            return calls;
        }

        public int ownCalls() {
            return ownCalls.get();
        }

        @Inner
        @Cacheable(cacheNames = "synced", sync = true)
        public String springs(long id) {
            calls.incrementAndGet();
            return "springs";
        }

        @Inner
        @Cacheable(cacheNames = "synced", sync = true)
        public CompletableFuture<String> future(long id) {
            calls.incrementAndGet();
            return CompletableFuture.completedFuture("future");
        }

        @Inner
        @Cached(name = "synced", key = "#id")
        public String own(long id) {
            ownCalls.incrementAndGet();
            return "own";
        }
    }

    static class Plain {

        private final AtomicInteger calls = new AtomicInteger();

        public int calls() {
            return calls.get();
        }

        @Cached(name = "plain")
        public String find(long id) {
            return "#" + calls.incrementAndGet();
        }
    }
}
