package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.SharedServer.Instance;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import io.hamster.cluster.TextCodec;
import io.hamster.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several instances of one cache, with two levels each, over one store and a channel that loses, delays and reorders. */
class SharedInstancesTests {

    private final ManualTime time = new ManualTime();
    private final SharedServer server = new SharedServer(time);
    private final Instance a = server.instance(policy());
    private final Instance b = server.instance(policy());

    private static CachePolicyBuilder policy() {
        return CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(String.class);
    }

    @AfterEach
    void close() {
        server.close();
    }

    /** What the other instance may do to a key while it is being loaded. */
    enum Change {
        PUT(cache -> cache.put("k", "new")),
        INVALIDATE(cache -> cache.invalidate("k")),
        INVALIDATE_ALL(cache -> cache.invalidateAll(List.of("k"))),
        TAG(cache -> cache.invalidateTags(Set.of("t"))),
        CLEAR(HamsterCache::clear),
        DELETE(cache -> cache.loadAndDelete("k"));

        private final Consumer<HamsterCache<String, String>> action;

        Change(Consumer<HamsterCache<String, String>> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aLoadFromBeforeAnothersChangeIsPublishedNowhere(Change change) {
        EntryOptions tagged = EntryOptions.tags("t");

        assertThat(a.cache().get("k", key -> afterChange(change), tagged)).contains("old");

        assertThat(a.cache().get("k")).isNotEqualTo(Optional.of("old"));
        assertThat(b.cache().get("k")).isNotEqualTo(Optional.of("old"));
        server.channels.deliverAll();
        assertThat(a.cache().get("k", key -> "fresh")).contains(change == Change.PUT ? "new" : "fresh");
    }

    @ParameterizedTest
    @EnumSource
    void aBulkLoadFromBeforeAnothersChangeIsPublishedNowhere(Change change) {
        assertThat(a.cache().getAll(List.of("k", "l"), keys -> {
                    change.action.accept(b.cache());
                    return Map.of("k", "old", "l", "L");
                }))
                .containsEntry("k", "old");

        // Without its message: only the store knows. The tag isn't one of the value's.
        Optional<String> there =
                change == Change.TAG ? Optional.of("old") : a.cache().get("k", key -> "fresh");
        assertThat(there).isNotEqualTo(change == Change.TAG ? Optional.empty() : Optional.of("old"));
    }

    /** What writes "odd", which the instance's own weigher fails for. */
    enum OddWrite {
        PUT(cache -> cache.put("k", "odd")),
        PUT_ALL(cache -> {
            Map<String, String> values = new LinkedHashMap<>();
            values.put("k", "odd");
            values.put("l", "new");
            cache.putAll(values);
        }),
        PUT_IF_ABSENT(cache -> cache.putIfAbsent("gone", "odd")),
        TICKET(cache -> cache.ticket("k").put("k", Optional.of("odd"), EntryOptions.none()));

        private final Consumer<HamsterCache<String, String>> action;

        OddWrite(Consumer<HamsterCache<String, String>> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource
    void anErrorOfTheWeigherLeavesNothingOldAnywhere(OddWrite write) {
        Weigher<String, String> weigher = (key, value) -> {
            if (value.equals("odd")) {
                throw new NoClassDefFoundError("com/acme/Gone");
            }
            return 1;
        };
        Instance other = server.instance(policy().nullTtl(Duration.ofMinutes(1)));
        Instance c = server.instance(policy().nullTtl(Duration.ofMinutes(1)).weigher(weigher));
        a.cache().putAll(Map.of("k", "old", "l", "old"));
        server.channels.deliverAll();
        for (Instance each : List.of(other, c)) {
            each.cache().getAll(List.of("k", "l"), missing -> Map.of());
            each.cache().get("gone", key -> null);
        }

        assertThatExceptionOfType(NoClassDefFoundError.class).isThrownBy(() -> write.action.accept(c.cache()));
        server.channels.deliverAll();

        Map<String, String> expected = switch (write) {
            case PUT, TICKET -> Map.of("k", "odd", "l", "old");
            case PUT_ALL -> Map.of("k", "odd", "l", "new");
            case PUT_IF_ABSENT -> Map.of("k", "old", "l", "old", "gone", "odd");
        };
        assertThat(other.cache().getAll(List.of("k", "l", "gone"), missing -> Map.of()))
                .isEqualTo(expected);
        assertThat(c.cache().getAll(List.of("l"), missing -> Map.of())).containsEntry("l", expected.get("l"));
    }

    private String afterChange(Change change) {
        change.action.accept(b.cache());
        return "old";
    }

    @Test
    void whatOneLoadsOrPutsTheOthersFind() {
        AtomicInteger loads = new AtomicInteger();

        a.cache().get("loaded", key -> "v" + loads.incrementAndGet());
        a.cache().put("put", "w");

        assertThat(b.cache().get("loaded", key -> "v" + loads.incrementAndGet()))
                .contains("v1");
        assertThat(b.cache().get("put")).contains("w");
        assertThat(b.cache().stats().remoteHits()).isEqualTo(2);
        assertThat(b.cache().stats().loads()).isZero();
        b.cache().get("put");
        assertThat(b.cache().stats().remoteHits()).as("it is here now").isEqualTo(2);
    }

    @Test
    void aChangeReachesTheOthersLocalTiers() {
        a.cache().put("k", "1");
        server.channels.deliverAll();
        assertThat(b.cache().get("k")).contains("1");

        a.cache().put("k", "2");
        assertThat(b.cache().get("k")).as("the message isn't there yet").contains("1");
        server.channels.deliverAll();

        assertThat(b.cache().get("k")).contains("2");
    }

    @Test
    void aPutDoesNotHideALaterOneWhoseMessageCameFirst() {
        a.store().afterNext(() -> {
            b.cache().put("k", "later");
            server.channels.deliverAll();
        });

        a.cache().put("k", "earlier");

        server.channels.deliverAll();
        assertThat(a.cache().get("k")).contains("later");
        assertThat(b.cache().get("k")).contains("later");
    }

    @Test
    void aReadWithoutALoaderDoesNotHideALaterPutEither() {
        b.cache().put("k", "earlier");
        server.channels.deliverAll();
        a.store().afterNext(() -> {
            b.cache().put("k", "later");
            server.channels.deliverAll();
        });

        assertThat(a.cache().get("k")).contains("earlier");

        assertThat(a.cache().get("k")).contains("later");
    }

    @Test
    void aReadDoesNotHideALaterPutWhoseMessageCameFirst() {
        b.cache().put("k", "earlier");
        server.channels.deliverAll();
        a.store().afterNext(() -> {
            b.cache().put("k", "later");
            server.channels.deliverAll();
        });

        assertThat(a.cache().get("k", key -> "unused")).contains("earlier");

        assertThat(a.cache().get("k")).contains("later");
    }

    @Test
    void aLostMessageIsMissedAtTheNextHeartbeat() {
        a.cache().put("k", "1");
        server.channels.deliverAll();
        b.cache().get("k");

        a.cache().put("k", "2");
        b.channel().drop();
        assertThat(b.cache().get("k")).contains("1");
        server.pass(SharedServer.BOUND.dividedBy(2));

        assertThat(b.cache().get("k")).contains("2");
    }

    @Test
    void aLostMessageOfAnInstanceWithoutALocalTierIsMissedToo() {
        Instance remote =
                server.instance(CachePolicy.builder().tier(Tier.REMOTE).valueType(String.class));
        a.cache().put("k", "old");
        server.channels.deliverAll();
        assertThat(b.cache().get("k")).contains("old");

        remote.cache().put("k", "new");
        b.channel().drop();
        server.pass(SharedServer.BOUND);

        assertThat(b.cache().get("k")).contains("new");
    }

    @Test
    void anInstanceWithoutALocalTierIsNotTakenForDead() {
        Instance remote =
                server.instance(CachePolicy.builder().tier(Tier.REMOTE).valueType(String.class));
        remote.cache().put("k", "1");
        server.pass(SharedServer.BOUND);
        long misses = misses(b);

        server.pass(SharedServer.BOUND.multipliedBy(3));
        remote.cache().put("k", "2");
        server.channels.deliverAll();

        assertThat(misses(b)).isEqualTo(misses);
        assertThat(b.cache().get("k")).contains("2");
    }

    private static long misses(Instance of) {
        return of.client().sharedTier().orElseThrow().news().orElseThrow().misses();
    }

    @Test
    void anInstanceThatFallsSilentAfterALostMessageIsNoticed() {
        server.pass(SharedServer.BOUND);
        a.cache().put("k", "1");
        server.channels.deliverAll();
        b.cache().get("k");
        a.cache().put("k", "2");
        b.channel().drop();

        for (int i = 0; i < 8; i++) {
            time.advance(SharedServer.BOUND.dividedBy(8));
            b.channel().deliverOwn();
        }

        assertThat(b.cache().get("k")).contains("2");
    }

    @Test
    void withoutAChannelEntriesAreUsedForTheBoundOnly() {
        a.cache().put("k", "1");
        server.pass(Duration.ofSeconds(60));
        assertThat(b.cache().get("k")).contains("1");
        b.channel().refuseToSend(true);
        b.store().asked.clear();

        server.pass(SharedServer.BOUND.minusMillis(1));
        assertThat(b.cache().get("k")).contains("1");
        assertThat(b.store().asked).isEmpty();
        server.pass(Duration.ofMillis(1));

        assertThat(b.client().sharedTier().orElseThrow().isDegraded()).isTrue();
        assertThat(b.cache().get("k")).contains("1");
        assertThat(b.store().asked).as("the store says so").containsExactly("get");
        assertThat(b.cache().get("k")).contains("1");
        assertThat(b.store().asked).as("for the bound again").hasSize(1);

        b.channel().refuseToSend(false);
        server.pass(SharedServer.BOUND);
        assertThat(b.client().sharedTier().orElseThrow().isDegraded()).isFalse();
        b.store().asked.clear();
        assertThat(b.cache().get("k")).contains("1");
        assertThat(b.store().asked)
                .as("what came in while nothing was trusted is dropped")
                .containsExactly("get");
    }

    @Test
    void readsGoOnWhileTheStoreIsAway() {
        a.store().setAway(true);
        AtomicInteger loads = new AtomicInteger();

        assertThat(a.cache().get("k", key -> "v" + loads.incrementAndGet())).contains("v1");
        assertThat(a.cache().get("k", key -> "v" + loads.incrementAndGet())).contains("v1");
        assertThat(a.cache().get("other")).isEmpty();
        assertThat(a.cache().getAll(List.of("k", "m"), keys -> Map.of("m", "M")))
                .containsExactly(Map.entry("k", "v1"), Map.entry("m", "M"));
        assertThat(a.cache().composeAsync("n", key -> CompletableFuture.completedFuture("N"), v -> EntryOptions.none()))
                .isCompletedWithValue(Optional.of("N"));
    }

    @Test
    void aStoreThatIsAwayIsLeftAloneForACoolDown() {
        a.store().setAway(true);
        IntStream.range(0, StoreCircuit.FAILURES).forEach(i -> a.cache().get("k" + i, key -> "v"));
        assertThat(a.client().sharedTier().orElseThrow().storeAvailable()).isFalse();
        a.store().asked.clear();

        IntStream.range(0, 10).forEach(i -> a.cache().get("l" + i, key -> "v"));
        assertThat(a.store().asked).isEmpty();
        a.store().setAway(false);
        time.advance(SharedTier.DEFAULT_COOL_DOWN);
        a.cache().get("m", key -> "v");

        assertThat(a.store().asked).containsExactly("get", "publish");
        assertThat(a.client().sharedTier().orElseThrow().storeAvailable()).isTrue();
    }

    @Test
    void aChangeThatTheStoreHasNotConfirmedWaitsForIt() {
        a.cache().put("k", "old");
        server.channels.deliverAll();
        b.cache().get("k");
        a.store().setAway(true);

        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().invalidate("k"))
                .withMessageContaining("'books'")
                .withMessageContaining("hasn't confirmed");
        assertThat(a.cache().stats().pendingChanges()).isEqualTo(1);
        assertThat(a.client().sharedTier().orElseThrow().isDegraded()).isTrue();
        a.store().setAway(false);
        a.store().asked.clear();
        assertThat(a.cache().get("k", key -> "new"))
                .as("the store is still wrong")
                .contains("new");
        assertThat(a.store().asked).isEmpty();
        server.pass(Duration.ofSeconds(1));

        assertThat(a.cache().stats().pendingChanges()).isZero();
        assertThat(a.client().sharedTier().orElseThrow().isDegraded()).isFalse();
        assertThat(b.cache().get("k", key -> "fresh")).contains("fresh");
    }

    @Test
    void anUnconfirmedChangeIsRetriedUntilTheStoreIsBack() {
        a.cache().put("k", "old");
        a.store().setAway(true);
        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().put("k", "new"));
        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().invalidateTags(Set.of("t")));

        server.pass(Duration.ofMinutes(1));
        assertThat(a.cache().stats().pendingChanges()).as("a key and a tag").isEqualTo(2);
        assertThat(b.cache().get("k")).contains("old");
        a.store().setAway(false);
        server.pass(Duration.ofSeconds(10));

        assertThat(a.cache().stats().pendingChanges()).isZero();
        assertThat(b.cache().get("k")).isEmpty();
    }

