package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.hamster.CodecException;
import io.hamster.cache.SharedServer.Instance;
import io.hamster.cache.bloom.BloomFilterConfig;
import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackPolicyBuilder;
import io.hamster.cache.writeback.WriteBackStats;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.testing.ManualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

/** Instances that write back over one journal, one store and a channel whose messages come when the test says so. */
class SharedWriteBackTests {

    private final ManualTime time = new ManualTime();
    private final SharedServer server = new SharedServer(time);
    private final MemorySharedJournal journal = new MemorySharedJournal();
    private final RecordingSource source = new RecordingSource();

    private CachePolicyBuilder policy(Tier tier) {
        return CachePolicy.builder()
                .tier(tier)
                .valueType(String.class)
                .loader(source.values::get)
                .writeBack(source, back().build());
    }

    private static WriteBackPolicyBuilder back() {
        return WriteBackPolicy.builder()
                .durability(Durability.REDIS)
                .types(String.class, String.class)
                .fullTimeout(Duration.ZERO);
    }

    private record Node(Instance instance, MemorySharedJournal.View journal) {

        HamsterCache<String, String> cache() {
            return instance.cache();
        }
    }

    private Node node(CachePolicyBuilder policy) {
        return node(policy, new AtomicBoolean());
    }

    private Node node(CachePolicyBuilder policy, AtomicBoolean inTransaction) {
        MemorySharedJournal.View view = journal.new View();
        return new Node(
                server.instance(
                        policy,
                        CacheClient.builder()
                                .executor(Runnable::run)
                                .inTransaction(inTransaction::get)
                                .sharedJournals(cache -> view)),
                view);
    }

    private Node node(Tier tier) {
        return node(policy(tier));
    }

    @AfterEach
    void close() {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "LOCAL")
    void aPutIsReadEverywhereBeforeTheSourceHasIt(Tier tier) {
        source.values.put("k", "old");
        Node a = node(tier);
        Node b = node(tier);
        assertThat(a.cache().get("k")).contains("old");
        assertThat(b.cache().get("k")).contains("old");

        a.cache().put("k", "new");
        server.channels.deliverAll();

        assertThat(a.cache().get("k")).contains("new");
        assertThat(b.cache().get("k")).contains("new");
        assertThat(b.cache().getAsync("k", source.values::get).join()).contains("new");
        assertThat(b.cache().getAll(List.of("k"), keys -> Map.of("k", "old"))).containsEntry("k", "new");
        assertThat(b.cache().dirty()).containsExactly("k");
        assertThat(b.cache().entry("k"))
                .hasValueSatisfying(entry -> assertThat(entry.dirty()).isTrue());
        assertThat(source.values).containsEntry("k", "old");

        b.cache().flush();
        server.channels.deliverAll();

        assertThat(source.values).containsEntry("k", "new");
        assertThat(a.cache().dirty()).isEmpty();
        assertThat(a.cache().get("k")).contains("new");
        assertThat(b.cache().get("k")).contains("new");
    }

