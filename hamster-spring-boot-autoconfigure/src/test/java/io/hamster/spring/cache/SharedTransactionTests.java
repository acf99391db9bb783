package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a transaction does to a shared cache once it has committed. */
class SharedTransactionTests {

    private final SharedTiers tiers = new SharedTiers();
    private final CacheClient client =
            CacheClient.builder().shared(tiers.tier()).build();
    private final HamsterCache<Object, Object> cache = client.cache(
            "users",
            CachePolicy.builder().tier(Tier.TWO_LEVEL).valueType(String.class).build());
    private final CacheChanges maker = new CacheChanges(TimeSource::system, () -> Runnable::run, work -> work);
    private final TransactionChanges changes = new TransactionChanges(maker);

    @AfterEach
    void close() {
        client.close();
    }

    private static CacheChange.Put put(HamsterCache<Object, Object> cache, String value) {
        return new CacheChange.Put(cache, "k", Optional.of(value), EntryOptions.none());
    }

    @Test
    void bringsItsValueToTheSharedTier() {
        cache.put("k", "old");
        assertThat(changes.add(put(cache, "first"))).isTrue();
        assertThat(changes.add(put(cache, "last"))).isTrue();
        assertThat(cache.get("k")).contains("old");
        assertThat(changes.areShared()).isTrue();

        changes.committed();

        assertThat(cache.get("k")).contains("last");
    }

    @Test
    void dropsAKeyThatSomebodyElseChangedMeanwhile() {
        changes.add(put(cache, "mine"));
        cache.put("k", "theirs");

        changes.committed();

        assertThat(cache.get("k")).isEmpty();
    }

    private HamsterCache<Object, Object> knowingArrays() {
        return client.cache(
                "digests",
                CachePolicy.builder()
                        .tier(Tier.REMOTE)
                        .valueType(String.class)
                        .keyText((byte[] key) -> HexFormat.of().formatHex(key))
                        .build());
    }

    private static CacheChange.Put putDigest(HamsterCache<Object, Object> cache, String value) {
        return new CacheChange.Put(cache, digest(), Optional.of(value), EntryOptions.none());
    }

    private static byte[] digest() {
        return new byte[] {1, 2};
    }

    @Test
    void keepsAnArrayThatIsPutAfterItWasDropped() {
        HamsterCache<Object, Object> digests = knowingArrays();
        changes.add(new CacheChange.Drop(digests, Set.of(digest())));
        assertThat(changes.touches(digests, digest())).isTrue();
        changes.add(putDigest(digests, "new"));

        changes.committed();

        assertThat(digests.get(digest())).contains("new");
    }

    @Test
    void dropsAnArrayThatSomebodyElsePutBetweenTwoPuts() {
        HamsterCache<Object, Object> digests = knowingArrays();
        changes.add(putDigest(digests, "first"));
        digests.put(digest(), "theirs");
        changes.add(putDigest(digests, "last"));

        changes.committed();

        assertThat(digests.get(digest())).isEmpty();
    }

    @Test
    void holdsUpNobodysLoadsWhereInstancesShareThem() {
        HamsterCache<Object, Object> leased = client.cache(
                "leased",
                CachePolicy.builder()
                        .tier(Tier.TWO_LEVEL)
                        .loadScope(LoadScope.CLUSTER)
                        .leaseTimeout(Duration.ofMinutes(10))
                        .valueType(String.class)
                        .build());
        leased.put("old", "old");
        changes.add(new CacheChange.Put(leased, "old", Optional.of("new"), EntryOptions.none()));
        changes.add(new CacheChange.Put(leased, "k", Optional.of("new"), EntryOptions.none()));
        changes.add(new CacheChange.PutIfAbsent(leased, "absent", "new"));

        assertThat(loads(leased, "k")).isEqualTo("loaded k");
        assertThat(loads(leased, "absent")).isEqualTo("loaded absent");

        changes.committed();
        changes.rethrow();

        assertThat(leased.get("old")).as("nobody knows whose is newer").isEmpty();
        assertThat(leased.get("k")).isEmpty();
        assertThat(leased.get("absent")).contains("loaded absent");
    }

    private static Object loads(HamsterCache<Object, Object> cache, String key) {
        return CompletableFuture.supplyAsync(() -> cache.get(key, missing -> "loaded " + missing))
                .orTimeout(30, TimeUnit.SECONDS)
                .join()
                .orElseThrow();
    }

    @Test
    void endsWellWhileTheTierIsAway() {
        cache.put("k", "old");
        changes.add(put(cache, "new"));
        changes.add(new CacheChange.Drop(cache, Set.of("other")));
        tiers.setAway(true);

        changes.committed();
        changes.rethrow();

        assertThat(maker.unconfirmed("users")).isEqualTo(2);
        assertThat(cache.get("k")).as("neither old nor uncertain").isEmpty();
        assertThat(cache.stats().pendingChanges()).isEqualTo(2);
    }
}