    @Test
    void aConfirmedPutIsNotUndoneForAnEarlierOneThatWasNot() {
        unconfirmed(a, () -> a.cache().put("k", "first"));

        a.cache().put("k", "second");
        assertThat(a.cache().stats().pendingChanges()).isZero();
        server.pass(Duration.ofSeconds(1));

        assertThat(b.cache().get("k")).contains("second");
        unconfirmed(a, () -> a.cache().invalidate("k"));
        server.pass(Duration.ofSeconds(1));
        assertThat(b.cache().get("k")).as("changes are still made up for").isEmpty();
    }

    @Test
    void aPutThatWasSentBeforeAnUnconfirmedChangeMakesUpForNothing() {
        a.store().afterNext(() -> unconfirmed(a, () -> a.cache().invalidate("k")));

        a.cache().put("k", "before");
        assertThat(a.cache().stats().pendingChanges()).isOne();
        server.pass(Duration.ofSeconds(1));

        assertThat(b.cache().get("k")).isEmpty();
    }

    @Test
    void aPutIfAbsentThatFindsSomethingMakesUpForNothing() {
        a.cache().put("k", "old");
        unconfirmed(a, () -> a.cache().put("k", "new"));

        assertThat(a.cache().putIfAbsent("k", "newer")).contains("old");
        assertThat(a.cache().stats().pendingChanges()).isOne();
        server.pass(Duration.ofSeconds(1));

        assertThat(b.cache().get("k")).isEmpty();
        unconfirmed(a, () -> a.cache().put("k", "new"));
        assertThat(a.cache().putIfAbsent("k", "newer")).isEmpty();
        assertThat(a.cache().stats().pendingChanges()).isZero();
    }

