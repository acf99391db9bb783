package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.testing.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;

class CacheClientTests {

    @Test
    void makesACacheOnceAndFindsItAgain() {
        try (CacheClient client = CacheClient.builder().build()) {
            HamsterCache<String, String> cache = client.cache("users");

            assertThat(client.<String, String>cache("users")).isSameAs(cache);
            client.cache("books");
            assertThat(client.names()).containsExactly("books", "users");
            assertThat(cache.name()).isEqualTo("users");
            assertThat(cache.policy()).isEqualTo(CachePolicy.defaults());
        }
    }

    @ParameterizedTest
    @NullAndEmptySource
    void refusesNamesThatBreakTheRules(String name) {
        try (CacheClient client = CacheClient.builder().build()) {
            assertThatExceptionOfType(InvalidCacheKeyException.class)
                    .isThrownBy(() -> client.cache(name))
                    .withMessageContaining("Cache name");
        }
    }

    @Test
    void refusesASecondPolicyForACache() {
        CachePolicy small = CachePolicy.builder().maxSize(5).build();
        try (CacheClient client = CacheClient.builder().build()) {
            HamsterCache<String, String> cache = client.cache("users", small);

            assertThat(client.<String, String>cache(
                            "users", CachePolicy.builder().maxSize(5).build()))
                    .isSameAs(cache);
            assertThatExceptionOfType(InvalidCachePolicyException.class)
                    .isThrownBy(() -> client.cache("users", CachePolicy.defaults()))
                    .withMessageContaining("'users'")
                    .withMessageContaining("maxSize=5")
                    .withMessageContaining("maxSize=1000");
        }
    }

    @Test
    void asksForThePolicyOfACacheByName() {
        try (CacheClient client = CacheClient.builder()
                .policies(name -> CachePolicy.builder().maxSize(name.length()).build())
                .build()) {
            assertThat(client.cache("four").policy().maxSize()).isEqualTo(4);
        }
    }

    @Test
    void tellsListenersOfEachCacheOnce() {
        List<String> created = new ArrayList<>();
        try (CacheClient client = CacheClient.builder()
                .listener(cache -> {
                    throw new IllegalStateException("a listener's failure is its own");
                })
                .listener(cache -> created.add(cache.name()))
                .build()) {
            client.cache("a");
            client.cache("a");
            client.cache("b");
        }

        assertThat(created).containsExactly("a", "b");
    }

    @Test
    void runsNobodysCodeUnderItsLock() throws Exception {
        ReentrantLock singletons = new ReentrantLock();
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch locked = new CountDownLatch(1);
        AtomicInteger told = new AtomicInteger();
        ExecutorService threads = Executors.newCachedThreadPool();
        CacheClient client = CacheClient.builder()
                .policies(name -> {
                    making.countDown();
                    awaitOpen(locked);
                    return underLock(singletons, CachePolicy::defaults);
                })
                .listener(cache -> told.addAndGet(underLock(singletons, () -> 1)))
                .build();
        try {
            // One thread makes a cache and needs the lock for it, another has the lock and needs the client.
            Future<HamsterCache<?, ?>> first = threads.submit(() -> client.cache("slow"));
            Future<HamsterCache<?, ?>> second = threads.submit(() -> underLock(singletons, () -> {
                locked.countDown();
                awaitOpen(making);
                client.cache("other");
                return client.cache("slow");
            }));

            assertThat(second.get(20, TimeUnit.SECONDS)).isSameAs(first.get(20, TimeUnit.SECONDS));
            assertThat(told).hasValue(2);
            client.close();
        } finally {
            threads.shutdownNow();
        }
    }

    private static void awaitOpen(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static <T> T underLock(ReentrantLock lock, Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    @Test
    void aCacheThatCannotBeClosedKeepsNoneFromWritingBack() {
        CacheStore broken = (CacheStore) Proxy.newProxyInstance(
                CacheStore.class.getClassLoader(), new Class<?>[] {CacheStore.class}, (proxy, method, arguments) -> {
                    throw new IllegalStateException("down");
                });
        ManualTime time = new ManualTime();
        CacheClient client = CacheClient.builder()
                .timeSource(time)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .shared(SharedTier.of((cache, version, ttl) -> broken, new TextCodec()))
                .build();
        RecordingSource source = new RecordingSource();
        CachePolicy back = CachePolicy.builder()
                .writeBack(source, WriteBackPolicy.builder().build())
                .build();
        CachePolicy remote =
                CachePolicy.builder().tier(Tier.REMOTE).valueType(String.class).build();
        // Whichever is closed first.
        client.cache("a", back).put("a", "A");
        client.cache("b", remote);
        client.cache("c", back).put("c", "C");

        client.close();

        assertThat(source.values).containsOnlyKeys("a", "c");
    }

    @Test
    void leavesForeignExecutorsOpenAndEndsItsOwnThreads() {
        Set<Thread> before = threads();
        ManualTime time = new ManualTime();
        CacheClient.builder().scheduler(time.scheduler()).build().close();
        assertThat(time.scheduler().isShutdown()).isFalse();

        CacheClient client = CacheClient.builder().build();
        HamsterCache<String, String> cache = client.cache(
                "users",
                CachePolicy.builder().hardTimeout(Duration.ofMinutes(1)).build());
        assertThat(cache.get("k", key -> Thread.currentThread().getName()))
                .hasValueSatisfying(name -> assertThat(name).startsWith("hamster-cache-"));
        assertThat(threadsBeyond(before)).isNotEmpty();
        client.close();
        client.close();

        await().atMost(30, TimeUnit.SECONDS)
                .untilAsserted(() -> assertThat(threadsBeyond(before)).isEmpty());
        assertThat(cache.get("k", key -> "loaded by the caller")).contains("loaded by the caller");
        assertThat(client.cache("late").get("k", key -> "v")).isEqualTo(Optional.of("v"));
    }

    @Test
    void startsNoThreadBeforeItIsNeeded() {
        Set<Thread> before = threads();
        try (CacheClient client = CacheClient.builder().build()) {
            client.cache("users");

            assertThat(threadsBeyond(before)).isEmpty();
        }
    }

    /** Those that have begun since: the threads of clients that were closed before may still be ending. */
    private static Set<Thread> threadsBeyond(Set<Thread> before) {
        Set<Thread> threads = threads();
        threads.removeAll(before);
        return threads;
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("hamster-cache-"))
                .collect(java.util.stream.Collectors.toSet());
    }
}
