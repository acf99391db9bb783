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
    private static final int CLEARINGS = 500;
    private static final int FEW = 8;

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
    void entriesAreReadUntilAScriptFindsTheStateGone() {
        answer(store.put("k", entry("v")));
        delete(":cache:*:state");

        assertThat(read(store, "k")).isEqualTo("v");
        assertThat(read(store, "missing")).isEqualTo("(nothing)");
        assertThat(read(store, "k")).isEqualTo("(nothing)");
    }

    @Test
    void noEntryIsReadOnceTheEpochIsGone() {
        answer(store.put("k", entry("v")));
        delete(":cache:*:epoch");

        assertThat(read(store, "k")).isEqualTo("(nothing)");
    }

    private void delete(String pattern) {
        try (RedisConnection connection = fixture.factory.getConnection()) {
            byte[] names = (fixture.namespace + pattern).getBytes(StandardCharsets.UTF_8);
            byte[] name = connection.keyCommands().keys(names).iterator().next();
            assertThat(connection.keyCommands().del(name)).isEqualTo(1);
        }
    }

    @Test
    void nothingFromBeforeAClearingIsReadAfterIt() {
        long plainReads = redis.calls("mget");
        AtomicInteger hits = new AtomicInteger();
        AtomicInteger cleared = new AtomicInteger(-1);
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Integer> reads = CompletableFuture.supplyAsync(
                () -> {
                    int count = 0;
                    RedisLink link = fixture.link();
                    CacheStore other = fixture.cacheStore(link, "books", LONG);
                    for (; !over.get(); count++) {
                        if (count % FEW == 0) {
                            // One that met with many clearings would leave plain reads alone.
                            other = fixture.cacheStore(link, "books", LONG);
                        }
                        int atLeast = cleared.get() + 1;
                        String found = read(other, "k");
                        if (!found.equals("(nothing)")) {
                            hits.incrementAndGet();
                            assertThat(Integer.parseInt(found)).isGreaterThanOrEqualTo(atLeast);
                        }
                    }
                    return count;
                },
                fixture.executor);

        try {
            for (int version = 0; version < CLEARINGS; version++) {
                answer(store.put("k", entry(Integer.toString(version))));
                assertThat(read(store, "k")).isEqualTo(Integer.toString(version));
                answer(store.clear());
                cleared.set(version);
            }
        } finally {
            over.set(true);
        }

        int count = reads.join();
        assertThat(hits.get()).isPositive();
        assertThat(redis.calls("mget") - plainReads)
                .as("other than those beside the clearings")
                .isGreaterThan(CLEARINGS + count / 2);
    }
}
