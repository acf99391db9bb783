package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.SharedTier;
import io.hamster.cache.Tier;
import io.hamster.spring.codec.JacksonCodec;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.data.redis.connection.RedisConnection;
import tools.jackson.databind.json.JsonMapper;

/** Caches of several instances over Redis. */
@RedisTest(topology = Topology.STANDALONE)
class SharedCacheTests {

    private final RedisFixture fixture;
    private final List<CacheClient> clients = new ArrayList<>();

    SharedCacheTests(RedisDeployment redis) {
        fixture = RedisFixture.on(redis);
    }

    @AfterEach
    void close() {
        clients.forEach(CacheClient::close);
        fixture.close();
    }

    record Book(String title, int pages) {}

    private HamsterCache<String, Book> instance(LoadScope scope) {
        return instance(policy().loadScope(scope));
    }

    private static CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.REMOTE).valueType(Book.class).nullTtl(Duration.ofMinutes(1));
    }

    private HamsterCache<String, Book> instance(CachePolicyBuilder policy) {
        CacheClient client = CacheClient.builder()
                .executor(fixture.executor)
                .scheduler(fixture.scheduler)
                .shared(SharedTier.of(
                        (cache, version, ttl) -> fixture.cacheStore(cache, ttl), new JacksonCodec(new JsonMapper())))
                .build();
        clients.add(client);
        return client.cache("books", policy.build());
    }

    /** How long a key's value is in Redis. */
    private long bytesOf(String key) {
        byte[] pattern = (fixture.namespace + ":cache:*:e:" + key).getBytes(StandardCharsets.UTF_8);
        try (RedisConnection connection = fixture.factory.getConnection()) {
            Set<byte[]> names = connection.keyCommands().keys(pattern);
            assertThat(names).hasSize(1);
            return connection.stringCommands().strLen(names.iterator().next());
        }
    }

    @ParameterizedTest
    @EnumSource
    void valuesComeFromWhicheverInstanceHasThem(LoadScope scope) {
        HamsterCache<String, Book> a = instance(scope);
        HamsterCache<String, Book> b = instance(scope);
        Book book = new Book("Käfer", 12);

        a.put("put", book, EntryOptions.tags("t"));
        assertThat(a.get("loaded", key -> book)).contains(book);
        assertThat(a.getAll(List.of("put", "x", "none"), keys -> Map.of("x", book)))
                .hasSize(2);

        assertThat(b.get("put")).contains(book);
        assertThat(b.require("loaded")).isEqualTo(book);
        assertThat(b.composeAsync("x", key -> null, value -> EntryOptions.none())
                        .join())
                .contains(book);
        assertThat(b.get("none", key -> book)).as("its absence is known").isEmpty();
        b.invalidateTags(Set.of("t"));
        assertThat(a.get("put")).isEmpty();
        assertThat(a.loadAndDelete("loaded")).contains(book);
        assertThat(b.get("loaded")).isEmpty();
        assertThat(b.putIfAbsent("x", new Book("other", 1))).contains(book);
        a.clear();
        assertThat(b.get("x")).isEmpty();
    }

    @Test
    void longValuesAreShorterInRedisAndReadByAll() {
        HamsterCache<String, Book> compressing = instance(policy().compressAbove(1000));
        HamsterCache<String, Book> other = instance(policy());
        Book book = new Book("Käfer ".repeat(1000), 12);

        compressing.put("compressed", book);
        other.put("plain", book);

        assertThat(other.get("compressed")).contains(book);
        assertThat(compressing.get("plain")).contains(book);
        assertThat(bytesOf("compressed")).isLessThan(1000);
        assertThat(bytesOf("plain")).isGreaterThan(6000);
    }

    @Test
    void oneColdKeyIsLoadedOnceByAllInstances() throws Exception {
        List<HamsterCache<String, Book>> instances =
                List.of(instance(LoadScope.CLUSTER), instance(LoadScope.CLUSTER), instance(LoadScope.CLUSTER));
        AtomicInteger loads = new AtomicInteger();
        CyclicBarrier together = new CyclicBarrier(60);
        List<Future<Optional<Book>>> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            HamsterCache<String, Book> cache = instances.get(i % 3);
            calls.add(fixture.executor.submit(() -> {
                together.await();
                return cache.get("k", key -> new Book("only", loads.incrementAndGet()));
            }));
        }

        for (Future<Optional<Book>> call : calls) {
            assertThat(call.get(20, TimeUnit.SECONDS)).contains(new Book("only", 1));
        }
        assertThat(loads).hasValue(1);
    }
}