    @Test
    void aWrittenValueMakesUpForNoChangeThatCameAfterItsTicket() {
        List<Runnable> afterwards = new ArrayList<>();
        CacheWriter<String, String> writer = new CacheWriter<>() {
            @Override
            public void write(String key, String value) {
                afterwards.forEach(Runnable::run);
            }

            @Override
            public void delete(String key) {}
        };
        Instance c = server.instance(policy().writeThrough(writer));
        afterwards.add(() -> unconfirmed(c, () -> c.cache().invalidate("k")));

        c.cache().put("k", "before");
        assertThat(c.cache().stats().pendingChanges()).isOne();
        server.pass(Duration.ofSeconds(1));

        assertThat(b.cache().get("k")).isEmpty();
    }

    private static void unconfirmed(Instance by, Runnable change) {
        by.store().setAway(true);
        assertThatExceptionOfType(CacheStoreUnavailableException.class).isThrownBy(change::run);
        by.store().setAway(false);
    }

    @Test
    void tooManyUnconfirmedChangesConcernTheWholeCache() {
        a.cache().put("innocent", "v");
        a.store().setAway(true);
        List<String> many =
                IntStream.rangeClosed(0, 10_000).mapToObj(i -> "k" + i).toList();

        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().invalidateAll(many));

        assertThat(a.cache().stats().pendingChanges()).isEqualTo(1);
        a.store().setAway(false);
        server.pass(Duration.ofSeconds(1));
        assertThat(a.cache().stats().pendingChanges()).isZero();
        assertThat(b.cache().get("innocent")).isEmpty();
    }

