package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.cache.Cache;
import org.springframework.cache.Cache.ValueRetrievalException;
import org.springframework.cache.CacheManager;
import org.springframework.util.ReflectionUtils;

/** Spring's {@code Cache} by its contract, without annotations. */
class SpringCacheTests {

    @Test
    void isTheSameCacheAsTheClients() {
        with((cache, own, time) -> {
            cache.put("k", "v");
            assertThat(own.get("k")).contains("v");
            own.put("l", "w");
            assertThat(value(cache, "l")).isEqualTo("w");
            assertThat(cache.getName()).isEqualTo("things");
            assertThat(cache.getNativeCache()).isSameAs(own);
        });
    }

    @Test
    void knowsNothingOfWhatIsNotThere() {
        with((cache, own, time) -> {
            assertThat(cache.get("k")).isNull();
            assertThat(cache.get("k", String.class)).isNull();
            assertThat(cache.retrieve("k")).isNull();
        });
    }

    @Test
    void checksTheTypeThatIsAskedFor() {
        with((cache, own, time) -> {
            cache.put("k", 1);
            assertThat(cache.get("k", Integer.class)).isEqualTo(1);
            assertThat(cache.get("k", (Class<Integer>) null)).isEqualTo(1);
            assertThatIllegalStateException()
                    .isThrownBy(() -> cache.get("k", String.class))
                    .withMessageContaining("has a java.lang.Integer where a java.lang.String was asked for");
        });
    }

    @Test
    void loadsWhatIsNotThereOnce() {
        with((cache, own, time) -> {
            AtomicInteger loads = new AtomicInteger();
            assertThat(cache.get("k", loads::incrementAndGet)).isEqualTo(1);
            assertThat(cache.get("k", loads::incrementAndGet)).isEqualTo(1);
        });
    }

    @Test
    void wrapsWhatALoaderThrowsOnceOnly() {
        with((cache, own, time) -> {
            IOException checked = new IOException("no");
            IllegalStateException unchecked = new IllegalStateException("no");
            assertThatExceptionOfType(ValueRetrievalException.class)
                    .isThrownBy(() -> cache.get("k", () -> {
                        throw checked;
                    }))
                    .withCause(checked)
                    .satisfies(e -> assertThat(e.getKey()).isEqualTo("k"));
            assertThatExceptionOfType(ValueRetrievalException.class)
                    .isThrownBy(() -> cache.get("k", () -> {
                        throw unchecked;
                    }))
                    .withCause(unchecked);
        });
    }

    @Test
    void remembersNullForTheCachesNullTtlOnly() {
        with((cache, own, time) -> {
            cache.put("k", null);
            assertThat(cache.get("k"))
                    .isNotNull()
                    .extracting(Cache.ValueWrapper::get)
                    .isNull();
            assertThat(cache.get("k", () -> "not called")).isNull();
            assertThat(cache.retrieve("k")).isNotNull();
            time.advance(Duration.ofSeconds(5));
            assertThat(cache.get("k")).isNull();
            assertThat(cache.<Object>get("k", () -> null)).isNull();
            assertThat(cache.get("k")).isNotNull();
        });
        CacheTestContexts.runner().run(context -> {
            Cache forgetful = context.getBean(CacheManager.class).getCache("forgetful");
            forgetful.put("k", "v");
            forgetful.put("k", null);
            assertThat(forgetful.get("k")).isNull();
        });
    }