    @Test
    void anErrorOfTheWeigherLeavesNothingOldAnywhere() {
        Weigher<String, String> weigher = (key, value) -> {
            if (value.equals("odd")) {
                throw new NoClassDefFoundError("com/acme/Gone");
            }
            return 1;
        };
        source.values.putAll(Map.of("k", "old", "l", "old"));
        Node a = node(policy(Tier.TWO_LEVEL).weigher(weigher));
        Node b = node(Tier.TWO_LEVEL);
        List.of("k", "l").forEach(key -> {
            assertThat(a.cache().get(key)).contains("old");
            assertThat(b.cache().get(key)).contains("old");
        });
        Map<String, String> values = new LinkedHashMap<>();
        values.put("k", "odd");
        values.put("l", "new");

        assertThatExceptionOfType(NoClassDefFoundError.class)
                .isThrownBy(() -> a.cache().putAll(values));
        server.channels.deliverAll();

        assertThat(a.cache().get("l")).contains("new");
        assertThat(b.cache().get("k")).contains("odd");
        assertThat(b.cache().get("l")).contains("new");
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "LOCAL")
    void aDeletionIsReadAsAbsence(Tier tier) {
        source.values.put("k", "old");
        Node a = node(tier);
        Node b = node(tier);
        assertThat(b.cache().get("k")).contains("old");

        assertThat(a.cache().loadAndDelete("k")).contains("old");
        server.channels.deliverAll();

        assertThat(a.cache().get("k")).isEmpty();
        assertThat(b.cache().get("k")).isEmpty();
        assertThat(b.cache().entry("k"))
                .hasValueSatisfying(entry -> assertThat(entry.value()).isEmpty());
        assertThat(b.cache().getAll(List.of("k"), keys -> Map.of("k", "old"))).isEmpty();
        assertThat(b.cache().putIfAbsent("k", "again")).isEmpty();
        assertThat(a.cache().putIfAbsent("k", "more")).contains("again");
        assertThat(a.cache().invalidate("k")).isTrue();
        b.cache().flush();
        assertThat(source.values).isEmpty();
    }

    @Test
    void inTransactionsTheJournalIsAskedToo() {
        AtomicBoolean inTransaction = new AtomicBoolean();
        source.values.putAll(Map.of("k", "old", "gone", "old"));
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(policy(Tier.TWO_LEVEL), inTransaction);
        a.cache().put("k", "new");
        a.cache().loadAndDelete("gone");

        inTransaction.set(true);

        assertThat(b.cache().get("k", source.values::get)).contains("new");
        assertThat(b.cache().get("gone", source.values::get)).isEmpty();
        assertThat(b.cache().getAll(List.of("k", "gone"), keys -> new HashMap<>(source.values)))
                .isEqualTo(Map.of("k", "new"));
        assertThat(compose(b, "gone").join()).isEmpty();
        assertThat(compose(b, "k").join()).contains("new");
        inTransaction.set(false);
        assertThat(compose(b, "k").join()).contains("new");
    }

    private CompletableFuture<Optional<String>> compose(Node node, String key) {
        return node.cache()
                .composeAsync(
                        key,
                        same -> CompletableFuture.completedFuture(source.values.get(same)),
                        value -> EntryOptions.none());
    }