    @Test
    void whatCannotBeReadIsCountedAndLoadedAgain() {
        CachePolicyBuilder numbers = CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(Integer.class);
        HamsterCache<String, Integer> cache = a.client().cache("numbers", numbers.build());
        Instance other = server.instance(policy());
        HamsterCache<String, String> foreign = other.client().cache("numbers", policy().build());
        foreign.put("k", "no number");

        assertThat(cache.get("k", key -> 7)).contains(7);

        assertThat(cache.stats().undecodable()).isEqualTo(1);
        assertThat(foreign.invalidate("k")).isTrue();
        assertThat(cache.putIfAbsent("l", 1)).isEmpty();
        foreign.put("m", "no number");
        assertThat(cache.putIfAbsent("m", 2)).as("it is no value").isEmpty();
        assertThat(cache.get("m")).contains(2);
    }

    @Test
    void aPutIfAbsentThatFindsSomethingElseUnreadableAllTheTimeEnds() {
        CachePolicyBuilder numbers = CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(Integer.class);
        HamsterCache<String, Integer> mine = a.client().cache("numbers", numbers.build());
        AtomicInteger puts = new AtomicInteger();
        a.cache().put("k", "no number");
        Runnable another = new Runnable() {
            @Override
            public void run() {
                b.cache().put("k", "no number " + puts.incrementAndGet());
                a.store().afterNext(this);
            }
        };
        a.store().afterNext(another);

        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> mine.putIfAbsent("k", 1))
                .withMessageContaining("put nothing")
                .withMessageContaining("can't read");

