package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Caches in Redis behind a bad network, and with a Redis that others have written to or that has forgotten. */
@RedisTest(exclusive = true)
class RedisCacheFaultTests {

    private static final Duration TICKET_TTL = Duration.ofSeconds(10);

    private final URI server;
    private final RedisProxy proxy;
    private final RedisFixture fixture;
    private final RedisCacheStore store;
    private final RedisCacheStore impatient;
    /** On the impatient one's connection. */
    private final RedisCacheStore patient;

    private final StringRedisTemplate redis;
    private @Nullable RedisLink left;

    RedisCacheFaultTests(RedisDeployment deployment) throws Exception {
        int port = deployment.servers().get(0).port();
        server = URI.create("redis://127.0.0.1:" + port);
        proxy = RedisProxy.to(port);
        fixture = new RedisFixture(RedisFixture.factory(URI.create("redis://127.0.0.1:" + proxy.port())));
        store = fixture.cacheStore("books", TICKET_TTL);
        CacheNames names = new CacheNames(fixture.namespace, "books", "", false);
        RedisLink link = fixture.link();
        impatient = new RedisCacheStore("books", link, names, fixture.scheduler, Duration.ofMillis(300), TICKET_TTL);
        patient = new RedisCacheStore("books", link, names, fixture.scheduler, Duration.ofMinutes(1), TICKET_TTL);
        redis = new StringRedisTemplate(fixture.factory);
        redis.afterPropertiesSet();
        await().ignoreExceptions().until(() -> answer(impatient.invalidate(List.of("none"))) == 0);
        answer(patient.invalidate(List.of("none")));
        answer(store.put("k", entry("v")));
    }

    @AfterEach
    void close() {
        if (left != null) {
            left.stop();
        }
        proxy.close();
        fixture.close();
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(1, TimeUnit.MINUTES);
    }

    private static StoredEntry entry(String value) {
        Duration ttl = Duration.ofMinutes(10);
        return new StoredEntry(
                Optional.of(value.getBytes(StandardCharsets.UTF_8)), Duration.ZERO, ttl, ttl, Set.of("red"));
    }

    private static String read(CacheStore from, String key) throws Exception {
        return answer(from.get(key)) instanceof Lookup.Hit hit
                ? new String(hit.entry().payload().orElseThrow(), StandardCharsets.UTF_8)
                : "(nothing)";
    }

    private String only(String pattern) {
        Set<String> found = redis.keys(fixture.namespace + pattern);
        assertThat(found).hasSize(1);
        return found.iterator().next();
    }

    private static void assertUnavailable(CompletionStage<?> stage) {
        assertUnavailable(stage, "'books'");
    }

    private static void assertUnavailable(CompletionStage<?> stage, String reason) {
        assertThat(stage.toCompletableFuture())
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(CacheStoreUnavailableException.class)
                .withMessageContaining(reason);
    }

    @Test
    void aRedisThatDoesNotAnswerIsNotWaitedForAndNeverMeansAbsence() throws Exception {
        proxy.holdRequests();

        assertUnavailable(impatient.get("k"));
        assertUnavailable(impatient.put("k", entry("w")));
        assertUnavailable(impatient.invalidateTags(Set.of("red")));
        proxy.passRequests();

        await().ignoreExceptions().until(() -> answer(impatient.get("none")) instanceof Lookup.Miss);
    }

    @Test
    void aRedisThatIsAwayFailsAtOnceAndComesBack() throws Exception {
        proxy.refuse(true);
        proxy.cut();

        await().atMost(Duration.ofMinutes(2)).untilAsserted(() -> assertUnavailable(store.get("k")));
        proxy.refuse(false);

        await().atMost(Duration.ofMinutes(2))
                .ignoreExceptions()
                .until(() -> read(store, "k").equals("v"));
    }

    @Test
    void aChangeThatFailedBeforeTheFirstConnectionIsNotMadeLater() throws Exception {
        proxy.holdReplies();
        CacheNames names = new CacheNames(fixture.namespace, "books", "", false);
        CacheStore unconnected = new RedisCacheStore(
                "books", fixture.link(), names, fixture.scheduler, Duration.ofMillis(300), TICKET_TTL);
        assertUnavailable(unconnected.put("k", entry("1")));
        assertUnavailable(unconnected.put("k", entry("2")));

        proxy.passReplies();
        await().ignoreExceptions().until(() -> answer(unconnected.get("none")) instanceof Lookup.Miss);

        await().ignoreExceptions().until(() -> answer(store.get("none")) instanceof Lookup.Miss);
        assertThat(read(store, "k")).isEqualTo("v");
    }

