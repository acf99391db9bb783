package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.hamster.InvalidExpirationException;
import io.hamster.TimeSource;
import io.hamster.lock.CircuitLockStore;
import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStatus;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockToken;
import io.hamster.lock.LockUnavailableException;
import io.hamster.lock.NotSentException;
import io.hamster.lock.RetryStrategy;
import io.hamster.testing.FreePorts;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisServer;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.Resp;
import io.hamster.testing.redis.VolatileRedis;
import io.lettuce.core.RedisConnectionException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Locks in Redis behind a bad network, or without some of its rights. */
@RedisTest(exclusive = true)
class RedisLockFaultTests {

    private static final Duration COMMAND_TIMEOUT = Duration.ofMillis(500);
    private static final Duration LEASE = Duration.ofSeconds(30);

    private final RedisServer server;
    private final RedisProxy proxy;
    private final RedisFixture fixture;
    private final RedisFixture direct;
    private final LockStore store;
    private final LockClient client;
    /** On the client's connection, for what must be answered. */
    private final LockClient patient;

    private final LockClient other;

    RedisLockFaultTests(RedisDeployment redis) {
        server = redis.servers().get(0);
        proxy = RedisProxy.to(server.port());
        fixture = new RedisFixture(RedisFixture.factory(URI.create("redis://127.0.0.1:" + proxy.port())));
        direct = RedisFixture.on(redis);
        store = fixture.store();
        CircuitLockStore guarded = new CircuitLockStore(
                store, TimeSource.system(), COMMAND_TIMEOUT, Duration.ofMillis(200), RedisLocks::isAnswer);
        client = LockClient.builder(guarded, fixture.scheduler, fixture.executor)
                .commandTimeout(COMMAND_TIMEOUT)
                .build();
        patient = LockClient.builder(store, fixture.scheduler, fixture.executor)
                .commandTimeout(LEASE)
                .build();
        other = LockClient.builder(direct.store(fixture.namespace), direct.scheduler, direct.executor)
                .commandTimeout(LEASE)
                .build();
        // So that no test is the first to connect.
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> client.status("none").isEmpty());
    }

    @AfterEach
    void close() {
        // The first, while what it holds can be let go at once.
        patient.close();
        proxy.close();
        client.close();
        other.close();
        fixture.close();
        direct.close();
    }

    private static LockRequest.Builder request(String key) {
        return LockRequest.builder(key).expiration(LEASE);
    }

    private static LockRequest once(String key) {
        return request(key)
                .retry(RetryStrategy.fixed(0, Duration.ofMillis(100)))
                .build();
    }

    private Optional<LockStatus> seen(String key) {
        return other.status(key);
    }

    @Test
    void failsInTimeWhileRedisIsGoneAndGoesOnWhenItIsBack() {
        LockHandle before = patient.tryLock(once("before")).orElseThrow();
        before.unlock();
        server.kill();

        failWithoutWaiting();
        assertThatExceptionOfType(LockUnavailableException.class)
                .isThrownBy(() -> client.lock(
                        request("waiting").timeout(Duration.ofMillis(300)).build()));

        server.start();
        LockHandle after = await().atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(LockUnavailableException.class)
                .until(() -> client.tryLock(once("after")), Optional::isPresent)
                .orElseThrow();
        assertThat(after.fence()).isGreaterThan(before.fence());
        assertThat(patient.status("k")).isEmpty();
    }

    /** A request that isn't sent fails at once; each of the others may take the command timeout. */
    private void failWithoutWaiting() {
        List<Throwable> causes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(() -> client.tryLock(once("k")))
                    .satisfies(e -> causes.add(e.getCause()));
        }
        assertThat(causes)
                .filteredOn(cause -> !(cause instanceof NotSentException))
                .hasSizeLessThan(causes.size() / 2);
    }

    @Test
    void failsInTimeWhileRedisHangs() {
        patient.tryLock(once("before")).orElseThrow().unlock();
        server.pause();
        try {
            failWithoutWaiting();
        } finally {
            server.resume();
        }

        await().atMost(Duration.ofSeconds(10))
                .ignoreExceptionsInstanceOf(LockUnavailableException.class)
                .until(() -> client.tryLock(once("k")), Optional::isPresent);
    }

    @Test
    void leavesNoLockOfARequestThatArrivesAfterItWasGivenUp() {
        proxy.holdRequests();
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> client.tryLock(once("k")));
        assertThat(seen("k")).isEmpty();

        proxy.passRequests();

        // The release that follows it on its way, tried again and again, leaves a tombstone.
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(tombstones()).isNotEmpty());
        assertThat(seen("k")).isEmpty();
        assertThat(other.tryLock(once("k"))).isPresent();
    }

    @Test
    void leavesNoLockOfARequestThatIsOvertakenByItsRelease() {
        // So that Redis knows the script, whose text nobody would send after it.
        patient.tryLock(once("before")).orElseThrow().unlock();
        proxy.holdRequests();
        assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> client.tryLock(once("k")));
        Runnable arrival = proxy.strand();
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(tombstones()).isNotEmpty());
        // Only requests read several keys at once.
        long requests = calls("mget");

        arrival.run();

        await().until(() -> calls("mget") > requests);
        assertThat(seen("k")).isEmpty();
        assertThat(other.tryLock(once("k"))).isPresent();
    }

    @Test
    void sendsNoRequestThatWasTakenBackBeforeItCouldBe() throws Exception {
        RedisProxy slow = RedisProxy.to(server.port());
        slow.holdRequests();
        RedisFixture late = new RedisFixture(RedisFixture.factory(URI.create("redis://127.0.0.1:" + slow.port())));
        try (slow;
                late) {
            RedisLockStore lateStore = late.store(fixture.namespace);
            LockStore.Ask ask = new LockStore.Ask("k", new LockToken("late", 1), "node", LEASE, Duration.ZERO);
            CompletableFuture<LockStore.Answer> asked = lateStore.acquire(ask).toCompletableFuture();

            asked.cancel(false);
            slow.passRequests();

            await().until(lateStore::isUp);
            assertThat(lateStore.status("k").toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isEmpty();
        }
    }

    @Test
    void hasSentNothingToARedisThatWasNeverThere() {
        RedisFixture nowhere =
                new RedisFixture(RedisFixture.factory(URI.create("redis://127.0.0.1:" + FreePorts.next())));
        try (nowhere) {
            LockStore.Ask ask = new LockStore.Ask("k", new LockToken("nowhere", 1), "node", LEASE, Duration.ZERO);

            assertThat(nowhere.store().acquire(ask))
                    .failsWithin(Duration.ofSeconds(10))
                    .withThrowableThat()
                    .havingCause()
                    .isInstanceOf(NotSentException.class)
                    .havingCause()
                    .isInstanceOf(RedisConnectionException.class);
        }
    }

    @Test
    void refusesARequestThatWasReplayedAfterItsRelease() throws Exception {
        LockHandle held = patient.tryLock(once("k")).orElseThrow();
        LockToken token = LockToken.parse(held.token());
        await().until(() ->
                store.release("k", token, LEASE).toCompletableFuture().get(30, TimeUnit.SECONDS));

        LockStore.Ask replayed = new LockStore.Ask("k", token, "node", LEASE, Duration.ZERO);

        assertThat(store.acquire(replayed).toCompletableFuture().get(30, TimeUnit.SECONDS))
                .isInstanceOf(LockStore.Answer.Refused.class);
        assertThat(seen("k")).isEmpty();
    }

    @Test
    void doesNotOutliveItsKeyWhenARetryFindsItsOwnGrant() throws Exception {
        // So that Redis knows the script, whose text nobody would send while replies are held.
        patient.tryLock(once("before")).orElseThrow().unlock();
        proxy.holdReplies();
        CompletableFuture<LockHandle> asked = client.lockAsync(request("k")
                .autoRefresh(false)
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMillis(100)))
                .timeout(LEASE)
                .build());
        await().until(() -> seen("k").isPresent());
        RedisFixture.pass(COMMAND_TIMEOUT.multipliedBy(2));
        // The replies that were held are lost: only a later attempt, on a new connection, can find the grant.
        proxy.cut();
        proxy.passReplies();

        LockHandle handle = asked.get(30, TimeUnit.SECONDS);

        Duration atStore = seen("k").orElseThrow().remaining();
        Duration atHandle = Duration.between(TimeSource.system().instant(), handle.validUntil());
        assertThat(atHandle).isLessThan(LEASE.minus(COMMAND_TIMEOUT)).isLessThanOrEqualTo(atStore.plusMillis(20));
    }

    @Test
    void followsAPrimaryThatMovesWithoutBreakingConnections() {
        patient.tryLock(once("before")).orElseThrow().unlock();
        try (VolatileRedis next = VolatileRedis.start();
                Resp redis = server.connect()) {
            redis.command("REPLICAOF", "127.0.0.1", Integer.toString(next.port()));
            proxy.redirect(next.port());
            try {
                await().atMost(Duration.ofSeconds(10))
                        .ignoreExceptionsInstanceOf(LockUnavailableException.class)
                        .until(() -> client.tryLock(once("k")), Optional::isPresent);
            } finally {
                redis.command("REPLICAOF", "NO", "ONE");
            }
        }
    }

    @Test
    void releasesThoughRedisIsOutOfMemoryAndIsDownForWhoeverWantsMore() throws Exception {
        RedisLocks locks = guarded(direct.store(fixture.namespace));
        LockClient wanting = LockClient.builder(locks.store(), direct.scheduler, direct.executor)
                .commandTimeout(LEASE)
                .build();
        LockHandle held = wanting.tryLock(once("k")).orElseThrow();
        try (wanting;
                Resp redis = server.connect()) {
            redis.command("CONFIG", "SET", "maxmemory", "1");
            try {
                for (int i = 0; i < 10; i++) {
                    assertThatExceptionOfType(LockUnavailableException.class)
                            .isThrownBy(() -> wanting.tryLock(once("another")));
                }
                assertThat(locks.isUp()).isFalse();
                assertThat(store.release("k", LockToken.parse(held.token()), LEASE)
                                .toCompletableFuture()
                                .get(10, TimeUnit.SECONDS))
                        .isTrue();
            } finally {
                redis.command("CONFIG", "SET", "maxmemory", "0");
            }
            assertThat(seen("k")).isEmpty();
        }
    }

    @Test
    void isUpAgainThoughNobodyAsksForLocks() {
        RedisLocks locks = guarded(direct.store(fixture.namespace));
        await().until(locks::isUp);
        server.kill();
        await().until(() -> {
            locks.store().status("k");
            return ((CircuitLockStore) locks.store()).isOpen();
        });
        assertThat(locks.isUp()).isFalse();

        server.start();

        await().atMost(Duration.ofSeconds(10)).until(locks::isUp);
    }

    @Test
    void waitsForReplicasWithoutHoldingUpAnythingElse() throws Exception {
        RedisLockStore waiting = direct.store(new Replication(1, Duration.ofMinutes(1)));
        await().until(waiting::isUp);
        LockStore.Ask ask = new LockStore.Ask("k", new LockToken("waiting", 1), "node", LEASE, Duration.ZERO);

        CompletableFuture<LockStore.Answer> asked = waiting.acquire(ask).toCompletableFuture();
        await().until(() -> info("clients").contains("blocked_clients:1"));

        assertThat(waiting.status("k").toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isPresent();
        assertThat(asked).isNotDone();
    }

    @Test
    void buriesARequestWhoseReplicasCouldNotBeAsked() throws Exception {
        RedisLockStore replicated = fixture.store(new Replication(1, Duration.ofMillis(100)));
        LockClient careful = LockClient.builder(replicated, fixture.scheduler, fixture.executor)
                .commandTimeout(LEASE)
                .build();
        try (careful;
                Resp redis = server.connect()) {
            assertThatExceptionOfType(LockUnavailableException.class).isThrownBy(() -> careful.tryLock(once("k")));
            await().until(() -> tombstones().size() == 1);
            proxy.refuseNew(true);
            // Only where replicas are asked was this the last command.
            await().until(() -> clients(redis, "wait").size() == 1);
            redis.command("CLIENT", "KILL", "ID", clients(redis, "wait").get(0));
            await().until(() -> clients(redis, "wait").isEmpty());

            assertThatExceptionOfType(LockUnavailableException.class)
                    .isThrownBy(() -> careful.tryLock(once("k")))
                    .satisfies(e -> assertThat(e.getCause()).hasMessageContaining("Replicas couldn't be asked"));

            await().until(() -> tombstones().size() == 2);
        }
    }

    private static List<String> clients(Resp redis, String lastCommand) {
        return ((String) redis.command("CLIENT", "LIST"))
                .lines()
                .filter(line -> line.contains(" cmd=" + lastCommand + " "))
                .map(line -> line.replaceAll("^id=(\\d+) .*", "$1"))
                .toList();
    }

    @Test
    void isHeldThoughSomebodyMadeItPermanent() {
        patient.tryLock(once("k")).orElseThrow();
        try (Resp redis = server.connect()) {
            redis.command("PERSIST", new LockNames(fixture.namespace).lock(LockNames.bucket("k"), "k"));
        }

        assertThat(other.tryLock(once("k"))).isEmpty();
        assertThat(seen("k")).isPresent();
    }

    @Test
    void wakesWaitersAfterTheConnectionWasLost() throws Exception {
        LockHandle held = other.tryLock(once("k")).orElseThrow();
        CompletableFuture<LockHandle> waiting = client.lockAsync(request("k")
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMinutes(1)))
                .timeout(Duration.ofSeconds(20))
                .build());
        await().until(() -> client.admin().stats().waiting() == 1);
        proxy.refuse(true);
        held.unlock();
        assertThat(waiting).isNotDone();

        proxy.refuse(false);

        assertThat(waiting.get(10, TimeUnit.SECONDS).isValid()).isTrue();
    }

    @Test
    void pollsWhereSubscribingIsRefused() throws Exception {
        restricted("poller", "~*", "resetchannels", "+@all");
        RedisFixture poor = new RedisFixture(as("poller"));
        RedisLockStore poorStore = poor.store(fixture.namespace);
        RedisLocks locks = guarded(poorStore);
        LockClient polling = LockClient.builder(locks.store(), poor.scheduler, poor.executor)
                .commandTimeout(LEASE)
                .build();
        try (poor;
                polling) {
            LockHandle held = other.tryLock(once("k")).orElseThrow();
            CompletableFuture<LockHandle> waiting = polling.lockAsync(request("k")
                    .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMillis(50)))
                    .build());
            await().until(() -> polling.admin().stats().waiting() == 1);
            held.unlock();

            LockHandle mine = waiting.get(10, TimeUnit.SECONDS);
            assertThat(other.tryLock(once("k"))).isEmpty();
            mine.unlock();

            assertThat(seen("k")).isEmpty();
            assertThat(locks.isUp()).isTrue();
            assertThat(locks.details()).containsEntry("wakeUps", "polling, publish/subscribe is refused");

            try (Resp redis = server.connect()) {
                redis.command("ACL", "SETUSER", "poller", "allchannels");
                redis.command("CLIENT", "KILL", "USER", "poller");
            }
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(locks.details()).containsEntry("wakeUps", "publish/subscribe"));
        }
    }

    @Test
    void hearsOfReleasesAgainOnceThatIsAllowed() {
        restricted("revoked", "~*", "allchannels", "+@all");
        RedisFixture poor = new RedisFixture(as("revoked"));
        RedisLocks locks = guarded(poor.store(fixture.namespace));
        try (poor;
                Resp redis = server.connect()) {
            await().untilAsserted(() -> assertThat(locks.details()).containsEntry("wakeUps", "publish/subscribe"));

            // What Lettuce asks for again is refused. Later versions of Redis break such connections by themselves.
            redis.command("ACL", "SETUSER", "revoked", "resetchannels");
            redis.command("CLIENT", "KILL", "USER", "revoked");
            await().untilAsserted(() ->
                    assertThat(locks.details()).containsEntry("wakeUps", "polling, publish/subscribe is refused"));

            // Until no connection is about to be made any more, as each is asked on.
            RedisFixture.pass(COMMAND_TIMEOUT);
            redis.command("ACL", "SETUSER", "revoked", "allchannels");
            await().atMost(Duration.ofSeconds(20))
                    .untilAsserted(() -> assertThat(locks.details()).containsEntry("wakeUps", "publish/subscribe"));
        }
    }

    @Test
    void needsNoMoreRightsThanTheManualNames() throws Exception {
        List<String> rights = new ArrayList<>(List.of("~" + fixture.namespace + ":*"));
        rights.addAll(List.of("resetchannels", "&" + fixture.namespace + ":released"));
        rights.addAll(List.of(
                ("+eval +evalsha +get +mget +set +setrange +del +pttl +pexpire +time +scan +publish" + " +subscribe")
                        .split(" ")));
        restricted("modest", rights.toArray(String[]::new));
        RedisFixture modest = new RedisFixture(as("modest"));
        RedisLocks locks = guarded(modest.store(fixture.namespace));
        LockClient client = LockClient.builder(locks.store(), modest.scheduler, modest.executor)
                .commandTimeout(LEASE)
                .build();
        try (modest;
                client) {
            LockHandle held = client.tryLock(once("k")).orElseThrow();
            held.refresh();
            CompletableFuture<LockHandle> waiting = other.lockAsync(request("k")
                    .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMinutes(1)))
                    .timeout(Duration.ofSeconds(10))
                    .build());
            await().until(() -> other.admin().stats().waiting() == 1);
            await().untilAsserted(() -> assertThat(locks.details()).containsEntry("wakeUps", "publish/subscribe"));
            assertThat(client.admin().list(10)).hasSize(1);
            held.unlock();

            LockHandle theirs = waiting.get(10, TimeUnit.SECONDS);
            assertThat(client.tryLock(once("k"))).isEmpty();
            assertThat(client.admin().forceRelease("k")).isTrue();
            assertThat(theirs.checkValid()).isFalse();
        }
    }

    private void restricted(String user, String... rights) {
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", user, "reset", "on", ">secret"));
        command.addAll(List.of(rights));
        try (Resp redis = server.connect()) {
            redis.command(command.toArray(String[]::new));
        }
    }

    private LettuceConnectionFactory as(String user) {
        RedisStandaloneConfiguration configuration = new RedisStandaloneConfiguration("127.0.0.1", server.port());
        configuration.setUsername(user);
        configuration.setPassword("secret");
        return new LettuceConnectionFactory(configuration);
    }

    private static RedisLocks guarded(RedisLockStore store) {
        return new RedisLocks(
                store,
                new CircuitLockStore(
                        store, TimeSource.system(), COMMAND_TIMEOUT, COMMAND_TIMEOUT, RedisLocks::isAnswer),
                TimeSource.system());
    }

    @Test
    void renewsManyLocksInFewScripts() {
        int count = 10_000;
        try (Resp redis = server.connect()) {
            redis.command("CONFIG", "SET", "appendonly", "no");
        }
        // In so few buckets that many of each are due together, however long it takes to get them.
        List<String> keys = IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "many-" + i)
                .filter(key -> LockNames.bucket(key) < LockNames.BUCKETS / 16)
                .limit(count)
                .toList();
        List<LockHandle> held = new ArrayList<>();
        for (int i = 0; i < count; i += 500) {
            List<CompletableFuture<LockHandle>> asked = new ArrayList<>();
            for (String key : keys.subList(i, i + 500)) {
                asked.add(other.lockAsync(
                        request(key).timeout(Duration.ofSeconds(60)).build()));
            }
            asked.forEach(each -> held.add(each.join()));
        }
        String before = info("commandstats");
        List<Instant> ends = held.stream().map(LockHandle::validUntil).toList();

        await().atMost(Duration.ofMinutes(1))
                .until(() -> IntStream.range(0, count)
                        .allMatch(i ->
                                held.get(i).validUntil().isAfter(ends.get(i).plusSeconds(1))));

        String after = info("commandstats");
        // Nothing but a renewal sets what is left of a key.
        long renewed = calls("pexpire", after) - calls("pexpire", before);
        assertThat(renewed).isPositive();
        // What is due together goes bucket by bucket, a hundred at most in one script.
        assertThat(scripts(after) - scripts(before)).isBetween(renewed / 100, renewed / 5);
        assertThat(held).allMatch(LockHandle::isValid);
        assertThat(other.admin().list(2 * count)).hasSize(count);
    }

    @Test
    void sendsNothingForARequestThatCannotBe() {
        long before = scripts();

        assertThatThrownBy(() -> client.tryLock(LockRequest.of(""))).isInstanceOf(InvalidLockKeyException.class);
        assertThatThrownBy(() -> client.tryLock(LockRequest.of("k".repeat(201))))
                .isInstanceOf(InvalidLockKeyException.class);
        assertThatThrownBy(() -> client.status("a\nb")).isInstanceOf(InvalidLockKeyException.class);
        assertThatThrownBy(() -> client.tryLock(LockRequest.of("é".repeat(100) + "k")))
                .isInstanceOf(InvalidLockKeyException.class);
        assertThatThrownBy(() -> LockRequest.builder("k").expiration(Duration.ZERO))
                .isInstanceOf(InvalidExpirationException.class);
        assertThatThrownBy(() -> LockRequest.builder("k").expiration(Duration.ofMillis(-1)))
                .isInstanceOf(InvalidExpirationException.class);
        assertThatThrownBy(() -> LockRequest.builder("k").expiration(Duration.ofHours(25)))
                .isInstanceOf(InvalidExpirationException.class);

        assertThat(scripts()).isEqualTo(before);
    }

    private long scripts() {
        return scripts(info("commandstats"));
    }

    private static long scripts(String stats) {
        return calls("eval", stats) + calls("evalsha", stats);
    }

    private long calls(String command) {
        return calls(command, info("commandstats"));
    }

    private static long calls(String command, String stats) {
        long calls = 0;
        Matcher matcher =
                Pattern.compile("cmdstat_" + command + ":calls=(\\d+)").matcher(stats);
        while (matcher.find()) {
            calls += Long.parseLong(matcher.group(1));
        }
        return calls;
    }

    private String info(String section) {
        try (Resp redis = server.connect()) {
            return (String) redis.command("INFO", section);
        }
    }

    private List<?> tombstones() {
        try (Resp redis = server.connect()) {
            return (List<?>) redis.command("KEYS", fixture.namespace + ":*:dead:*");
        }
    }
}
