package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.bloom.BloomFilterConfig;
import io.hamster.cache.bloom.BloomGuard;
import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a cache answers without its loader. */
class CacheBloomTests extends CacheTestBase {

    private final Set<String> source = ConcurrentHashMap.newKeySet();
    private final AtomicInteger loads = new AtomicInteger();
    private final Queue<Runnable> later = new ArrayDeque<>();

    CacheBloomTests() {
        source.addAll(List.of("a", "b"));
    }

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().bloom(bloom());
    }

    private BloomPolicy<String> bloom() {
        return BloomPolicy.of(new BloomFilterConfig(1000, 0.001), source::stream);
    }

    private String load(String key) {
        loads.incrementAndGet();
        return source.contains(key) ? "value of " + key : null;
    }

    private Map<String, String> loadAll(Set<? extends String> keys) {
        loads.addAndGet(keys.size());
        return keys.stream().collect(Collectors.toMap(key -> key, key -> "value of " + key));
    }

    @Test
    void rejectsWhatTheSourceDoesNotHaveWithoutALoad() {
        HamsterCache<String, String> cache = cache();

        assertThat(cache.get("x", this::load)).isEmpty();
        assertThat(cache.getAsync("x", this::load)).isCompletedWithValue(Optional.empty());
        assertThat(cache.composeAsync(
                        "x", key -> CompletableFuture.completedFuture(load(key)), value -> EntryOptions.none()))
                .isCompletedWithValue(Optional.empty());

        assertThat(loads).hasValue(0);
        assertThat(cache.stats().rejections()).isEqualTo(3);
        assertThat(cache.stats().misses()).isEqualTo(3);
        assertThat(cache.stats().loads()).isZero();
    }

    @Test
    void whatIsRejectedIsNotRememberedToBeRefreshed() {
        HamsterCache<String, String> cache = cache(policy().maxSize(1).refreshInterval(Duration.ofMinutes(1)));
        assertThat(cache.get("x", this::load)).isEmpty();
        assertThat(cache.getAsync("y", this::load)).isCompletedWithValue(Optional.empty());
        cache.get("a", this::load);

        time.advance(Duration.ofSeconds(64));

        assertThat(loads).hasValue(2);
    }

    @Test
    void loadsWhatTheSourceHas() {
        HamsterCache<String, String> cache = cache();

        assertThat(cache.get("a", this::load)).contains("value of a");
        assertThat(cache.stats().rejections()).isZero();
    }

    @Test
    void aBulkLoadIsAskedOnlyForKeysThatMayExist() {
        HamsterCache<String, String> cache = cache();

        assertThat(cache.getAll(List.of("x", "a", "y", "b"), this::loadAll)).containsOnlyKeys("a", "b");
        assertThat(loads).hasValue(2);
        assertThat(cache.getAll(List.of("x", "y"), this::loadAll)).isEmpty();
        assertThat(loads).hasValue(2);
        assertThat(cache.stats().rejections()).isEqualTo(4);
    }

    @Test
    void aRequiredKeyThatCannotExistIsNotFound() {
        HamsterCache<String, String> cache = cache(policy().loader((CacheLoader<String, String>) this::load));

        assertThatExceptionOfType(KeyNotFoundException.class).isThrownBy(() -> cache.require("x"));
        assertThat(loads).hasValue(0);
    }

    @Test
    void aKeyThatBreaksTheRulesIsStillRefused() {
        HamsterCache<String, String> cache = cache();

        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.get("", this::load));
    }

    @Test
    void everyKeyReachesTheLoaderUntilTheSourceIsRead() {
        HamsterCache<String, String> cache = cache(client().contextFreeExecutor(later::add), policy());

        cache.get("x", this::load);
        assertThat(loads).hasValue(1);

        later.forEach(Runnable::run);
        cache.get("x", this::load);
        assertThat(loads).hasValue(1);
    }

    @Test
    void everyKeyReachesTheLoaderWhenTheSourceFails() {
        HamsterCache<String, String> cache = cache(CachePolicy.builder().bloom(BloomPolicy.of(bloom().filter(), () -> {
            throw new IllegalStateException("the database is away");
        })));

        cache.get("x", this::load);

        assertThat(loads).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"put", "putAll", "putIfAbsent", "publish", "ticketPut"})
    void whatIsPutCountsAsThere(String how) {
        HamsterCache<String, String> cache = cache();

        switch (how) {
            case "put" -> cache.put("new", "1");
            case "putAll" -> cache.putAll(Map.of("new", "1"));
            case "putIfAbsent" -> cache.putIfAbsent("new", "1");
            case "publish" -> cache.ticket().publish("new", Optional.of("1"), EntryOptions.none());
            default -> cache.ticket().put("new", Optional.of("1"), EntryOptions.none());
        }
        cache.invalidate("new");
        cache.get("new", this::load);

        assertThat(loads).hasValue(1);
    }

    @Test
    void whatIsPutButCannotBeKeptCountsAsThere() {
        HamsterCache<String, String> cache = cache(policy().weigher((key, value) -> {
            throw new IllegalStateException("can't weigh");
        }));

        assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> cache.put("new", "1"));

        assertThat(cache.bloomGuard().orElseThrow().mightContain("new")).isTrue();
    }

    @Test
    void aRebuildForgetsNothingThatIsNotWrittenBackYet() {
        WriteBackWriter<String, String> writer = batch -> {
            batch.forEach(entry -> source.add(entry.key()));
            return Map.of();
        };
        HamsterCache<String, String> cache =
                cache(policy().writeBack(writer, WriteBackPolicy.builder().build()));
        cache.put("new", "value of new");
        cache.bloomGuard().orElseThrow().rebuild().join();
        cache.flush();
        cache.invalidate("new");

        assertThat(cache.get("new", this::load)).contains("value of new");
        assertThat(loads).hasValue(1);
    }

    @Test
    void absencesDoNotCountAsThere() {
        HamsterCache<String, String> cache = cache();

        cache.putAbsent("x");
        cache.ticket().publish("x", Optional.empty(), EntryOptions.none());
        cache.get("x", this::load);

        assertThat(loads).hasValue(0);
    }

    @Test
    void aTransactionSeesKeysOfItsOwn() {
        HamsterCache<String, String> cache = cache(client().inTransaction(() -> true), policy());
        cache.get("x", this::load);
        assertThat(loads).hasValue(1);

        HamsterCache<String, String> safe =
                cache(client().inTransaction(() -> true), policy().safeInTransactions(true));
        safe.get("x", this::load);
        assertThat(loads).hasValue(1);
    }

    @Test
    void learnsOfOtherKeysWhenRebuilt() {
        HamsterCache<String, String> cache =
                cache(CachePolicy.builder().bloom(bloom().rebuiltEvery(Duration.ofHours(1))));
        source.add("x");
        assertThat(cache.get("x", this::load)).isEmpty();

        time.advance(Duration.ofHours(1));
        assertThat(cache.get("x", this::load)).contains("value of x");

        source.add("y");
        cache.bloomGuard().orElseThrow().add("y");
        assertThat(cache.get("y", this::load)).contains("value of y");
    }

    @Test
    void theGuardIsOpenOnceTheClientIsClosed() {
        CacheClient client = client().build();
        HamsterCache<String, String> cache = client.cache("books", policy().build());
        client.close();

        cache.get("x", this::load);

        assertThat(loads).hasValue(1);
        assertThat(cache.bloomGuard()).get().extracting(BloomGuard::isReady).isEqualTo(false);
    }

    @Test
    void withoutAGuardAllKeysReachTheLoader() {
        HamsterCache<String, String> cache = cache(CachePolicy.builder());
        cache.get("x", this::load);

        assertThat(loads).hasValue(1);
        assertThat(cache.bloomGuard()).isEmpty();
    }

    @Test
    void policiesAreEqualWhenTheirGuardsAre() {
        BloomPolicy<String> bloom = bloom();
        CachePolicy policy = CachePolicy.builder().bloom(bloom).build();

        assertThat(policy).isEqualTo(policy.toBuilder().build()).isNotEqualTo(CachePolicy.defaults());
        assertThat(policy.bloom()).contains(bloom);
        assertThat(policy)
                .hasToString(policy.toBuilder().build().toString())
                .asString()
                .contains("expected=1000");
    }
}