    @Test
    void aLoadThatAskedTheJournalBeforeAPutPublishesNothing() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.TWO_LEVEL);
        source.values.put("k", "old");

        // Between the journal's answer and the ticket: so the ticket is newer than what the put has ended.
        b.journal().afterNext(() -> a.cache().put("k", "new"));
        assertThat(b.cache().get("k")).contains("new");

        a.cache().flush();
        server.channels.deliverAll();
        source.values.put("k", "as flushed");
        assertThat(a.cache().get("k")).contains("as flushed");
    }

    @Test
    void aLoadUnderWayDuringAPutAndItsFlushIsKeptNowhere() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.TWO_LEVEL);

        assertThat(b.cache().get("k", key -> {
                    a.cache().put("k", "new");
                    a.cache().flush();
                    server.channels.deliverAll();
                    return "old";
                }))
                .contains("old");

        assertThat(b.cache().get("k")).contains("new");
        assertThat(a.cache().get("k")).contains("new");
    }

    @Test
    void theStoreIsAskedAfterTheJournal() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.REMOTE);
        publishBeside("k", "old");
        a.instance().store().setAway(true);
        a.cache().put("k", "new");
        a.instance().store().setAway(false);

        // The store has an older value still: while the key is dirty, that isn't read.
        assertThat(b.cache().get("k")).contains("new");
        b.journal().afterNext(b.cache()::flush);
        assertThat(b.cache().get("k")).contains("new");
        assertThat(b.cache().get("k")).contains("new");
    }

    private void publishBeside(String key, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        server.store()
                .put(
                        key,
                        new StoredEntry(
                                Optional.of(bytes), Duration.ZERO, Duration.ofHours(1), Duration.ofHours(1), Set.of()))
                .toCompletableFuture()
                .join();
    }

    @Test
    void aPutIsTakenAlthoughTheStoreIsAway() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.TWO_LEVEL);
        source.values.put("k", "old");
        assertThat(b.cache().get("k")).contains("old");
        a.instance().store().setAway(true);

        assertThatNoException().isThrownBy(() -> a.cache().put("k", "new"));
        server.channels.deliverAll();

        assertThat(a.cache().get("k")).contains("new");
        assertThat(b.cache().get("k")).contains("new");
        assertThat(a.cache().stats().pendingChanges()).isEqualTo(1);
        assertThatExceptionOfType(CacheStoreUnavailableException.class).isThrownBy(a.cache()::flush);
        assertThat(b.cache().dirty()).containsExactly("k");

        a.instance().store().setAway(false);
        server.pass(Duration.ofSeconds(20));
        assertThat(a.cache().stats().pendingChanges()).isZero();
        assertThat(a.cache().dirty()).isEmpty();
        assertThat(b.cache().get("k")).contains("new");
    }

    @Test
    void whatAnInstanceThatDiedCouldNotTellIsToldByWhoFlushes() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.TWO_LEVEL);
        Node c = node(Tier.TWO_LEVEL);
        source.values.put("k", "old");
        assertThat(b.cache().get("k")).contains("old");
        assertThat(c.cache().get("k")).contains("old");

        // As if it had been killed once its write was journalled.
        a.journal()
                .append(
                        List.of(new Change(
                                "k".getBytes(StandardCharsets.UTF_8),
                                Optional.of("new".getBytes(StandardCharsets.UTF_8)))),
                        100);
        b.cache().flush();
        server.channels.deliverAll();

        assertThat(b.cache().get("k")).contains("new");
        assertThat(c.cache().get("k")).contains("new");
    }

    @Test
    void withoutTheJournalNothingIsTakenAndNothingOlderIsRead() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(policy(Tier.REMOTE).staleOnError(Duration.ofHours(2)));
        source.values.putAll(Map.of("k", "old", "l", "L"));
        assertThat(a.cache().get("l")).contains("L");
        assertThat(b.cache().get("k")).contains("old");
        a.journal().setAway(true);
        b.journal().setAway(true);

        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> a.cache().put("k", "new"))
                .withMessageContaining("'books'");
        assertThat(a.cache().get("l")).as("what is here").contains("L");
        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().get("k"))
                .withMessageContaining("'books'")
                .withMessageContaining("journal");
        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> b.cache().get("k"));
        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> b.cache().entry("k"));
        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().getAll(List.of("k"), keys -> Map.of("k", "old")));
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> compose(a, "k").join())
                .withCauseInstanceOf(CacheStoreUnavailableException.class);

        a.journal().setAway(false);
        time.advance(Duration.ofSeconds(5));
        a.cache().put("k", "new");
        assertThat(a.cache().get("k")).contains("new");
    }

    @Test
    void aJournalThatIsAwayIsAskedOnlyNowAndThen() {
        Node a = node(Tier.TWO_LEVEL);
        WriteBackAdmin<String> admin = a.cache().writeBack().orElseThrow();
        a.cache().put("k", "acknowledged");
        a.journal().setAway(true);
        for (int i = 0; i < StoreCircuit.FAILURES; i++) {
            assertThatExceptionOfType(JournalException.class)
                    .isThrownBy(() -> a.cache().put("k", "new"));
        }
        int requests = a.journal().requests();

        List.<ThrowingCallable>of(
                        () -> a.cache().put("k", "new"),
                        () -> a.cache().dirty(),
                        () -> a.cache().flush(),
                        admin::deadLetters,
                        admin::stats)
                .forEach(call -> assertThatExceptionOfType(JournalException.class)
                        .isThrownBy(call)
                        .withMessageContaining("was not asked")
                        .withCauseInstanceOf(CacheStoreUnavailableException.class));
        assertThat(a.journal().requests()).isEqualTo(requests);

        a.journal().setAway(false);
        time.advance(SharedTier.DEFAULT_COOL_DOWN);
        assertThat(a.cache().get("k")).contains("acknowledged");
        a.cache().put("k", "newer");
        a.cache().flush();
        assertThat(source.values).containsEntry("k", "newer");
    }

    @Test
    void droppingDirtyEntriesDeletesThemAndDiscardingDoesNot() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.TWO_LEVEL);
        source.values.putAll(Map.of("a", "A", "b", "B", "c", "C"));
        a.cache().putAll(Map.of("a", "1", "b", "2", "c", "3"));
        assertThat(b.cache().get("c")).contains("3");

        assertThat(a.cache().writeBack().orElseThrow().discard("c")).isTrue();
        server.channels.deliverAll();
        assertThat(b.cache().get("c")).contains("C");
        b.cache().invalidateTags(Set.of("t"));
        assertThat(b.cache().get("a")).contains("1");
        b.cache().invalidateAll(List.of("a"));
        assertThat(a.cache().dirty()).containsExactlyInAnyOrder("a", "b");
        b.cache().clear();
        server.channels.deliverAll();
        assertThat(a.cache().get("a")).isEmpty();
        assertThat(a.cache().get("b")).isEmpty();
        a.cache().flush();
        assertThat(source.values).isEqualTo(Map.of("c", "C"));
    }

    @Test
    void clearingWhatIsWrittenLeavesTheRestAndTheSource() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.TWO_LEVEL);
        a.cache().put("clean", "1");
        a.cache().flush();
        assertThat(b.cache().get("clean")).contains("1");
        a.cache().put("dirty", "2");
        source.values.put("clean", "newer");

        a.cache().writeBack().orElseThrow().clearWritten();
        server.channels.deliverAll();

        assertThat(b.cache().get("clean")).contains("newer");
        assertThat(b.cache().get("dirty")).contains("2");
        b.cache().flush();
        assertThat(source.values).isEqualTo(Map.of("clean", "newer", "dirty", "2"));
    }

    @Test
    void aRebuildOfTheBloomGuardsForgetsNothingThatIsNotWrittenBackYet() {
        BloomPolicy<String> bloom =
                BloomPolicy.of(new BloomFilterConfig(1000, 0.001), () -> source.values.keySet().stream());
        Node a = node(policy(Tier.TWO_LEVEL).bloom(bloom));
        Node b = node(policy(Tier.TWO_LEVEL).bloom(bloom));
        server.pass(SharedServer.BOUND);
        a.cache().put("new", "value");
        server.channels.deliverAll();
        List.of(a, b)
                .forEach(node ->
                        node.cache().bloomGuard().orElseThrow().rebuild().join());

        a.cache().flush();
        server.channels.deliverAll();

        assertThat(a.cache().get("other")).isEmpty();
        assertThat(a.cache().stats().rejections()).isEqualTo(1);
        assertThat(a.cache().get("new")).contains("value");
        assertThat(b.cache().get("new")).contains("value");
    }

    @Test
    void whatCannotBeReadHoldsUpNoOtherWrite() {
        Map<String, Object> written = new HashMap<>();
        WriteBackWriter<String, Integer> writer = batch -> {
            batch.forEach(entry -> written.put(entry.key(), entry.value().orElseThrow()));
            return Map.of();
        };
        WriteBackPolicy numbers = WriteBackPolicy.builder()
                .durability(Durability.REDIS)
                .types(String.class, Integer.class)
                .build();
        Node a = node(policy(Tier.REMOTE).valueType(Integer.class).writeBack(writer, numbers));
        // As a release did whose values were text.
        a.cache().put("other", "five");
        a.cache().put("k", "5");

        assertThatExceptionOfType(FlushException.class)
                .isThrownBy(() -> a.cache().flush())
                .withMessageContaining("this release can't read")
                .withCauseInstanceOf(CodecException.class);

        assertThat(written).isEqualTo(Map.of("k", 5));
        assertThat(a.cache().dirty()).containsExactly("other");
        assertThat(a.cache().writeBack().orElseThrow().stats().damaged()).isEqualTo(1);
        assertThat(a.cache().invalidate("other")).as("which needn't be read").isTrue();
    }

    @Test
    void aKeyThatCannotBeReadStandsInNobodysWay() {
        WriteBackWriter<Integer, String> writer = batch -> Map.of();
        WriteBackPolicy numbers = WriteBackPolicy.builder()
                .durability(Durability.REDIS)
                .types(Integer.class, String.class)
                .build();
        Node a = node(policy(Tier.REMOTE).writeBack(writer, numbers));
        // As a release did whose keys were text.
        a.cache().put("five", "V");
        a.cache().put("5", "v");
        Set<?> dirty = a.cache().dirty();
        assertThat(dirty).isEqualTo(Set.of(5));
        assertThat(a.cache().writeBack().orElseThrow().deadLetters()).isEmpty();

        a.cache().clear();

        assertThat(a.cache().entry("5"))
                .hasValueSatisfying(entry -> assertThat(entry.value()).isEmpty());
    }

    static List<CompletableFuture<Boolean>> failuresToPark() {
        return List.of(
                CompletableFuture.completedFuture(false),
                CompletableFuture.failedFuture(new JournalException("cut off", null)));
    }

    @ParameterizedTest
    @MethodSource("failuresToPark")
    void whatTheJournalDidNotParkIsTriedAgain(CompletableFuture<Boolean> parking) {
        Node a = node(policy(Tier.REMOTE).writeBack(source, back().maxRetries(0).build()));
        source.poison.add("poison");
        a.cache().put("poison", "P");
        a.cache().put("good", "G");
        a.journal().insteadOfParking(parking);

        assertThatException().isThrownBy(() -> a.cache().flush());
        assertThat(source.values).containsOnlyKeys("good");
        source.poison.clear();
        a.cache().flush();

        assertThat(source.values).containsEntry("poison", "P");
        assertThat(a.cache().dirty()).isEmpty();
    }

    /** The other instance may have written newer values by then. */
    @Test
    void nothingOfARefusedBatchIsTriedAloneOnceTheLeaseHasEnded() {
        Node b = node(Tier.REMOTE);
        WriteBackWriter<String, String> slow = batch -> {
            if (batch.size() > 1) {
                journal.endLease();
                b.cache().putAll(Map.of("k", "new", "l", "new"));
                b.cache().flush();
                throw new IOException("refused");
            }
            return source.write(batch);
        };
        Node a = node(policy(Tier.REMOTE).writeBack(slow, back().maxRetries(0).build()));
        a.cache().putAll(Map.of("k", "old", "l", "old"));
        a.cache().flush();

        assertThat(source.refusedAsOlder).isEmpty();
        assertThat(source.values).isEqualTo(Map.of("k", "new", "l", "new"));
        assertThat(a.cache().dirty()).isEmpty();
        assertThat(a.cache().writeBack().orElseThrow().stats().failures()).isZero();
    }

    /** What hasn't been tried isn't given up, and the flush of another turn takes it. */
    @Test
    void whatTheEndOfTheLeaseLeftUntriedIsWrittenByALaterFlush() {
        AtomicInteger calls = new AtomicInteger();
        WriteBackWriter<String, String> slow = batch -> {
            if (calls.incrementAndGet() == 2) {
                journal.takeLease("another");
            }
            return source.write(batch);
        };
        Node a = node(policy(Tier.REMOTE).writeBack(slow, back().maxRetries(0).build()));
        WriteBackAdmin<String> admin = a.cache().writeBack().orElseThrow();
        source.poison.add("a");
        List.of("a", "b", "c").forEach(key -> a.cache().put(key, "v"));

        time.advance(Duration.ofMinutes(5));
        assertThat(calls).hasValue(2);
        assertThat(source.values).isEmpty();
        assertThat(admin.stats().failures()).isEqualTo(1);
        assertThat(admin.deadLetters()).extracting(DeadLetter::key).containsExactly("a");

        journal.endLease();
        time.advance(Duration.ofMinutes(5));
        assertThat(source.values).isEqualTo(Map.of("b", "v", "c", "v"));
    }

    @Test
    void everyInstanceCountsTheDeadLettersOfAllWithoutReadingThem() {
        Node a = node(policy(Tier.REMOTE).writeBack(source, back().maxRetries(0).build()));
        Node b = node(policy(Tier.REMOTE).writeBack(source, back().maxRetries(0).build()));
        source.poison.add("poison");
        a.cache().put("poison", "P");
        a.cache().put("good", "G");
        assertThatException().isThrownBy(() -> a.cache().flush());
        a.cache().put("later", "L");

        for (Node node : List.of(a, b)) {
            int lists = node.journal().lists();
            WriteBackStats stats = node.cache().writeBack().orElseThrow().stats();
            assertThat(node.journal().lists()).isEqualTo(lists);
            assertThat(stats.dirty()).isEqualTo(2);
            assertThat(stats.dead()).isEqualTo(1);
        }
    }

    @Test
    void whatASourceThatIsAwayDidNotTakeIsADeadLetterMeanwhile() {
        Node a = node(policy(Tier.REMOTE).writeBack(source, back().maxRetries(0).build()));
        WriteBackAdmin<String> admin = a.cache().writeBack().orElseThrow();
        source.away = true;
        a.cache().put("k", "v");
        a.cache().put("l", "w");
        assertThatExceptionOfType(FlushException.class)
                .isThrownBy(() -> a.cache().flush());

        assertThat(admin.deadLetters()).extracting(DeadLetter::key).containsExactly("k", "l");
        assertThat(admin.deadLetters())
                .allSatisfy(letter -> assertThat(letter.reason()).contains("away"));
        assertThat(admin.stats().dead()).isEqualTo(2);
        assertThat(admin.discard(admin.deadLetters().get(1))).isTrue();
        DeadLetter<String> letter = admin.deadLetters().get(0);

        source.away = false;
        assertThat(admin.redrive(letter)).isTrue();

        assertThat(source.values).isEqualTo(Map.of("k", "v"));
        assertThat(admin.redrive(letter)).isFalse();
        assertThat(admin.deadLetters()).isEmpty();
        assertThat(admin.stats().dead()).isZero();
    }

    @Test
    void flushesAtLastThoughThreadsHaveRunOut() {
        AtomicBoolean isExhausted = new AtomicBoolean();
        MemorySharedJournal.View view = journal.new View();
        Instance instance = server.instance(
                policy(Tier.REMOTE),
                CacheClient.builder()
                        .executor(work -> {
                            if (isExhausted.get()) {
                                throw new Error("unable to create native thread");
                            }
                            work.run();
                        })
                        .sharedJournals(cache -> view));
        instance.cache().put("k", "v");

        isExhausted.set(true);
        instance.client().close();

        assertThat(source.values).containsEntry("k", "v");
    }

    @Test
    void ticketsDoNotHideWhatIsDirty() {
        Node a = node(Tier.TWO_LEVEL);
        Node b = node(Tier.TWO_LEVEL);
        CacheTicket<String, String> before = b.cache().ticket("k");
        a.cache().put("k", "new");

        assertThat(before.put("k", Optional.of("old"), EntryOptions.none())).isFalse();
        assertThat(b.cache().ticket("k").publish("k", Optional.of("old"), EntryOptions.none()))
                .isFalse();
        b.cache().putAbsent("k");
        assertThat(b.cache().get("k")).contains("new");
        a.cache().flush();
        assertThat(a.cache().get("k")).contains("new");
    }

    @Test
    void durabilityAndTierMustFit() {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> policy(Tier.LOCAL).build())
                .withMessageContaining("TWO_LEVEL");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> policy(Tier.REMOTE)
                        .writeBack(source, WriteBackPolicy.builder().build())
                        .build())
                .withMessageContaining("REDIS");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(
                        () -> policy(Tier.TWO_LEVEL).keyText(Object::toString).build())
                .withMessageContaining("keyText");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> server.instance(policy(Tier.TWO_LEVEL)))
                .withMessageContaining("sharedJournals");
    }
}
