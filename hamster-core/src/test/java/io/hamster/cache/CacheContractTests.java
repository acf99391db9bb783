package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every cache promises, whatever its tier and eviction. An implementation's tests extend this and make the caches.
 */
public abstract class CacheContractTests extends CacheTestBase {

    @Test
    void findsWhatWasPut() {
        HamsterCache<String, String> cache = cache();

        cache.put("k", "v");

        assertThat(cache.get("k")).contains("v");
        assertThat(cache.require("k")).isEqualTo("v");
        assertThat(cache.get("other")).isEmpty();
    }

    @Test
    void requiringAnAbsentKeyNamesCacheAndKey() {
        assertThatExceptionOfType(KeyNotFoundException.class)
                .isThrownBy(() -> cache().require("customer:4711"))
                .withMessageContaining("'books'")
                .withMessageContaining("custom…")
                .withMessageNotContainingAny("4711");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "line\nbreak"})
    void refusesKeysThatBreakTheRules(String key) {
        assertRefused(key);
    }

    @Test
    void refusesKeysThatAreTooLong() {
        assertRefused("k".repeat(251));
        HamsterCache<String, String> cache = cache();
        cache.put("k".repeat(250), "v");
        assertThat(cache.get("k".repeat(250))).contains("v");
    }

    private void assertRefused(String key) {
        HamsterCache<String, String> cache = cache();
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.put(key, "v"));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.get(key));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.require(key));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.entry(key));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.get(key, k -> "v"));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.putIfAbsent(key, "v"));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.putAll(Map.of(key, "v")));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.invalidate(key));
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> cache.loadAndDelete(key));
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> cache.getAll(Set.of(key), keys -> Map.of()));
        assertThat(cache.stats().size()).isZero();
    }

    @Test
    void loadsOnceAndKeepsTheValue() {
        HamsterCache<String, String> cache = cache();
        AtomicInteger loads = new AtomicInteger();

        for (int i = 0; i < 3; i++) {
            assertThat(cache.get("k", key -> key + loads.incrementAndGet())).contains("k1");
        }

        assertThat(cache.get("k")).contains("k1");
    }

    @Test
    void readsThroughThePolicysLoader() {
        CacheLoader<String, String> loader = key -> key.startsWith("no") ? null : key + "!";
        HamsterCache<String, String> cache = cache(policy().loader(loader));

        assertThat(cache.get("k")).contains("k!");
        assertThat(cache.get("nothing")).isEmpty();
        assertThat(cache.stats().loads()).isEqualTo(2);
        assertThat(cache.entry("other")).as("entry() never loads").isEmpty();
    }

    @Test
    void expiresAfterTheTimeToLive() {
        HamsterCache<String, String> cache = cache(policy().defaultTtl(Duration.ofMinutes(10)));
        cache.put("default", "v");
        cache.put("short", "v", EntryOptions.ttl(Duration.ofMinutes(1)));
        cache.put("long", "v", EntryOptions.ttl(Duration.ofMinutes(20)));
        cache.get("loaded", key -> "v", EntryOptions.ttl(Duration.ofMinutes(1)));

        time.advance(Duration.ofSeconds(59));
        assertThat(cache.get("short")).contains("v");
        assertThat(cache.get("loaded")).contains("v");
        time.advance(Duration.ofSeconds(1));
        assertThat(cache.get("short")).isEmpty();
        assertThat(cache.get("loaded")).isEmpty();
        assertThat(cache.get("default")).contains("v");
        time.advance(Duration.ofMinutes(9));
        assertThat(cache.get("default")).isEmpty();
        assertThat(cache.get("long")).contains("v");
        time.advance(Duration.ofMinutes(10));
        assertThat(cache.get("long")).isEmpty();
    }

    @Test
    void readsDontProlongAnEntry() {
        HamsterCache<String, String> cache = cache(policy().defaultTtl(Duration.ofMinutes(1)));
        cache.put("k", "v");

        time.advance(Duration.ofSeconds(40));
        cache.get("k");
        time.advance(Duration.ofSeconds(40));

        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void jitterShortensTimesToLiveInProportion() {
        // The tests' randomness is always 0.5: half of the jitter.
        HamsterCache<String, String> cache =
                cache(policy().defaultTtl(Duration.ofMinutes(10)).ttlJitter(Duration.ofMinutes(2)));
        cache.put("default", "v");
        cache.put("short", "v", EntryOptions.ttl(Duration.ofMinutes(5)));

        time.advance(Duration.ofSeconds(269));
        assertThat(cache.get("short")).contains("v");
        time.advance(Duration.ofSeconds(1));
        assertThat(cache.get("short")).isEmpty();
        time.advance(Duration.ofSeconds(269));
        assertThat(cache.get("default")).contains("v");
        time.advance(Duration.ofSeconds(1));
        assertThat(cache.get("default")).isEmpty();
    }

    @Test
    void anEntrysNullTtlComesBeforeThePolicys() {
        HamsterCache<String, String> forgetful = cache(policy());
        EntryOptions remember = EntryOptions.none().withNullTtl(Duration.ofSeconds(5));
        assertThat(forgetful.get("k", key -> null, remember)).isEmpty();
        assertThat(forgetful.get("k", key -> "v", remember)).isEmpty();
        time.advance(Duration.ofSeconds(5));
        assertThat(forgetful.get("k", key -> "v", remember)).contains("v");

        HamsterCache<String, String> mindful = cache(policy().nullTtl(Duration.ofMinutes(1)));
        EntryOptions forget = EntryOptions.none().withNullTtl(Duration.ZERO);
        assertThat(mindful.get("k", key -> null, forget)).isEmpty();
        assertThat(mindful.get("k", key -> "v", forget)).contains("v");
    }

    @Test
    void remembersAbsenceOnlyForItsOwnTime() {
        HamsterCache<String, String> cache = cache(policy().nullTtl(Duration.ofSeconds(5)));
        AtomicInteger loads = new AtomicInteger();
        CacheLoader<String, String> none = key -> {
            loads.incrementAndGet();
            return null;
        };

        assertThat(cache.get("k", none)).isEmpty();
        assertThat(cache.get("k", none)).isEmpty();
        assertThat(loads).hasValue(1);
        assertThat(cache.entry("k"))
                .hasValueSatisfying(entry -> assertThat(entry.value()).isEmpty());
        time.advance(Duration.ofSeconds(5));
        assertThat(cache.get("k", none)).isEmpty();
        assertThat(loads).hasValue(2);
        cache.putAbsent("l");
        assertThat(cache.get("l", key -> "v")).isEmpty();
        assertThat(cache.putIfAbsent("l", "v")).isEmpty();
        assertThat(cache.get("l")).contains("v");
    }

    @Test
    void remembersAbsenceForAnEntrysOwnTime() {
        HamsterCache<String, String> cache = cache(policy().nullTtl(Duration.ofMinutes(1)));
        EntryOptions never = EntryOptions.none().withNullTtl(Duration.ZERO);
        EntryOptions longer = EntryOptions.none().withNullTtl(Duration.ofMinutes(2));

        cache.get("never", key -> null, never);
        cache.get("longer", key -> null, longer);

        assertThat(cache.entry("never")).isEmpty();
        time.advance(Duration.ofSeconds(119));
        assertThat(cache.entry("longer")).isPresent();
        time.advance(Duration.ofSeconds(1));
        assertThat(cache.entry("longer")).isEmpty();
    }

    @Test
    void doesNotRememberAbsenceUnlessAsked() {
        HamsterCache<String, String> cache = cache();

        assertThat(cache.get("k", key -> null)).isEmpty();
        cache.putAbsent("k");

        assertThat(cache.entry("k")).isEmpty();
        assertThat(cache.get("k", key -> "v")).contains("v");
        cache.putAbsent("k");
        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void describesEntries() {
        HamsterCache<String, String> cache = cache(policy().defaultTtl(Duration.ofMinutes(10)));
        cache.put("k", "v");
        var putAt = time.instant();

        time.advance(Duration.ofMinutes(4));

        assertThat(cache.entry("k"))
                .contains(new CacheEntry<>(Optional.of("v"), putAt, putAt.plus(Duration.ofMinutes(10)), false));
        assertThat(cache.dirty()).isEmpty();
        assertThat(cache.entry("other")).isEmpty();
    }

    @Test
    void putIfAbsentKeepsWhatIsThere() {
        HamsterCache<String, String> cache = cache(policy().defaultTtl(Duration.ofMinutes(1)));

        assertThat(cache.putIfAbsent("k", "first")).isEmpty();
        assertThat(cache.putIfAbsent("k", "second")).contains("first");
        assertThat(cache.get("k")).contains("first");
        time.advance(Duration.ofMinutes(1));
        assertThat(cache.putIfAbsent("k", "third")).isEmpty();
        assertThat(cache.get("k")).contains("third");
    }

    @Test
    void putsManyAtOnce() {
        HamsterCache<String, String> cache = cache();
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < 250; i++) {
            values.put("k" + i, "v" + i);
        }

        cache.putAll(values);

        assertThat(cache.getAll(values.keySet(), keys -> Map.of())).isEqualTo(values);
        assertThat(cache.stats().sets()).isEqualTo(250);
    }

    @Test
    void getsManyByOneLoad() {
        HamsterCache<String, String> cache = cache(policy().nullTtl(Duration.ofMinutes(1)));
        cache.put("b", "B");
        List<Set<String>> asked = new ArrayList<>();
        BulkCacheLoader<String, String> loader = keys -> {
            asked.add(Set.copyOf(keys));
            return Map.of("c", "C", "a", "A", "unasked", "X");
        };

        Map<String, String> values = cache.getAll(List.of("a", "b", "a", "c", "none"), loader);

        assertThat(values).containsExactly(Map.entry("a", "A"), Map.entry("b", "B"), Map.entry("c", "C"));
        assertThat(asked).containsExactly(Set.of("a", "c", "none"));
        assertThat(cache.getAll(List.of("a", "b", "c", "none"), loader)).hasSize(3);
        assertThat(asked).as("absences are remembered too").hasSize(1);
        assertThat(cache.get("unasked")).isEmpty();
        assertThat(cache.stats().loads()).isEqualTo(3);
    }

    @Test
    void invalidatesKeys() {
        HamsterCache<String, String> cache = cache();
        cache.putAll(Map.of("a", "A", "b", "B", "c", "C"));

        assertThat(cache.invalidate("a")).isTrue();
        assertThat(cache.invalidate("a")).isFalse();
        cache.invalidateAll(List.of("b", "x"));

        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get("b")).isEmpty();
        assertThat(cache.get("c")).contains("C");
        assertThat(cache.stats().deletes()).isEqualTo(2);
    }

    @Test
    void invalidatesTags() {
        HamsterCache<String, String> cache = cache();
        cache.put("a", "A", EntryOptions.tags("red", "blue"));
        cache.put("b", "B", EntryOptions.tags("blue"));
        cache.put("c", "C", EntryOptions.tags("green"));
        cache.get("d", key -> "D", value -> EntryOptions.tags("color-of-" + value.orElseThrow()));
        cache.put("e", "E");

        cache.invalidateTags(Set.of("red", "color-of-D"));
        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get("b")).contains("B");
        assertThat(cache.get("d")).isEmpty();
        cache.invalidateTags(Set.of("blue"));
        assertThat(cache.get("b")).isEmpty();
        assertThat(cache.get("c")).contains("C");
        assertThat(cache.get("e")).contains("E");
    }

    @Test
    void anEntryHasOnlyTheTagsOfItsLastValue() {
        HamsterCache<String, String> cache = cache();
        cache.put("k", "1", EntryOptions.tags("old", "both"));
        cache.put("k", "2", EntryOptions.tags("new", "both"));

        cache.invalidateTags(Set.of("old"));
        assertThat(cache.get("k")).contains("2");
        cache.invalidateTags(Set.of("both"));
        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void clears() {
        HamsterCache<String, String> cache = cache();
        cache.put("a", "A", EntryOptions.tags("t"));
        cache.put("b", "B");

        cache.clear();

        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get("b")).isEmpty();
        assertThat(cache.stats().size()).isZero();
        assertThat(cache.stats().memory()).isZero();
        cache.put("a", "again");
        assertThat(cache.get("a")).contains("again");
    }

    @Test
    void loadsAndDeletes() {
        HamsterCache<String, String> cache = cache();
        cache.put("k", "v");

        assertThat(cache.loadAndDelete("k")).contains("v");
        assertThat(cache.loadAndDelete("k")).isEmpty();
        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void aFailedLoadLeavesNothingBehind() {
        HamsterCache<String, String> cache = cache();
        IllegalStateException unchecked = new IllegalStateException("down");
        IOException checked = new IOException("down");
        StackOverflowError error = new StackOverflowError();

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(() -> cache.get("k", key -> {
                    throw unchecked;
                }))
                .isSameAs(unchecked);
        assertThatExceptionOfType(CacheLoadException.class)
                .isThrownBy(() -> cache.get("k", key -> {
                    throw checked;
                }))
                .withCause(checked)
                .withMessageContaining("'books'");
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(() -> cache.get("k", key -> {
                    throw error;
                }))
                .isSameAs(error);
        assertThat(cache.get("k")).isEmpty();
        assertThat(cache.get("k", key -> "v")).contains("v");
        assertThat(cache.stats().loads()).isEqualTo(4);
        assertThat(cache.stats().loadFailures()).isEqualTo(3);
    }

    @Test
    void keepsNothingOfAnUncachedLoad() {
        HamsterCache<String, String> cache = cache();

        assertThat(cache.get("k", key -> "v", value -> EntryOptions.uncached())).contains("v");

        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void countsWhatHappens() {
        HamsterCache<String, String> cache = cache();
        assertThat(cache.stats().hitRate()).isZero();

        cache.put("a", "A");
        cache.get("a");
        cache.get("a");
        cache.get("b");
        cache.get("c", key -> "C");
        cache.invalidate("a");

        CacheStats stats = cache.stats();
        assertThat(stats.hits()).isEqualTo(2);
        assertThat(stats.misses()).isEqualTo(2);
        assertThat(stats.hitRate()).isEqualTo(0.5);
        assertThat(stats.sets()).isEqualTo(1);
        assertThat(stats.deletes()).isEqualTo(1);
        assertThat(stats.loads()).isEqualTo(1);
        assertThat(stats.loadFailures()).isZero();
        assertThat(stats.maxMemory()).isEqualTo(cache.policy().maxMemory());
    }

    @Test
    void aClosedClientLoadsButKeepsNothing() {
        HamsterCache<String, String> cache = cache();
        cache.put("k", "v");

        closeClients();

        assertThat(cache.get("k")).isEmpty();
        assertThat(cache.get("k", key -> "loaded")).contains("loaded");
        cache.put("k", "v");
        assertThat(cache.get("k")).isEmpty();
        assertThat(cache.stats().size()).isZero();
    }
}
