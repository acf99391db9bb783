package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.StoredEntry;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.VolatileRedis;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisConnection;

/** What reads cost Redis, on a server of their own, and that what they cost less isn't truth. */
@RedisTest
class PlainReadTests {

    private static final Duration LONG = Duration.ofHours(1);

    private final VolatileRedis redis = VolatileRedis.start();
    private final RedisFixture fixture =
            new RedisFixture(RedisFixture.factory(URI.create("redis://127.0.0.1:" + redis.port())));
    private final CacheStore store = fixture.cacheStore("books", LONG);

    @AfterEach
    void close() {
        store.close();
        fixture.close();
        redis.close();
    }

    private static <T> T answer(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    private static StoredEntry entry(String value, String... tags) {
        return new StoredEntry(
                Optional.of(value.getBytes(StandardCharsets.UTF_8)), Duration.ZERO, LONG, LONG, Set.of(tags));
    }

    private static String read(CacheStore from, String key) {
        return answer(from.get(key)) instanceof Lookup.Hit hit
                ? new String(hit.entry().payload().orElseThrow(), StandardCharsets.UTF_8)
                : "(nothing)";
    }

    @Test
    void aHitRunsNoScript() {
        answer(store.put("k", entry("v")));
        long before = redis.scripts();

        for (int i = 0; i < 100; i++) {
            assertThat(read(store, "k")).isEqualTo("v");
        }

        assertThat(redis.scripts()).isEqualTo(before);
    }

    @Test
    void aMissRunsOne() {
        assertThat(read(store, "k")).as("and has Redis know the script").isEqualTo("(nothing)");
        long before = redis.scripts();

        assertThat(read(store, "other")).isEqualTo("(nothing)");

        assertThat(redis.scripts()).isEqualTo(before + 1);
    }

    @Test
    void whereReadsMissTheScriptIsTriedAtOnce() {
        for (int i = 0; i < 100; i++) {
            assertThat(read(store, "missing" + i)).isEqualTo("(nothing)");
        }
        long before = redis.calls("pttl");

        assertThat(read(store, "another")).isEqualTo("(nothing)");

        assertThat(redis.calls("pttl")).as("of plain reads").isEqualTo(before);
    }

    @Test
    void hitsWithTagsAreReadByTheScriptAtOnce() {
        answer(store.put("k", entry("v", "tag")));
        for (int i = 0; i < 100; i++) {
            assertThat(read(store, "k")).isEqualTo("v");
        }
        long before = redis.calls("pttl");

        assertThat(read(store, "k")).isEqualTo("v");

        assertThat(redis.calls("pttl")).as("of the script alone").isEqualTo(before + 1);
    }

    @Test
    void anotherTypeInAnEntrysPlaceIsNothing() {
        answer(store.put("k", entry("v")));
        try (RedisConnection connection = fixture.factory.getConnection()) {
            byte[] pattern = (fixture.namespace + ":cache:*:e:k").getBytes(StandardCharsets.UTF_8);
            byte[] name = connection.keyCommands().keys(pattern).iterator().next();
            connection.keyCommands().del(name);
            connection.listCommands().rPush(name, new byte[] {1});
        }

        assertThat(read(store, "k")).isEqualTo("(nothing)");
        answer(store.put("k", entry("w")));
        assertThat(read(store, "k")).isEqualTo("w");
    }

    @Test
    void anEntryOfAnotherEpochIsNothing() {
        answer(store.put("k", entry("v")));
        assertThat(read(store, "k")).isEqualTo("v");
        try (RedisConnection connection = fixture.factory.getConnection()) {
            byte[] pattern = (fixture.namespace + ":cache:*:epoch").getBytes(StandardCharsets.UTF_8);
            byte[] epoch = connection.keyCommands().keys(pattern).iterator().next();
            assertThat(connection.stringCommands().incr(epoch)).isPositive();
        }

        assertThat(read(store, "k")).isEqualTo("(nothing)");
    }

    @Test
    void nothingFromBeforeAClearingIsReadAfterIt() {
        CacheStore other = fixture.cacheStore("books", LONG);
        AtomicInteger cleared = new AtomicInteger(-1);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> reads = CompletableFuture.supplyAsync(
                () -> {
                    int hits = 0;
                    while (!over.get()) {
                        int atLeast = cleared.get() + 1;
                        String found = read(other, "k");
                        if (!found.equals("(nothing)")) {
                            hits++;
                            assertThat(Integer.parseInt(found)).isGreaterThanOrEqualTo(atLeast);
                        }
                    }
                    return hits;
                },
                fixture.executor);

        try {
            for (int version = 0; version < 500; version++) {
                answer(store.put("k", entry(Integer.toString(version))));
                assertThat(read(store, "k")).isEqualTo(Integer.toString(version));
                answer(store.clear());
                cleared.set(version);
            }
        } finally {
            over.set(true);
        }

        assertThat(reads.join()).isPositive();
    }
}
