package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.SharedServer.Instance;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.testing.ManualTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the instances of a shared cache count. */
class SharedStatsTests {

    private final SharedServer server = new SharedServer(new ManualTime());
    private final MemorySharedJournal journal = new MemorySharedJournal();

    private static CachePolicyBuilder policy(Tier tier) {
        return CachePolicy.builder().tier(tier).valueType(String.class);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static long deletes(Instance of) {
        return of.cache().stats().deletes();
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void deletesAreWhatTheCallersOwnChangesRemoved(Tier tier) {
        Instance a = server.instance(policy(tier));
        Instance b = server.instance(policy(tier));
        List.of("k", "l", "m", "n", "o").forEach(key -> a.cache().put(key, "v"));

        assertThat(a.cache().loadAndDelete("k")).contains("v");
        assertThat(a.cache().invalidate("l")).isTrue();
        assertThat(deletes(a)).isEqualTo(2);

        assertThat(b.cache().loadAndDelete("m")).contains("v");
        assertThat(deletes(b)).as("it was in the shared tier alone").isEqualTo(1);
        b.cache().invalidateAll(List.of("n", "o", "none"));
        assertThat(deletes(b)).isEqualTo(3);
        assertThat(b.cache().invalidate("none")).isFalse();
        assertThat(b.cache().loadAndDelete("none")).isEmpty();
        server.channels.deliverAll();

        assertThat(deletes(a)).as("what was heard isn't its own").isEqualTo(2);
        assertThat(deletes(b)).isEqualTo(3);
    }

    @Test
    void deletesAreNotWhatOthersInvalidatedOrCleared() {
        Instance a = server.instance(policy(Tier.TWO_LEVEL));
        Instance b = server.instance(policy(Tier.TWO_LEVEL));
        a.cache().put("k", "v", EntryOptions.tags("t"));
        b.cache().invalidateTags(Set.of("t"));
        server.channels.deliverAll();
        a.cache().put("k", "v");
        b.cache().clear();
        server.channels.deliverAll();
        assertThat(a.cache().get("k")).isEmpty();
        assertThat(deletes(a)).isZero();

        a.cache().put("k", "v", EntryOptions.tags("t"));
        a.cache().invalidateTags(Set.of("t"));
        assertThat(deletes(a)).isEqualTo(1);
        a.cache().put("k", "v");
        a.cache().clear();
        assertThat(deletes(a)).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void deletesAreDirtyEntriesToo(Tier tier) {
        Instance a = writingBack(tier);
        List.of("k", "l", "m", "n").forEach(key -> a.cache().put(key, "v"));

        assertThat(a.cache().invalidate("k")).isTrue();
        assertThat(deletes(a)).isEqualTo(1);
        assertThat(a.cache().loadAndDelete("l")).contains("v");
        assertThat(deletes(a)).isEqualTo(2);
        a.cache().invalidateAll(List.of("l", "m"));
        assertThat(deletes(a)).isEqualTo(3);
        a.cache().clear();
        assertThat(deletes(a)).isEqualTo(4);
    }

    private Instance writingBack(Tier tier) {
        CachePolicyBuilder policy = policy(tier)
                .writeBack(
                        new RecordingSource(),
                        WriteBackPolicy.builder()
                                .durability(Durability.REDIS)
                                .types(String.class, String.class)
                                .build());
        CacheClientBuilder client = CacheClient.builder().executor(Runnable::run);
        return server.instance(policy, client.sharedJournals(cache -> journal.new View()));
    }

    @Test
    void deletesAreWhatWasHereIfTheSharedTierIsAway() {
        Instance a = server.instance(policy(Tier.TWO_LEVEL));
        a.cache().put("k", "v");
        a.store().setAway(true);

        assertThatExceptionOfType(CacheStoreUnavailableException.class)
                .isThrownBy(() -> a.cache().invalidateAll(List.of("k", "none")));

        assertThat(deletes(a)).isEqualTo(1);
    }

    private static void assertReads(Instance of, long remoteHits, long misses) {
        CacheStats stats = of.cache().stats();
        assertThat(stats.remoteHits()).isEqualTo(remoteHits);
        assertThat(stats.hits()).isEqualTo(remoteHits);
        assertThat(stats.misses()).isEqualTo(misses);
    }

    private static CompletableFuture<Optional<String>> compose(Instance by, String key) {
        return by.cache()
                .composeAsync(
                        key,
                        same -> CompletableFuture.completedFuture(same.equals("none") ? null : "loaded"),
                        value -> EntryOptions.none());
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void aReadCountsOnceItIsKnownWhatAnswersIt(Tier tier) {
        Instance a = server.instance(policy(tier));
        Instance b = server.instance(policy(tier));
        a.cache().put("there", "v");
        Runnable answer = b.store().holdAnswers();

        List<CompletableFuture<Optional<String>>> hits = List.of(compose(b, "there"), compose(b, "there"));
        List<CompletableFuture<Optional<String>>> misses = List.of(compose(b, "none"), compose(b, "none"));
        assertReads(b, 0, 0);
        answer.run();

        assertThat(hits).allSatisfy(each -> assertThat(each).isCompletedWithValue(Optional.of("v")));
        assertThat(misses).allSatisfy(each -> assertThat(each).isCompletedWithValue(Optional.empty()));
        assertReads(b, 2, 2);
        assertThat(b.cache().stats().loads()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void everyReadCountsOnce(Tier tier) {
        Instance a = server.instance(policy(tier));
        Instance b = server.instance(policy(tier));
        List.of("k", "l", "m", "n", "o").forEach(key -> a.cache().put(key, "v"));

        assertThat(b.cache().get("k")).contains("v");
        assertThat(b.cache().entry("l")).isPresent();
        assertThat(b.cache().get("m", key -> "loaded")).contains("v");
        assertThat(b.cache().getAll(List.of("n", "none"), keys -> Map.of())).containsOnlyKeys("n");
        assertThat(b.cache().getAsync("o", key -> "loaded").join()).contains("v");
        assertReads(b, 5, 1);

        assertThat(b.cache().get("none")).isEmpty();
        assertThat(b.cache().entry("none")).isEmpty();
        assertThat(b.cache().get("none", key -> null)).isEmpty();
        assertThat(b.cache().getAsync("none", key -> null).join()).isEmpty();
        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> b.cache().get("none", key -> {
                    throw new IllegalStateException();
                }));
        assertReads(b, 5, 6);
    }

    @Test
    void aReadThatIsGivenUpIsAMiss() {
        Instance a = server.instance(policy(Tier.REMOTE));
        a.cache().put("there", "v");
        Runnable answer = a.store().holdAnswers();
        CompletableFuture<Optional<String>> read = compose(a, "there");

        read.cancel(false);
        answer.run();

        assertReads(a, 0, 1);
    }

    @Test
    void whatAWriteAsksForIsNoRead() {
        CacheWriter<String, String> writer = new CacheWriter<>() {
            @Override
            public void write(String key, String value) {}

            @Override
            public void delete(String key) {}
        };
        Instance a = server.instance(policy(Tier.REMOTE).writeThrough(writer));
        Instance b = writingBack(Tier.REMOTE);
        a.cache().put("k", "v");
        assertThat(a.cache().putIfAbsent("k", "w")).contains("v");
        assertThat(b.cache().putIfAbsent("k", "w")).contains("v");
        assertReads(a, 0, 0);
        assertReads(b, 0, 0);
    }

    @Test
    void whatIsDirtyIsAHit() {
        Instance a = writingBack(Tier.REMOTE);
        a.cache().put("k", "v");
        assertThat(a.cache().get("k")).contains("v");
        assertThat(a.cache().get("k", key -> "loaded")).contains("v");
        assertReads(a, 2, 0);
    }

    @Test
    void readsInATransactionCountOnce() {
        Instance b = server.instance(
                policy(Tier.REMOTE),
                CacheClient.builder().executor(Runnable::run).inTransaction(() -> true));
        server.instance(policy(Tier.REMOTE)).cache().put("k", "v");

        assertThat(b.cache().get("k", key -> "loaded")).contains("v");
        assertThat(b.cache().get("none", key -> "loaded")).contains("loaded");
        assertThat(b.cache().getAll(List.of("k", "none"), keys -> Map.of("none", "loaded")))
                .hasSize(2);
        assertThat(compose(b, "none").join()).isEmpty();
        assertReads(b, 2, 3);
    }
}
