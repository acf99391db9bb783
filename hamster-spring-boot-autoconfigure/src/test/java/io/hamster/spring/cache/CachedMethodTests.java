package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCacheKeyException;
import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ContextConsumer;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.core.annotation.AliasFor;
import org.springframework.expression.EvaluationException;

class CachedMethodTests {

    @Test
    void runsTheMethodOnceForEachKeyUntilItIsInvalidated() {
        with(Users.class, users -> {
            assertThat(users.find(1)).isEqualTo("user 1 #1");
            assertThat(users.find(1)).isEqualTo("user 1 #1");
            assertThat(users.find(2)).isEqualTo("user 2 #2");
            users.change(1);
            assertThat(users.find(1)).isEqualTo("user 1 #3");
            assertThat(users.find(2)).isEqualTo("user 2 #2");
        });
    }

    @Test
    void sharesOneRunBetween64ThreadsWithAColdKey() {
        with(Users.class, users -> {
            int threads = 64;
            ExecutorService pool = Executors.newFixedThreadPool(threads);
            try {
                CountDownLatch ready = new CountDownLatch(threads);
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < threads; i++) {
                    answers.add(pool.submit(() -> {
                        ready.countDown();
                        ready.await();
                        return users.find(1);
                    }));
                }
                Set<String> values = new HashSet<>();
                for (Future<String> answer : answers) {
                    values.add(answer.get(30, TimeUnit.SECONDS));
                }
                assertThat(values).containsExactly("user 1 #1");
            } finally {
                pool.shutdownNow();
            }
        });
    }

    @Test
    void handsTheSameCheckedExceptionToAllWhoWait() {
        with(Users.class, users -> {
            AtomicReference<Throwable> first = new AtomicReference<>();
            AtomicReference<Throwable> second = new AtomicReference<>();
            Thread runs = new Thread(() -> first.set(catchThrowable(() -> users.failLater(1))));
            Thread waits = new Thread(() -> second.set(catchThrowable(() -> users.failLater(1))));
            runs.start();
            assertThat(users.isEntered()).isTrue();
            waits.start();
            await().until(() -> waits.getState() == Thread.State.WAITING);
            users.open();
            runs.join();
            waits.join();

            assertThat(first.get()).isInstanceOf(IOException.class).hasMessage("#1");
            assertThat(second.get()).isSameAs(first.get());
        });
    }

    @Test
    void neverCachesAFailure() {
        with(Users.class, users -> {
            IOException first = (IOException) catchThrowable(() -> users.fail(1));
            IOException second = (IOException) catchThrowable(() -> users.fail(1));

            assertThat(first).hasMessage("#1");
            assertThat(second).hasMessage("#2");
            assertThatExceptionOfType(IllegalStateException.class)
                    .isThrownBy(() -> users.failUnchecked(1))
                    .withMessage("#3");
        });
    }

    @Test
    void forgetsNullUnlessToldForHowLong() {
        run(Users.class, context -> {
            Users users = context.getBean(Users.class);
            assertThat(users.none(1)).isNull();
            assertThat(users.none(1)).isNull();
            assertThat(users.runs()).isEqualTo(2);
            assertThat(users.rememberedNone(1)).isNull();
            assertThat(users.rememberedNone(1)).isNull();
            assertThat(users.runs()).isEqualTo(3);
            context.getBean(ManualTime.class).advance(Duration.ofSeconds(5));
            assertThat(users.rememberedNone(1)).isNull();
            assertThat(users.runs()).isEqualTo(4);
        });
    }

    @Test
    void cachesTheContentOfAnOptional() {
        run(Users.class, context -> {
            Users users = context.getBean(Users.class);
            assertThat(users.maybe(1)).contains("user 1 #1");
            assertThat(users.maybe(1)).contains("user 1 #1");
            assertThat(cache(context, "maybe").get(1L)).contains("user 1 #1");
            assertThat(users.maybe(-1)).isEmpty();
            assertThat(users.maybe(-1)).isEmpty();
            assertThat(users.runs()).isEqualTo(3);
        });
    }

    @Test
    void expiresByTheAnnotationsTtl() {
        run(Users.class, context -> {
            Users users = context.getBean(Users.class);
            users.shortLived(1);
            context.getBean(ManualTime.class).advance(Duration.ofSeconds(9));
            users.shortLived(1);
            assertThat(users.runs()).isEqualTo(1);
            context.getBean(ManualTime.class).advance(Duration.ofSeconds(1));
            users.shortLived(1);
            assertThat(users.runs()).isEqualTo(2);
        });
    }

    @Test
    void letsThePropertyWinOverTheAnnotationAndThatOverTheDefaults() {
        CacheTestContexts.runner()
                .withPropertyValues(
                        "ttl=10s",
                        "hamster.cache.defaults.ttl=1m",
                        "hamster.cache.caches.short.ttl=20s",
                        "hamster.cache.caches.remembered.null-ttl=0s")
                .withBean(Users.class)
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    users.shortLived(1);
                    assertThat(ttl(context, "short", 1L)).isEqualTo(Duration.ofSeconds(20));
                    users.find(1);
                    assertThat(ttl(context, "users", 1L)).isEqualTo(Duration.ofMinutes(1));
                    users.rememberedNone(1);
                    assertThat(cache(context, "remembered").entry(1L)).isEmpty();
                });
        CacheTestContexts.runner()
                .withPropertyValues("ttl=10s", "hamster.cache.defaults.ttl=1m")
                .withBean(Users.class)
                .run(context -> {
                    context.getBean(Users.class).shortLived(1);
                    assertThat(ttl(context, "short", 1L)).isEqualTo(Duration.ofSeconds(10));
                });
    }

    @Test
    void doesNotUseTheCacheWhereTheConditionIsFalse() {
        with(Users.class, users -> {
            assertThat(users.even(2)).isEqualTo("user 2 #1");
            assertThat(users.even(2)).isEqualTo("user 2 #1");
            assertThat(users.even(3)).isEqualTo("user 3 #2");
            assertThat(users.even(3)).isEqualTo("user 3 #3");
        });
    }

    @Test
    void keepsOutWhatUnlessSays() {
        with(Users.class, users -> {
            assertThat(users.unlessOdd(1)).isEqualTo(Optional.of(1));
            assertThat(users.unlessOdd(1)).isEqualTo(Optional.of(2));
            assertThat(users.unlessOdd(1)).isEqualTo(Optional.of(2));
        });
    }

    @Test
    void takesAllParametersAsTheKeyIfNoneIsGiven() {
        run(Users.class, context -> {
            Users users = context.getBean(Users.class);
            users.noKey();
            users.oneKey("a");
            users.twoKeys("a", 1);
            HamsterCache<Object, Object> cache = cache(context, "keys");
            assertThat(cache.get(SimpleKey.EMPTY)).contains("none");
            assertThat(cache.get("a")).contains("one");
            assertThat(cache.get(new SimpleKey("a", 1))).contains("two");
        });
    }

    @Test
    void refusesACallWhoseKeyIsNull() {
        with(
                Users.class,
                users -> assertThatExceptionOfType(InvalidCacheKeyException.class)
                        .isThrownBy(() -> users.named(null))
                        .withMessage("@Cached(key) on Users.named gave null for a call; a key can't be null"));
    }

    @Test
    void refusesACallWhoseConditionIsNeitherTrueNorFalse() {
        with(
                Users.class,
                users -> assertThatExceptionOfType(CacheExpressionException.class)
                        .isThrownBy(() -> users.oddCondition("x"))
                        .withMessageContaining("@Cached(condition) on Users.oddCondition gave a java.lang.String"));
    }

    @Test
    void updatesWhatIsCached() {
        run(Users.class, context -> {
            Users users = context.getBean(Users.class);
            users.find(1);
            assertThat(users.save(1)).isEqualTo("saved 1");
            assertThat(users.find(1)).isEqualTo("saved 1");
            assertThat(ttl(context, "users", 1L)).isEqualTo(Duration.ofMinutes(2));
            cache(context, "users").invalidateTags(List.of("saved 1"));
            assertThat(users.find(1)).isEqualTo("user 1 #2");
            users.saveNothing(1);
            assertThat(users.find(1)).isEqualTo("user 1 #3");
        });
    }

    @Test
    void leavesTheCacheAloneWhereAnUpdateIsRefused() {
        with(Users.class, users -> {
            users.find(1);
            users.saveUnless(1);
            users.saveOnCondition(1);
            assertThat(users.find(1)).isEqualTo("user 1 #1");
        });
    }

    @Test
    void invalidatesKeysTagsAndEverything() {
        with(Users.class, users -> {
            for (long id = 1; id <= 4; id++) {
                users.find(id);
            }
            users.changeAll(List.of(1L, 2L));
            assertThat(users.find(1)).isEqualTo("user 1 #5");
            assertThat(users.find(2)).isEqualTo("user 2 #6");
            assertThat(users.find(3)).isEqualTo("user 3 #3");
            users.changeArray(3, 4);
            assertThat(users.find(3)).isEqualTo("user 3 #7");
            users.changeShop("even");
            assertThat(users.find(1)).isEqualTo("user 1 #5");
            assertThat(users.find(2)).isEqualTo("user 2 #8");
            users.clear();
            assertThat(users.find(1)).isEqualTo("user 1 #9");
        });
    }

    @Test
    void knowsAnArrayByItsElements() {
        run(ArrayUsers.class, context -> {
            ArrayUsers users = context.getBean(ArrayUsers.class);
            Long[] changing = {1L, 2L};
            assertThat(users.find(changing)).isEqualTo("[1, 2] #1");
            changing[0] = 3L;
            assertThat(users.find(1L, 2L)).isEqualTo("[1, 2] #1");
            assertThat(users.find(changing)).isEqualTo("[3, 2] #2");
            users.change(1L, 2L);
            assertThat(users.find(1L, 2L)).isEqualTo("[1, 2] #3");
            users.save(1L, 2L);
            assertThat(users.find(1L, 2L)).isEqualTo("saved");

            assertThat(users.findByDigest(new byte[] {1, 2})).isEqualTo("digest #4");
            assertThat(users.findByDigest(new byte[] {1, 2})).isEqualTo("digest #4");
            assertThat(users.findByDigest(new byte[] {2, 1})).isEqualTo("digest #5");
            assertThat(users.findByAll(new long[] {1}, "a")).isEqualTo("all #6");
            assertThat(users.findByAll(new long[] {1}, "a")).isEqualTo("all #6");
        });
    }

    @Test
    void takesTheElementsOfAPrimitiveArrayForTags() {
        run(ArrayUsers.class, context -> {
            ArrayUsers users = context.getBean(ArrayUsers.class);
            users.findInShops(1, 7, 8);
            users.findInShops(2, 8);
            users.changeShops(7, 9);

            assertThat(cache(context, "inShops").get(1L)).isEmpty();
            assertThat(cache(context, "inShops").get(2L)).isPresent();
        });
    }

    @Test
    void invalidatesOnlyAfterTheMethodHasReturnedUnlessToldOtherwise() {
        with(Users.class, users -> {
            users.find(1);
            assertThat(catchThrowable(() -> users.failingChange(1))).hasMessage("no");
            assertThat(users.find(1)).isEqualTo("user 1 #1");
            assertThat(catchThrowable(() -> users.failingChangeBefore(1))).hasMessage("no");
            assertThat(users.find(1)).isEqualTo("user 1 #2");
            users.conditionalChange(1, false);
            assertThat(users.find(1)).isEqualTo("user 1 #2");
            users.conditionalChange(1, true);
            assertThat(users.find(1)).isEqualTo("user 1 #3");
        });
    }

    @Test
    void invalidatesSeveralCachesByRepetitionAndByComposedAnnotations() {
        run(Users.class, context -> {
            Users users = context.getBean(Users.class);
            users.find(1);
            users.shortLived(1);
            users.changeBoth(1);
            assertThat(cache(context, "users").get(1L)).isEmpty();
            assertThat(cache(context, "short").get(1L)).isEmpty();
            users.composed(7);
            assertThat(cache(context, "composed").get(7L)).contains("composed");
        });
    }

    @Test
    void oneChangeThatFailsKeepsNoneOfTheOthersFromBeingMade() {
        with(Users.class, users -> {
            String before = users.find(1);

            assertThatExceptionOfType(EvaluationException.class).isThrownBy(() -> users.saveByResult(1));
            assertThat(users.find(1)).isNotEqualTo(before);

            String again = users.find(2);
            assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> users.saveUnderNoKey(2));
            assertThat(users.find(2)).isNotEqualTo(again);
        });
    }

    @Test
    void worksForAnnotationsOnInterfacesBehindJdkProxies() {
        CacheTestContexts.runner()
                .withPropertyValues("spring.aop.proxy-target-class=false")
                .withBean("greeter", Greeter.class, PoliteGreeter::new)
                .run(context -> {
                    Greeter greeter = context.getBean(Greeter.class);
                    assertThat(greeter).isNotInstanceOf(PoliteGreeter.class);
                    assertThat(greeter.greet("Ada")).isEqualTo("Hello Ada #1");
                    assertThat(greeter.greet("Ada")).isEqualTo("Hello Ada #1");
                });
    }

    @Test
    void refreshesAheadInTheBackgroundWithTheSameArguments() {
        CacheTestContexts.runner()
                .withPropertyValues("ttl=10s", "hamster.cache.caches.users.refresh-ahead=0.5")
                .withBean(Users.class)
                .run(context -> {
                    Users users = context.getBean(Users.class);
                    users.find(1);
                    context.getBean(ManualTime.class).advance(Duration.ofMinutes(40));
                    assertThat(users.find(1)).isEqualTo("user 1 #1");
                    await().untilAsserted(() -> assertThat(users.find(1)).isEqualTo("user 1 #2"));
                });
    }

    private static void with(Class<Users> bean, ThrowingConsumer<Users> test) {
        run(bean, context -> test.accept(context.getBean(bean)));
    }

    private static void run(Class<?> bean, ContextConsumer<AssertableApplicationContext> test) {
        CacheTestContexts.runner().withPropertyValues("ttl=10s").withBean(bean).run(test);
    }

    private static HamsterCache<Object, Object> cache(AssertableApplicationContext context, String name) {
        return context.getBean(CacheClient.class).cache(name);
    }

    private static Duration ttl(AssertableApplicationContext context, String name, Object key) {
        return cache(context, name)
                .entry(key)
                .map(entry -> Duration.between(entry.createdAt(), entry.expiresAt()))
                .orElseThrow();
    }

    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @Cached(name = "composed")
    @interface CachedFor {

        @AliasFor(annotation = Cached.class, attribute = "ttl")
        String value();
    }

    interface Greeter {

        @Cached(name = "greetings", key = "#name")
        String greet(String name);
    }

    static class PoliteGreeter implements Greeter {

        private final AtomicInteger runs = new AtomicInteger();

        @Override
        public String greet(String name) {
            return "Hello " + name + " #" + runs.incrementAndGet();
        }
    }

    static class ArrayUsers {

        private final AtomicInteger runs = new AtomicInteger();

        @Cached(name = "arrays", key = "#ids")
        public String find(Long... ids) {
            return List.of(ids) + " #" + runs.incrementAndGet();
        }

        @CacheInvalidate(name = "arrays", key = "#ids")
        public void change(Long... ids) {}

        @CacheUpdate(name = "arrays", key = "#ids")
        public String save(Long... ids) {
            return "saved";
        }

        @Cached(name = "digests", key = "#digest")
        public String findByDigest(byte[] digest) {
            return "digest #" + runs.incrementAndGet();
        }

        @Cached(name = "all", key = "#root.args")
        public String findByAll(long[] ids, String name) {
            return "all #" + runs.incrementAndGet();
        }

        @Cached(name = "inShops", key = "#id", tags = "#shops")
        public String findInShops(long id, long... shops) {
            return "user";
        }

        @CacheInvalidate(name = "inShops", tags = "#shops")
        public void changeShops(long... shops) {}
    }

    static class Users {

        private final AtomicInteger runs = new AtomicInteger();
        private final CountDownLatch gate = new CountDownLatch(1);
        private final CountDownLatch entered = new CountDownLatch(1);

        public int runs() {
            return runs.get();
        }

        public boolean isEntered() throws InterruptedException {
            return entered.await(10, TimeUnit.SECONDS);
        }

        public void open() {
            gate.countDown();
        }

        @Cached(name = "users", key = "#id", tags = "#id % 2 == 0 ? 'even' : 'odd'")
        public String find(long id) {
            return "user " + id + " #" + runs.incrementAndGet();
        }

        @Cached(name = "gated", key = "#id")
        public String failLater(long id) throws IOException, InterruptedException {
            entered.countDown();
            gate.await();
            throw new IOException("#" + runs.incrementAndGet());
        }

        @Cached(name = "failing", key = "#id")
        public String fail(long id) throws IOException {
            throw new IOException("#" + runs.incrementAndGet());
        }

        @Cached(name = "failing", key = "#id")
        public String failUnchecked(long id) {
            throw new IllegalStateException("#" + runs.incrementAndGet());
        }

        @Cached(name = "none", key = "#id")
        public String none(long id) {
            runs.incrementAndGet();
            return null;
        }

        @Cached(name = "remembered", key = "#id", nullTtl = "5s")
        public String rememberedNone(long id) {
            runs.incrementAndGet();
            return null;
        }

        @Cached(name = "maybe", key = "#id")
        public Optional<String> maybe(long id) {
            int run = runs.incrementAndGet();
            return id < 0 ? Optional.empty() : Optional.of("user " + id + " #" + run);
        }

        @Cached(name = "short", key = "#id", ttl = "${ttl}")
        public String shortLived(long id) {
            return "#" + runs.incrementAndGet();
        }

        @Cached(name = "even", key = "#id", condition = "#id % 2 == 0")
        public String even(long id) {
            return "user " + id + " #" + runs.incrementAndGet();
        }

        @Cached(name = "unless", key = "#id", unless = "#result % 2 == 1")
        public Optional<Integer> unlessOdd(long id) {
            return Optional.of(runs.incrementAndGet());
        }

        @Cached(name = "keys")
        public String noKey() {
            return "none";
        }

        @Cached(name = "keys")
        public String oneKey(String key) {
            return "one";
        }

        @Cached(name = "keys")
        public String twoKeys(String key, int other) {
            return "two";
        }

        @Cached(name = "named", key = "#name")
        public String named(String name) {
            return name;
        }

        @Cached(name = "named", condition = "#name")
        public String oddCondition(String name) {
            return name;
        }

        @CachedFor("5s")
        public String composed(long id) {
            return "composed";
        }

        @CacheUpdate(name = "users", key = "#id", ttl = "2m", tags = "#result")
        public String save(long id) {
            return "saved " + id;
        }

        @CacheUpdate(name = "users", key = "#id")
        public String saveNothing(long id) {
            return null;
        }

        @CacheUpdate(name = "users", key = "#id", unless = "#result == 'refused'")
        public String saveUnless(long id) {
            return "refused";
        }

        @CacheUpdate(name = "users", key = "#id", condition = "#result == 'wanted'")
        public String saveOnCondition(long id) {
            return "refused";
        }

        @CacheUpdate(name = "byName", key = "#result.length()")
        @CacheInvalidate(name = "users", key = "#id")
        public String saveByResult(long id) {
            return null;
        }

        @CacheUpdate(name = "byName", key = "''")
        @CacheInvalidate(name = "users", key = "#id")
        public String saveUnderNoKey(long id) {
            return "saved";
        }

        @CacheInvalidate(name = "users", key = "#id")
        public void change(long id) {}

        @CacheInvalidate(name = "users", keys = "#ids")
        public void changeAll(List<Long> ids) {}

        @CacheInvalidate(name = "users", keys = "#ids")
        public void changeArray(long... ids) {}

        @CacheInvalidate(name = "users", tags = "#shop")
        public void changeShop(String shop) {}

        @CacheInvalidate(name = "users", all = true)
        public void clear() {}

        @CacheInvalidate(name = "users", key = "#id")
        public void failingChange(long id) {
            throw new IllegalStateException("no");
        }

        @CacheInvalidate(name = "users", key = "#id", beforeInvocation = true)
        public void failingChangeBefore(long id) {
            throw new IllegalStateException("no");
        }

        @CacheInvalidate(name = "users", key = "#id", condition = "#really")
        public void conditionalChange(long id, boolean really) {}

        @CacheInvalidate(name = "users", key = "#id")
        @CacheInvalidate(name = "short", key = "#id")
        public void changeBoth(long id) {}
    }
}