    @Test
    void retrievesThroughFutures() {
        with((cache, own, time) -> {
            CompletableFuture<String> source = new CompletableFuture<>();
            CompletableFuture<String> first = cache.retrieve("k", () -> source);
            CompletableFuture<String> second = cache.retrieve("k", () -> CompletableFuture.completedFuture("other"));
            source.complete("v");
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("v");
            assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("v");
            assertThat(cache.retrieve("k").get(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Cache.ValueWrapper.class,
                            found -> assertThat(found.get()).isEqualTo("v"));
            IOException failure = new IOException("no");
            assertThat(cache.retrieve("l", () -> CompletableFuture.failedFuture(failure))
                            .handle((value, thrown) -> thrown)
                            .get(10, TimeUnit.SECONDS))
                    .isSameAs(failure);
        });
    }

    @Test
    void putsOnlyWhatIsAbsent() {
        with((cache, own, time) -> {
            assertThat(cache.putIfAbsent("k", "v")).isNull();
            assertThat(cache.putIfAbsent("k", "w").get()).isEqualTo("v");
            assertThat(cache.putIfAbsent("k", null).get()).isEqualTo("v");
            assertThat(cache.putIfAbsent("n", null)).isNull();
            assertThat(cache.putIfAbsent("n", null)).isNotNull();
            assertThat(cache.putIfAbsent("n", "v")).isNull();
            assertThat(value(cache, "n")).isEqualTo("v");
        });
    }

    @Test
    void evictsAndClears() {
        with((cache, own, time) -> {
            List.of("a", "b", "c").forEach(key -> cache.put(key, "v"));
            cache.evict("a");
            assertThat(cache.get("a")).isNull();
            assertThat(cache.evictIfPresent("b")).isTrue();
            assertThat(cache.evictIfPresent("b")).isFalse();
            assertThat(cache.invalidate()).isTrue();
            assertThat(cache.get("c")).isNull();
            cache.put("d", "v");
            cache.clear();
            assertThat(cache.get("d")).isNull();
        });
    }

    @Test
    void cachesNoValueWhoseKeyWasInvalidatedAfterItsMiss() {
        with((cache, own, time) -> {
            assertThat(cache.get("k")).isNull();
            own.invalidate("k");
            cache.put("k", "old");
            assertThat(cache.get("k")).isNull();
            cache.put("k", "new");
            assertThat(value(cache, "k")).isEqualTo("new");
            cache.put("k", "newer");
            assertThat(value(cache, "k")).isEqualTo("newer");
        });
    }

    @Test
    void tellsMissesOfNestedCallsApart() {
        with((cache, own, time) -> {
            cache.get("outer");
            cache.get("failing");
            cache.get("inner");
            cache.put("inner", "i");
            own.invalidate("outer");
            cache.put("outer", "old");
            assertThat(cache.get("outer")).isNull();
            assertThat(value(cache, "inner")).isEqualTo("i");
            own.invalidate("failing");
            cache.put("failing", "put without a miss");
            assertThat(value(cache, "failing")).isEqualTo("put without a miss");
        });
    }

    @Test
    void forgetsMissesThatNothingWasPutFor() {
        with((cache, own, time) -> {
            for (int i = 0; i < 1000; i++) {
                cache.get("k" + i);
            }
            own.invalidate("k0");
            cache.put("k0", "put without a miss");
            assertThat(value(cache, "k0")).isEqualTo("put without a miss");
        });
    }

    @Test
    void listsAndResetsAllCaches() {
        CacheTestContexts.runner().run(context -> {
            CacheManager manager = context.getBean(CacheManager.class);
            assertThat(manager.getCacheNames()).isEmpty();
            Cache cache = manager.getCache("a");
            assertThat(manager.getCache("a")).isSameAs(cache);
            context.getBean(CacheClient.class).cache("b").put("k", "v");
            assertThat(manager.getCacheNames()).containsExactly("a", "b");
            manager.resetCaches();
            assertThat(context.getBean(CacheClient.class).cache("b").get("k")).isEmpty();
        });
    }

    @Test
    void resetsTheOtherCachesThoughOneFails() {
        try (CacheClient client = CacheClient.builder().build()) {
            client.cache("b").put("k", "v");
            CacheClient breaking = breaking(client, "a");
            CacheChanges changes = new CacheChanges(TimeSource::system, () -> Runnable::run, work -> work);

            assertThatIllegalStateException()
                    .isThrownBy(new HamsterCacheManager(breaking, new CacheTransactions.None(changes))::resetCaches)
                    .withMessage("a is broken");
            assertThat(client.cache("b").get("k")).isEmpty();
        }
    }

    /** A client with one cache more, which can't be had. */
    private static CacheClient breaking(CacheClient client, String broken) {
        return (CacheClient) Proxy.newProxyInstance(
                CacheClient.class.getClassLoader(), new Class<?>[] {CacheClient.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("names")) {
                        return new TreeSet<>(Set.of(broken, "b"));
                    }
                    if (arguments != null && arguments[0].equals(broken)) {
                        throw new IllegalStateException(broken + " is broken");
                    }
                    return ReflectionUtils.invokeMethod(method, client, arguments);
                });
    }

    @Test
    void knowsAnArrayByItsElements() {
        CacheTestContexts.runner().run(context -> {
            Cache cache = context.getBean(CacheManager.class).getCache("things");
            cache.put(new long[] {1, 2}, "v");
            assertThat(cache.get(new long[] {1, 2}, String.class)).isEqualTo("v");
            assertThat(cache.get(new long[] {2, 1})).isNull();
        });
    }

    private static Object value(Cache cache, String key) {
        Cache.ValueWrapper found = cache.get(key);
        return found == null ? null : found.get();
    }

    private static void with(CacheTest test) {
        CacheTestContexts.runner()
                .withPropertyValues("hamster.cache.caches.things.null-ttl=5s")
                .run(context -> test.run(
                        context.getBean(CacheManager.class).getCache("things"),
                        context.getBean(CacheClient.class).cache("things"),
                        context.getBean(ManualTime.class)));
    }

    private interface CacheTest {

        void run(Cache cache, HamsterCache<Object, Object> own, ManualTime time) throws Exception;
    }
}