        assertThat(puts.get()).isBetween(2, 100);
    }

    @Test
    void oneOfTwoWhoPutInPlaceOfWhatCannotBeReadIsToldSo() {
        CachePolicyBuilder numbers = CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(Integer.class);
        HamsterCache<String, Integer> mine = a.client().cache("numbers", numbers.build());
        HamsterCache<String, Integer> others = b.client().cache("numbers", numbers.build());
        a.cache().put("k", "no number");
        List<Optional<Integer>> answers = new ArrayList<>();
        a.store().afterNext(() -> answers.add(others.putIfAbsent("k", 2)));

        answers.add(mine.putIfAbsent("k", 1));

        assertThat(answers).containsExactly(Optional.empty(), Optional.of(2));
        server.channels.deliverAll();
        assertThat(mine.get("k")).contains(2);
    }

    @Test
    void aLoadInATransactionReadsTheTierAndPublishesNothing() {
        AtomicBoolean transaction = new AtomicBoolean(true);
        Instance c = server.instance(
                policy(), CacheClient.builder().executor(Runnable::run).inTransaction(transaction::get));
        a.cache().put("k", "shared");

        assertThat(c.cache().get("k", key -> "mine")).contains("shared");
        assertThat(c.cache().get("l", key -> "uncommitted")).contains("uncommitted");
        assertThat(c.cache().getAll(List.of("k", "m"), keys -> Map.of("m", "uncommitted")))
                .containsExactly(Map.entry("k", "shared"), Map.entry("m", "uncommitted"));

        assertThat(a.cache().get("l")).isEmpty();
        transaction.set(false);
        assertThat(c.cache().get("l")).isEmpty();
        assertThat(c.cache().get("m")).isEmpty();
    }

    @Test
    void anExpiredValueOfTheStoreIsServedWhenItsLoadFails() {
        CachePolicyBuilder lenient = policy().defaultTtl(Duration.ofMinutes(1)).staleOnError(Duration.ofMinutes(10));
        Instance c = server.instance(lenient);
        Instance d = server.instance(lenient);
        c.cache().put("k", "old");
        c.cache().put("dropped", "old");
        server.pass(Duration.ofMinutes(2));
        c.cache().invalidate("dropped");

        assertThat(d.cache().get("k", SharedInstancesTests::fail)).contains("old");
        assertThat(d.cache().stats().staleServed()).isEqualTo(1);
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> d.cache().get("dropped", SharedInstancesTests::fail));
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void anExpiredValueOfTheStoreIsServedAtTheSoftTimeout(Tier tier) {
        CachePolicyBuilder lenient = CachePolicy.builder()
                .tier(tier)
                .valueType(String.class)
                .defaultTtl(Duration.ofMinutes(1))
                .staleOnError(Duration.ofMinutes(10))
                .softTimeout(Duration.ofMillis(100));
        Instance c = server.instance(lenient);
        Instance d = server.instance(lenient);
        c.cache().put("k", "old");
        server.pass(Duration.ofMinutes(2));
        CompletableFuture<String> source = new CompletableFuture<>();

        CompletableFuture<Optional<String>> answer =
                d.cache().composeAsync("k", key -> source, value -> EntryOptions.none());
        assertThat(answer).isNotDone();
        time.advance(Duration.ofMillis(100));

        assertThat(answer).isCompletedWithValue(Optional.of("old"));
        source.complete("new");
        assertThat(c.cache().get("k")).contains("new");
    }

    @Test
    void atTheSoftTimeoutNothingIsServedThatTheStoreMayHaveDroppedMeanwhile() {
        CachePolicyBuilder lenient = CachePolicy.builder()
                .tier(Tier.REMOTE)
                .valueType(String.class)
                .defaultTtl(Duration.ofMinutes(1))
                .staleOnError(Duration.ofMinutes(10))
                .softTimeout(Duration.ofMillis(100));
        Instance c = server.instance(lenient);
        Instance d = server.instance(lenient);
        c.cache().put("k", "old");
        server.pass(Duration.ofMinutes(2));
        assertThat(d.cache().get("k", SharedInstancesTests::fail)).contains("old");
        c.cache().invalidate("k");
        time.advance(Duration.ofMillis(1));
        Runnable release = d.store().holdAnswers();

        CompletableFuture<Optional<String>> answer = d.cache()
                .composeAsync("k", key -> CompletableFuture.completedFuture("new"), value -> EntryOptions.none());
        time.advance(Duration.ofMillis(100));
        assertThat(answer).as("the message isn't there, and the store is slow").isNotDone();
        release.run();

        assertThat(answer).isCompletedWithValue(Optional.of("new"));
    }

    @ParameterizedTest
    @EnumSource
    void aLoadThatFindsNothingDropsWhatHadExpired(LoadScope scope) {
        Instance c = server.instance(lenient(scope));
        Instance d = server.instance(lenient(scope));
        c.cache().put("k", "old");
        server.pass(Duration.ofMinutes(2));

        assertThat(c.cache().get("k", key -> null)).isEmpty();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> d.cache().get("k", SharedInstancesTests::fail));
        assertThat(d.cache().get("k", key -> "new")).contains("new");
    }

    @ParameterizedTest
    @EnumSource
    void aLoadThatFindsNothingDropsNoLaterPut(LoadScope scope) {
        Instance c = server.instance(lenient(scope));
        Instance d = server.instance(lenient(scope));
        c.cache().put("k", "old");
        server.pass(Duration.ofMinutes(2));

        assertThat(c.cache().get("k", key -> {
                    d.cache().put("k", "later");
                    return null;
                }))
                .isEmpty();

        server.channels.deliverAll();
        assertThat(c.cache().get("k")).contains("later");
    }

    @Test
    void aLoadThatFindsNothingKeepsNobodyWaitingWhileAChangeIsPending() {
        Instance c = server.instance(lenient(LoadScope.CLUSTER));
        Instance d = server.instance(lenient(LoadScope.CLUSTER));
        c.cache().put("k", "old");
        server.pass(Duration.ofMinutes(2));

        c.cache().get("k", key -> {
            c.store().setAway(true);
            assertThatExceptionOfType(CacheStoreUnavailableException.class)
                    .isThrownBy(() -> c.cache().invalidate("k"));
            c.store().setAway(false);
            return null;
        });

        assertThat(d.cache()
                        .composeAsync(
                                "k", key -> CompletableFuture.completedFuture("new"), value -> EntryOptions.none()))
                .isCompletedWithValue(Optional.of("new"));
    }

    private static CachePolicyBuilder lenient(LoadScope scope) {
        return policy().loadScope(scope).defaultTtl(Duration.ofMinutes(1)).staleOnError(Duration.ofMinutes(10));
    }

    @Test
    void whatIsFoundBesideALongBulkLoadLivesNoLongerThanInTheStore() {
        Instance c = server.instance(policy().defaultTtl(Duration.ofMinutes(1)).staleOnError(Duration.ofMinutes(3)));
        a.cache().put("k", "old", EntryOptions.ttl(Duration.ofMinutes(1)));
        server.channels.deliverAll();

        c.cache().getAll(List.of("k", "l"), keys -> {
            server.pass(Duration.ofMinutes(2));
            return Map.of("l", "L");
        });

        assertThat(c.cache().get("k")).isEmpty();
        assertThat(c.cache().get("k", SharedInstancesTests::fail))
                .as("still kept")
                .contains("old");
        server.pass(Duration.ofSeconds(90));
        assertThatExceptionOfType(IllegalStateException.class)
                .as("too old by now")
                .isThrownBy(() -> c.cache().get("k", SharedInstancesTests::fail));
    }

    @Test
    void whatTakesLongToLoadIsPublishedAllTheSame() {
        CompletableFuture<String> source = new CompletableFuture<>();
        a.cache().composeAsync("k", key -> source, value -> EntryOptions.none());

        server.pass(Duration.ofMinutes(5));
        source.complete("v");

        assertThat(a.cache().get("k")).contains("v");
        assertThat(b.cache().get("k")).contains("v");
        a.store().asked.clear();
        server.pass(Duration.ofMinutes(5));
        assertThat(a.store().asked).as("nothing is renewed any more").isEmpty();
    }

    @Test
    void reclaimsWhatAnotherClearedThoughThreadsHaveRunOut() {
        AtomicBoolean isExhausted = new AtomicBoolean();
        Instance c = server.instance(policy().eviction(Eviction.LRU), work -> {
            if (isExhausted.get()) {
                throw new Error("unable to create native thread");
            }
            work.run();
        });
        c.cache().put("k", "v");
        server.channels.deliverAll();

        isExhausted.set(true);
        a.cache().clear();
        server.channels.deliverAll();

        assertThat(c.cache().stats().memory()).isZero();
        assertThat(c.cache().stats().size()).isZero();
        isExhausted.set(false);
    }

    @Test
    void anExecutorThatRefusesHasNobodyWaitForALoadThatHasEnded() {
        AtomicBoolean refuses = new AtomicBoolean();
        Instance c = server.instance(policy(), work -> {
            if (refuses.get()) {
                throw new RejectedExecutionException("full");
            }
            work.run();
        });
        CompletableFuture<String> source = new CompletableFuture<>();
        CompletableFuture<Optional<String>> answer =
                c.cache().composeAsync("k", key -> source, value -> EntryOptions.none());

        refuses.set(true);
        source.complete("v");

        assertThat(answer).isCompletedWithValue(Optional.of("v"));
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void withoutAChannelNobodyJoinsALoadThatIsOlderThanTheBound(Tier tier) {
        Instance c = server.instance(CachePolicy.builder().tier(tier).valueType(String.class));
        CompletableFuture<String> old = new CompletableFuture<>();
        c.cache().composeAsync("k", key -> old, value -> EntryOptions.none());
        c.channel().refuseToSend(true);

        server.pass(SharedServer.BOUND.minusMillis(1));
        CompletableFuture<Optional<String>> joined =
                c.cache().composeAsync("k", key -> CompletableFuture.completedFuture("new"), v -> EntryOptions.none());
        server.pass(Duration.ofMillis(1));
        CompletableFuture<Optional<String>> later =
                c.cache().composeAsync("k", key -> CompletableFuture.completedFuture("new"), v -> EntryOptions.none());

        assertThat(joined).isNotDone();
        assertThat(later).isCompletedWithValue(Optional.of("new"));
        old.complete("old");
        assertThat(joined).isCompletedWithValue(Optional.of("old"));
        assertThat(c.cache().get("k")).contains("new");
    }

    @Test
    void twoLevelsNeedAChannel() {
        CacheClient client = CacheClient.builder()
                .shared(SharedTier.of((cache, version, ttl) -> a.store(), new TextCodec()))
                .build();

        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> client.cache("books", policy().build()))
                .withMessageContaining("'books'")
                .withMessageContaining("withChannel");

        client.close();
    }

    private static String fail(String key) {
        throw new IllegalStateException("down");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void writesOfTwoInstancesEndWithWhatTheSourceHas(boolean othersFirst) {
        List<String> source = new ArrayList<>();
        List<Runnable> others = new ArrayList<>();
        CacheWriter<String, String> writer = new CacheWriter<>() {
            @Override
            public void write(String key, String value) {
                List<Runnable> now = List.copyOf(others);
                others.clear();
                if (othersFirst) {
                    now.forEach(Runnable::run);
                }
                source.add(value);
                if (!othersFirst) {
                    now.forEach(Runnable::run);
                }
            }

            @Override
            public void delete(String key) {
                source.clear();
            }
        };
        Instance c = server.instance(policy().writeThrough(writer));
        Instance d = server.instance(policy().writeThrough(writer));
        others.add(() -> d.cache().put("k", "theirs"));

        c.cache().put("k", "mine");

        String last = source.get(1);
        assertThat(last).isEqualTo(othersFirst ? "mine" : "theirs");
        server.channels.deliverAll();
        assertThat(c.cache().get("k", key -> last)).contains(last);
        assertThat(d.cache().get("k", key -> last)).contains(last);
    }

    @Test
    void aBatchThatWasWrittenInPartLeavesNoOldValueAnywhere() {
        List<String> source = new ArrayList<>();
        CacheWriter<String, String> writer = new CacheWriter<>() {
            @Override
            public void write(String key, String value) {
                if (source.size() == 3) {
                    throw new IllegalStateException("down");
                }
                source.add(value);
            }

            @Override
            public void delete(String key) {
                source.clear();
            }
        };
        Instance c = server.instance(policy().writeThrough(writer));
        Instance d = server.instance(policy().writeThrough(writer));
        c.cache().putAll(Map.of("k", "old", "l", "old"));
        server.channels.deliverAll();
        assertThat(d.cache().get("k")).contains("old");

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> c.cache().putAll(Map.of("k", "new", "l", "new")));
        server.channels.deliverAll();

        assertThat(source).containsExactly("old", "old", "new");
        for (Instance each : List.of(c, d)) {
            assertThat(each.cache().get("k", key -> "loaded")).contains("loaded");
            assertThat(each.cache().get("l", key -> "loaded")).contains("loaded");
        }
    }

    @Test
    void aTicketIsRefusedAfterAnothersChange() {
        CacheTicket<String, String> ticket = a.cache().ticket("k");
        CacheTicket<String, String> next = a.cache().ticket("l");
        b.cache().put("k", "theirs");

        assertThat(ticket.publish("k", Optional.of("mine"), EntryOptions.none()))
                .isFalse();
        assertThat(ticket.put("k", Optional.of("mine"), EntryOptions.none())).isFalse();
        assertThat(next.put("l", Optional.of("L"), EntryOptions.none())).isTrue();

        assertThat(a.cache().get("k")).contains("theirs");
        assertThat(b.cache().get("l")).contains("L");
    }

    @Test
    void aTicketForNoKeyOnlyInvalidates() {
        a.cache().put("k", "v");
        CacheTicket<String, String> ticket = a.cache().ticket();

        assertThat(ticket.publish("k", Optional.of("w"), EntryOptions.none())).isFalse();
        assertThat(b.cache().get("k")).contains("v");
        assertThat(ticket.put("k", Optional.of("w"), EntryOptions.none())).isFalse();

        server.channels.deliverAll();
        assertThat(a.cache().get("k")).isEmpty();
        assertThat(b.cache().get("k")).isEmpty();
    }

    @Test
    void aShortLocalTtlHasTheStoreAskedAgain() {
        Instance c = server.instance(policy().localTtl(Duration.ofSeconds(10)));
        c.cache().put("k", "v");
        c.store().asked.clear();

        server.pass(Duration.ofSeconds(9));
        c.cache().get("k");
        assertThat(c.store().asked).isEmpty();
        server.pass(Duration.ofSeconds(1));
        assertThat(c.cache().get("k")).contains("v");

        assertThat(c.store().asked).containsExactly("get");
    }

    @Test
    void versionsAreKeptApart() {
        Instance c = server.instance(policy().version("2"));
        a.cache().put("k", "v");

        assertThat(c.cache().get("k")).isEmpty();
    }

    @Test
    void tellsTheAgeOfWhatAnotherHasPut() {
        server.store()
                .put(
                        "k",
                        new StoredEntry(
                                Optional.of("v".getBytes(StandardCharsets.UTF_8)),
                                Duration.ofSeconds(3),
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(1),
                                Set.of()));

        assertThat(a.cache().entry("k")).hasValueSatisfying(entry -> {
            assertThat(entry.createdAt()).isEqualTo(time.instant().minusSeconds(3));
            assertThat(entry.expiresAt()).isEqualTo(time.instant().plusSeconds(60));
        });
    }
}