    @Test
    void aChangeThatFailedIsNotSentAgainWhenRedisAsksForItsScriptOrHasBeenCleared() throws Exception {
        CacheStore other = fixture.cacheStore("books", TICKET_TTL);
        await().ignoreExceptions().until(() -> read(other, "k").equals("v"));
        try (RedisConnection own = fixture.factory.getConnection()) {
            own.scriptingCommands().scriptFlush();
        }
        proxy.holdReplies();
        assertUnavailable(impatient.put("k", entry("without its script")));
        proxy.passReplies();
        settle();
        assertThat(read(store, "k")).isEqualTo("v");

        answer(patient.put("k", entry("w")));
        answer(other.clear());
        answer(other.put("k", entry("after")));
        proxy.holdReplies();
        assertUnavailable(impatient.put("k", entry("before")));
        proxy.passReplies();
        settle();
        assertThat(read(store, "k")).isEqualTo("after");
    }

    /** Replies come in order, so what an earlier one had sent again has been done once a second request is answered. */
    private void settle() throws Exception {
        answer(patient.invalidate(List.of("none")));
        answer(patient.invalidate(List.of("none")));
    }

    @Test
    void aTakeThatIsSentTwiceDoesNotSayThatThereWasNothing() throws Exception {
        RedisCacheStore resending = resending();
        proxy.holdReplies();
        CompletableFuture<Optional<StoredEntry>> taken = resending.take("k").toCompletableFuture();
        await().until(proxy::holdsReply);
        breakWhatIsHeld();

        assertUnavailable(taken, "was asked twice");
        await().ignoreExceptions().until(() -> read(patient, "k").equals("(nothing)"));
    }

    @Test
    void aPutIfAbsentThatIsSentTwiceDoesNotTakeItsOwnValueForAnothers() throws Exception {
        RedisCacheStore resending = resending();
        proxy.holdReplies();
        CompletableFuture<Optional<StoredEntry>> put =
                resending.putIfAbsent("new", entry("mine"), Optional.empty()).toCompletableFuture();
        await().until(proxy::holdsReply);
        breakWhatIsHeld();

        assertUnavailable(put, "was asked twice");
        await().ignoreExceptions().until(() -> read(patient, "new").equals("mine"));
    }

    @Test
    void whatIsDoneTheSecondTimeIsAnswered() throws Exception {
        RedisCacheStore resending = resending();
        proxy.holdRequests();
        CompletableFuture<Optional<StoredEntry>> taken = resending.take("k").toCompletableFuture();
        CompletableFuture<Optional<StoredEntry>> put =
                resending.putIfAbsent("new", entry("mine"), Optional.empty()).toCompletableFuture();
        await().until(proxy::holdsRequest);
        proxy.cut();
        proxy.passRequests();

        assertThat(answer(taken)).isPresent();
        assertThat(answer(put)).isEmpty();
    }

    /** One whose connection only Lettuce makes again. */
    private RedisCacheStore resending() throws Exception {
        AtomicBoolean isMade = new AtomicBoolean();
        Executor once = task -> {
            if (isMade.compareAndSet(false, true)) {
                fixture.executor.execute(task);
            }
        };
        left = new RedisLink(fixture.factory, fixture.scheduler, once, primaries -> {});
        left.start();
        RedisCacheStore resending = fixture.cacheStore(left, "books", TICKET_TTL);
        answer(resending.invalidate(List.of("none")));
        return resending;
    }

    @Test
    void aPutIfAbsentThatIsAskedForItsScriptIsSentOnce() throws Exception {
        try (RedisConnection own = fixture.factory.getConnection()) {
            own.scriptingCommands().scriptFlush();
        }

        assertThat(answer(patient.putIfAbsent("k", entry("w"), Optional.empty())))
                .isPresent();
        assertThat(answer(patient.take("none"))).isEmpty();
    }

    /** What was sent has been done, and Lettuce sends it again on its next connection. */
    private void breakWhatIsHeld() {
        proxy.cut();
        proxy.passReplies();
    }

