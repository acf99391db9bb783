package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.SharedTier;
import io.hamster.cache.Tier;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cache.Cache;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.CacheEvict;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Annotated methods whose caches are shared: the tier may be away, and some threads mustn't wait for it. */
@ExtendWith(OutputCaptureExtension.class)
class SharedCacheMethodTests {

    private final SharedTiers tiers = new SharedTiers();
    private final ApplicationContextRunner runner = CacheTestContexts.runner()
            .withPropertyValues("hamster.cache.caches.plain.tier=remote")
            .withBean(SharedTier.class, tiers::tier)
            .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
            .withUserConfiguration(Caching.class)
            .withBean(Source.class)
            .withBean(Users.class)
            .withBean(PlainUsers.class);

    private static HamsterCache<Long, String> cache(AssertableApplicationContext context, String name) {
        return context.getBean(CacheClient.class).cache(name);
    }

    @Test
    void doesNotTellAMethodsCallerThatTheTierIsAway(CapturedOutput output) {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            PlainUsers plain = context.getBean(PlainUsers.class);
            users.find(1);
            plain.find(1);
            tiers.setAway(true);

            assertThat(users.save(1, "saved")).isEqualTo("saved");
            users.drop(1);
            users.dropAll();
            assertThat(users.find(1)).isEqualTo("user 1");
            assertThat(plain.save(1, "saved")).isEqualTo("saved");
            plain.drop(1);
            plain.dropBefore(1);
            plain.dropAllBefore();
            assertThat(plain.find(1)).isEqualTo("user 1");

            assertThat(output)
                    .containsOnlyOnce("The shared tier of cache 'users' didn't confirm 1 changes")
                    .containsOnlyOnce("The shared tier of cache 'plain' didn't confirm 1 changes");
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            context.getBean(CacheMeters.class).bindTo(meters);
            assertThat(meters.get("cache.changes.unconfirmed")
                            .tag("cache", "users")
                            .functionCounter()
                            .count())
                    .isEqualTo(3);
            assertThat(meters.get("cache.changes.pending")
                            .tag("cache", "users")
                            .gauge()
                            .value())
                    .isPositive();
            assertThat(context.getBean(HamsterHealthPart.class)
                            .indicator()
                            .health()
                            .getStatus())
                    .isEqualTo(HamsterHealthPart.DEGRADED);
        });
    }

    @Test
    void resetsTheOtherCachesWhileTheTierIsAway() {
        runner.run(context -> {
            CacheManager manager = context.getBean(CacheManager.class);
            context.getBean(PlainUsers.class).find(1);
            Cache later = manager.getCache("reset-later");
            later.put(1L, "v");
            tiers.setAway(true);

            manager.resetCaches();

            assertThat(later.get(1L)).isNull();
        });
    }

    @Test
    void countsTheTiersThatAnswered() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            MeterRegistry meters = context.getBean(MeterRegistry.class);
            context.getBean(CacheMeters.class).bindTo(meters);
            PlainUsers plain = context.getBean(PlainUsers.class);
            users.find(1);
            plain.find(1);
            plain.find(1);
            plain.find(1);

            assertThat(hits(meters, "plain", "remote")).isEqualTo(2);
            assertThat(hits(meters, "plain", "local")).isZero();
            users.find(1);
            assertThat(hits(meters, "users", "remote") + hits(meters, "users", "local"))
                    .isEqualTo(1);
            assertThat(meters.get("cache.undecodable")
                            .tag("cache", "users")
                            .functionCounter()
                            .count())
                    .isZero();
            context.getBean(CacheClient.class).cache("local", CachePolicy.defaults());
            assertThat(meters.find("cache.tier.hits").tag("cache", "local").functionCounter())
                    .isNull();
        });
    }

    @Test
    void takesSeveralParametersForAKey() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            PlainUsers plain = context.getBean(PlainUsers.class);
            assertThat(users.pair("a", "b, c")).isEqualTo("a|b, c");
            assertThat(users.pair("a, b", "c")).isEqualTo("a, b|c");
            assertThat(users.pair("a", null)).isEqualTo("a|null");
            assertThat(plain.pair("a", "b, c")).isEqualTo("a|b, c");
            assertThat(plain.pair("a, b", "c")).isEqualTo("a, b|c");
            assertThat(plain.pair("a, b", "c")).isEqualTo("a, b|c");
            assertThat(plain.none()).isEqualTo("none");
            plain.dropPair("a", "b, c");

            HamsterCache<Object, String> own =
                    context.getBean(CacheClient.class).cache("plain");
            assertThat(own.get(List.of("a, b", "c"))).contains("a, b|c");
            assertThat(own.get(List.of("a", "b, c"))).isEmpty();
        });
    }

    @Test
    void readsParametersInNativeImagesToo() {
        RuntimeHints hints = new RuntimeHints();
        new MethodKeys.Hints().registerHints(hints, null);
        assertThat(RuntimeHintsPredicates.reflection().onFieldAccess(SimpleKey.class, "params"))
                .accepts(hints);
    }

    private static double hits(MeterRegistry meters, String cache, String tier) {
        return meters.get("cache.tier.hits")
                .tags("cache", cache, "tier", tier)
                .functionCounter()
                .count();
    }

    @Test
    void aFutureIsCompleteOnceItsChangeIsMade() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            CompletableFuture<String> source = new CompletableFuture<>();
            CompletableFuture<String> saved = users.saveLater(1, source);

            onNettyThread(() -> source.complete("saved"));

            assertThat(saved.join()).isEqualTo("saved");
            assertThat(cache(context, "users").get(1L)).contains("saved");
        });
    }

    @Test
    void aMonoIsCompleteOnceItsChangeIsMade() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);

            assertThat(users.saveMono(1, Mono.just("saved").publishOn(Schedulers.parallel()))
                            .block())
                    .isEqualTo("saved");
            assertThat(cache(context, "users").get(1L)).contains("saved");
            assertThat(users.saveMono(1, Mono.empty()).blockOptional()).isEmpty();
            assertThat(cache(context, "users").get(1L)).isEmpty();
        });
    }

    @Test
    void dropsAKeyThatWasUpdatedWhileAMethodUpdatedIt() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            HamsterCache<Long, String> own = cache(context, "users");

            users.saveMeanwhile(1, "mine", () -> users.save(1, "theirs"));
            assertThat(own.get(1L)).isEmpty();

            CompletableFuture<String> source = new CompletableFuture<>();
            CompletableFuture<String> saved = users.saveLater(2, source);
            users.save(2, "theirs");
            source.complete("mine");
            assertThat(saved.join()).isEqualTo("mine");
            assertThat(own.get(2L)).isEmpty();

            assertThat(users.saveMono(3, Mono.fromSupplier(() -> users.save(3, "theirs") + ", mine"))
                            .block())
                    .isEqualTo("theirs, mine");
            assertThat(own.get(3L)).isEmpty();

            CompletableFuture<String> onNetty =
                    onNettyThread(() -> users.saveLaterMeanwhile(4, "mine", () -> users.save(4, "theirs")));
            assertThat(onNetty.join()).isEqualTo("mine");
            assertThat(own.get(4L)).isEmpty();
        });
    }

    @Test
    void runsAMonoOnTheThreadOfItsTransaction() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            Mono<String> thread = Mono.fromSupplier(() -> Thread.currentThread().getName());
            TransactionSynchronizationManager.setActualTransactionActive(true);
            try {
                assertThat(users.saveMono(1, thread).block())
                        .isEqualTo(Thread.currentThread().getName());
            } finally {
                TransactionSynchronizationManager.clear();
            }
        });
    }

    @Test
    void runsAnUpdateWhoseKeyOrTierIsNotThereYet() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            User user = new User();
            users.register(user);
            assertThat(cache(context, "users").get(7L)).contains("user 7");

            tiers.setAway(true);
            assertThat(users.saveMeanwhile(1, "saved", () -> tiers.setAway(false)))
                    .isEqualTo("saved");
            assertThat(users.find(1)).isEqualTo("user 1");
        });
    }

    @Test
    void doesNotHaveAnUpdateWaitForItselfWhereLoadsAreShared() {
        runner.withPropertyValues(
                        "hamster.cache.caches.users.load-scope=cluster", "hamster.cache.caches.users.lease-timeout=1m")
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    assertThat(CompletableFuture.supplyAsync(
                                    () -> users.saveMeanwhile(1, "saved", () -> users.find(1))))
                            .succeedsWithin(Duration.ofSeconds(30))
                            .isEqualTo("saved");
                    assertThat(cache(context, "users").get(1L)).contains("saved");
                });
    }

    @Test
    void remembersThatThereIsNothingForAMethodWithoutAFuture() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            users.save(1, "saved");
            assertThat(onNettyThread(() -> Optional.ofNullable(users.saveNothing(1))))
                    .isEmpty();
            await().untilAsserted(
                            () -> assertThat(cache(context, "users").get(1L)).isEmpty());
        });
    }

    @Test
    void neverHasSuchAThreadWaitForTheTier() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            Cache plain = context.getBean(CacheManager.class).getCache("plain");
            plain.put(1L, "v");
            users.find(1);
            CompletableFuture<Void> gate = new CompletableFuture<>();
            CompletableFuture<String> source = new CompletableFuture<>();

            CompletableFuture<String> saved = users.saveLater(1, source);
            tiers.hold(gate);
            CompletableFuture<String> begun =
                    onNettyThread(() -> users.saveLater(2, CompletableFuture.completedFuture("begun")));
            CompletableFuture<String> subscribed = onNettyThread(
                    () -> users.saveMono(3, Mono.just("subscribed")).toFuture());
            CompletableFuture<?> found = onNettyThread(() -> plain.retrieve(1L));
            CompletableFuture<String> read =
                    onNettyThread(() -> users.findMono(7).toFuture());
            onNettyThread(() -> source.complete("saved"));

            assertThat(saved).isNotDone();
            assertThat(begun).isNotDone();
            assertThat(subscribed).isNotDone();
            assertThat(found).isNotDone();
            assertThat(read).isNotDone();
            gate.complete(null);
            assertThat(saved.join()).isEqualTo("saved");
            assertThat(begun.join()).isEqualTo("begun");
            assertThat(subscribed.join()).isEqualTo("subscribed");
            assertThat(found.join()).isNotNull();
            assertThat(read.join()).isEqualTo("user 7");
        });
    }

    @Test
    void beginsUpdatesInTheOrderInWhichSuchAThreadCallsThem() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            HamsterCache<Long, String> own = cache(context, "users");
            own.put(1L, "old");
            CompletableFuture<Void> gate = new CompletableFuture<>();
            tiers.hold(gate);
            List<String> begun = new CopyOnWriteArrayList<>();

            CompletableFuture<String> last = onNettyThread(() -> {
                users.saveLaterMeanwhile(1, "a", () -> begun.add("a"));
                return users.saveLaterMeanwhile(1, "b", () -> begun.add("b"));
            });

            assertThat(begun).containsExactly("a", "b");
            assertThat(last).isNotDone();
            gate.complete(null);
            assertThat(last.join()).isEqualTo("b");
            assertThat(own.get(1L)).as("nobody knows which is newer").isEmpty();
        });
    }

    @Test
    void dropsWhatSuchAThreadUpdatesByAMethodThatWaits() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            HamsterCache<Long, String> own = cache(context, "users");

            onNettyThread(() -> users.saveMeanwhile(1, "older", () -> own.put(1L, "newer")));
            users.save(2, "behind that");

            assertThat(own.get(1L)).isEmpty();
        });
    }

    @Test
    void neverHasSuchAThreadWaitForWhatItChangesInTheTier() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            Cache plain = context.getBean(CacheManager.class).getCache("plain");
            HamsterCache<Long, String> own = cache(context, "plain");
            plain.put(1L, "v");
            CompletableFuture<Void> gate = new CompletableFuture<>();
            tiers.hold(gate);

            onNettyThread(() -> {
                plain.put(2L, "put");
                plain.evict(3L);
                plain.evictIfPresent(3L);
                plain.invalidate();
                users.dropBeforeLater(1);
            });

            gate.complete(null);
            await().untilAsserted(() -> assertThat(own.get(1L)).isEmpty());
        });
    }

    @Test
    void readsAMonoThroughTheSharedTier() {
        runner.run(context -> {
            Users users = context.getBean(Users.class);
            assertThat(users.findMono(1).block()).isEqualTo("user 1");
            assertThat(users.findMono(1).block()).isEqualTo("user 1");
            assertThat(context.getBean(Source.class).loads).hasValue(1);
        });
    }

    @Test
    void springsCacheDoesNotWaitOnThreadsThatMustNot() {
        runner.run(context -> {
            Cache plain = context.getBean(CacheManager.class).getCache("plain");
            HamsterCache<Long, String> own = cache(context, "plain");

            onNettyThread(() -> {
                for (int i = 0; i <= 20; i++) {
                    plain.put(1L, "v" + i);
                }
            });
            plain.put(2L, "after");
            assertThat(own.get(1L)).as("later ones wait for those").contains("v20");

            onNettyThread(() -> plain.evict(1L));
            await().untilAsserted(() -> assertThat(own.get(1L)).isEmpty());
            assertThat(onNettyThread(() -> plain.retrieve(2L)).join())
                    .isInstanceOfSatisfying(
                            Cache.ValueWrapper.class,
                            found -> assertThat(found.get()).isEqualTo("after"));
            assertThat(onNettyThread(() -> plain.retrieve(3L)).join()).isNull();
            onNettyThread(plain::invalidate);
            await().untilAsserted(() -> assertThat(own.get(2L)).isEmpty());
        });
    }

    @Test
    void aPlainMissFillsTheSharedTierUnlessItIsOvertaken() {
        runner.run(context -> {
            Cache plain = context.getBean(CacheManager.class).getCache("plain");
            HamsterCache<Long, String> own = cache(context, "plain");

            assertThat(plain.get(1L)).isNull();
            plain.put(1L, "loaded");
            assertThat(own.get(1L)).contains("loaded");

            assertThat(plain.get(2L)).isNull();
            own.invalidate(2L);
            plain.put(2L, "old");
            assertThat(own.get(2L)).isEmpty();
        });
    }

    @Test
    void servesPlainFuturesAndMonos() {
        runner.run(context -> {
            PlainUsers plain = context.getBean(PlainUsers.class);
            Source source = context.getBean(Source.class);

            assertThat(plain.findLater(1).join()).isEqualTo("user 1");
            assertThat(plain.findLater(1).join()).isEqualTo("user 1");
            assertThat(source.loads).hasValue(1);
            assertThat(plain.findMono(2).block()).isEqualTo("user 2");
            await().untilAsserted(
                            () -> assertThat(cache(context, "plain").get(2L)).contains("user 2"));
            assertThat(plain.findMono(2).block()).isEqualTo("user 2");
            assertThat(source.loads).hasValue(2);
        });
    }

    private static void onNettyThread(Runnable work) {
        onNettyThread(() -> {
            work.run();
            return true;
        });
    }

    private static <T> T onNettyThread(Supplier<T> work) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        new FastThreadLocalThread(() -> {
                    try {
                        answer.complete(work.get());
                    } catch (Throwable e) {
                        answer.completeExceptionally(e);
                    }
                })
                .start();
        return answer.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    static class Caching {}

    static class Source {

        final AtomicInteger loads = new AtomicInteger();
        final Map<Long, String> users = new ConcurrentHashMap<>();

        String load(long id) {
            loads.incrementAndGet();
            return users.getOrDefault(id, "user " + id);
        }
    }

    static class Users {

        private final Source source;

        Users(Source source) {
            this.source = source;
        }

        @Cached(name = "users", key = "#id", tier = Tier.TWO_LEVEL)
        public String find(long id) {
            return source.load(id);
        }

        @Cached(name = "users", key = "#id")
        public Mono<String> findMono(long id) {
            return Mono.fromSupplier(() -> source.load(id)).publishOn(Schedulers.parallel());
        }

        @Cached(name = "users")
        public String pair(String one, @Nullable String two) {
            return one + "|" + two;
        }

        @CacheUpdate(name = "users", key = "#id")
        public String save(long id, String user) {
            return user;
        }

        @CacheUpdate(name = "users", key = "#id")
        public String saveMeanwhile(long id, String user, Runnable meanwhile) {
            meanwhile.run();
            return user;
        }

        @CacheUpdate(name = "users", key = "#id")
        public CompletableFuture<String> saveLaterMeanwhile(long id, String user, Runnable meanwhile) {
            meanwhile.run();
            return CompletableFuture.completedFuture(user);
        }

        @CacheUpdate(name = "users", key = "#user.id")
        public String register(User user) {
            user.id = 7L;
            return "user 7";
        }

        @CacheUpdate(name = "users", key = "#id")
        public CompletableFuture<String> saveLater(long id, CompletableFuture<String> user) {
            return user;
        }

        @CacheUpdate(name = "users", key = "#id")
        @Nullable
        public CompletableFuture<String> saveNothing(long id) {
            return null;
        }

        @CacheUpdate(name = "users", key = "#id")
        public Mono<String> saveMono(long id, Mono<String> user) {
            return user;
        }

        @CacheInvalidate(name = "users", key = "#id")
        public void drop(long id) {}

        @CacheInvalidate(name = "users", key = "#id", beforeInvocation = true)
        public CompletableFuture<Boolean> dropBeforeLater(long id) {
            return CompletableFuture.completedFuture(true);
        }

        @CacheInvalidate(name = "users", all = true)
        public void dropAll() {}
    }

    /** As a new entity is. */
    static class User {

        private @Nullable Long id;

        public @Nullable Long getId() {
            return id;
        }
    }

    static class PlainUsers {

        private final Source source;

        PlainUsers(Source source) {
            this.source = source;
        }

        @Cacheable("plain")
        public String find(long id) {
            return source.load(id);
        }

        @Cacheable("plain")
        public CompletableFuture<String> findLater(long id) {
            return CompletableFuture.supplyAsync(() -> source.load(id));
        }

        @Cacheable("plain")
        public Mono<String> findMono(long id) {
            return Mono.fromSupplier(() -> source.load(id)).publishOn(Schedulers.parallel());
        }

        @Cacheable("plain")
        public String pair(String one, String two) {
            return one + "|" + two;
        }

        @CacheEvict("plain")
        public void dropPair(String one, String two) {}

        @Cacheable("plain")
        public String none() {
            return "none";
        }

        @CachePut(cacheNames = "plain", key = "#p0")
        public String save(long id, String user) {
            return user;
        }

        @CacheEvict("plain")
        public void drop(long id) {}

        @CacheEvict(cacheNames = "plain", beforeInvocation = true)
        public void dropBefore(long id) {}

        @CacheEvict(cacheNames = "plain", allEntries = true, beforeInvocation = true)
        public void dropAllBefore() {}
    }
}