    @Test
    void whatCanNotBeReadIsAMissAndCounted() throws Exception {
        String name = only(":cache:*:e:k");
        redis.opsForValue().set(name, "{\"of\":\"another program\"}", Duration.ofMinutes(1));
        Lookup found = answer(store.get("k"));
        assertThat(found).isInstanceOf(Lookup.Miss.class);
        assertThat(store.undecodable()).isEqualTo(1);
        assertThat(answer(store.publish("k", entry("loaded"), ((Lookup.Miss) found).ticket())))
                .isTrue();
        assertThat(read(store, "k")).isEqualTo("loaded");

        redis.opsForValue().set(name, "x", 30L);
        assertThat(answer(store.putIfAbsent("k", entry("put"), Optional.empty())))
                .isEmpty();
        assertThat(read(store, "k")).isEqualTo("put");
        assertThat(store.undecodable()).isEqualTo(2);

        redis.opsForValue().set(name, "short");
        assertThat(read(store, "k")).as("and it would never expire").isEqualTo("(nothing)");
        assertThat(answer(store.take("k"))).isEmpty();
    }

    @Test
    void aPutIfAbsentThatFindsSomethingElseUnreadableAllTheTimeIsNotConfirmed() throws Exception {
        assertThat(answer(patient.putIfAbsent("k", entry("w"), Optional.empty())))
                .isPresent();
        String name = only(":cache:*:e:k");
        try (RedisFixture direct = new RedisFixture(RedisFixture.factory(server))) {
            StringRedisTemplate others = new StringRedisTemplate(direct.factory);
            others.opsForValue().set(name, "unreadable", Duration.ofMinutes(1));
            proxy.holdReplies();
            CompletableFuture<Optional<StoredEntry>> put =
                    patient.putIfAbsent("k", entry("w"), Optional.empty()).toCompletableFuture();
            for (int i = 0; !put.isDone(); i++) {
                await().pollInterval(Duration.ofMillis(1)).until(() -> put.isDone() || proxy.holdsReply());
                others.opsForValue().set(name, "unreadable " + i, Duration.ofMinutes(1));
                proxy.passReply();
            }
            assertUnavailable(put);
        }
    }

    @Test
    void aForeignTypeInAnEntrysPlaceIsReplaced() throws Exception {
        String name = only(":cache:*:e:k");
        redis.delete(name);
        redis.opsForList().leftPush(name, "x");

        assertThat(answer(store.get("k")))
                .isInstanceOfSatisfying(
                        Lookup.Miss.class,
                        miss -> assertThat(store.publish("k", entry("loaded"), miss.ticket())
                                        .toCompletableFuture())
                                .succeedsWithin(Duration.ofSeconds(5))
                                .isEqualTo(true));
        assertThat(read(store, "k")).isEqualTo("loaded");
    }

    @ParameterizedTest
    @ValueSource(strings = {":cache:*:epoch", ":cache:*:state"})
    void aRedisThatForgotTheEpochOrWhatBelongsToItForgetsTheEntries(String forgotten) throws Exception {
        Lookup missed = answer(store.get("other"));
        redis.delete(only(forgotten));

        assertThat(read(patient, "k")).isEqualTo("(nothing)");
        assertThat(answer(store.publish("other", entry("old"), ((Lookup.Miss) missed).ticket())))
                .isFalse();
        assertThat(read(store, "k")).isEqualTo("(nothing)");
    }

    @Test
    void anEpochThatAFailoverSetBackIsAssertedAgain() throws Exception {
        String state = only(":cache:*:state");
        String epoch = only(":cache:*:epoch");
        String before = redis.opsForValue().get(epoch);
        answer(store.clear());
        answer(store.put("k", entry("new")));
        redis.opsForHash().put(state, "epoch", before);
        redis.opsForValue().set(epoch, before);

        assertThat(read(store, "k")).isEqualTo("new");
        assertThat(read(patient, "k")).isEqualTo("new");
    }

    @Test
    void clearingReclaimsTheMemoryBehind() throws Exception {
        redis.opsForValue().set(fixture.namespace + ":cache:{others@:0}:1:e:k", "of another cache");
        for (int i = 0; i < 3000; i++) {
            store.put("k" + i, entry("v"));
        }
        assertThat(read(store, "k2999")).isEqualTo("v");

        answer(store.clear());

        await().untilAsserted(() -> assertThat(redis.keys(fixture.namespace + ":cache:*"))
                .containsExactlyInAnyOrder(
                        fixture.namespace + ":cache:{others@:0}:1:e:k",
                        fixture.namespace + ":cache:{books@:0}:state",
                        fixture.namespace + ":cache:{books@:0}:epoch"));
    }
}
