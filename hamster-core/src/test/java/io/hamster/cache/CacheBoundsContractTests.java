package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every cache promises that keeps entries in this JVM: its bounds, and word of what leaves. */
public abstract class CacheBoundsContractTests extends CacheTestBase {

    @Test
    void reclaimsExpiredEntriesWithoutBeingTouched() {
        HamsterCache<String, String> cache = cache(policy().defaultTtl(Duration.ofMinutes(1)));
        for (int i = 0; i < 100; i++) {
            cache.put("k" + i, "v");
        }
        assertThat(cache.stats().size()).isEqualTo(100);
        assertThat(cache.stats().memory()).isPositive();

        time.advance(Duration.ofMinutes(3));

        CacheStats stats = cache.stats();
        assertThat(stats.size()).isZero();
        assertThat(stats.memory()).isZero();
        assertThat(stats.expirations()).isEqualTo(100);
        assertThat(stats.evictions()).isZero();
    }

    @Test
    void tellsWhyEntriesLeave() {
        HamsterCache<String, String> cache = cache(policy().defaultTtl(Duration.ofMinutes(1)));
        List<String> removals = new ArrayList<>();
        cache.onRemoval((key, value, cause) -> {
            throw new IllegalStateException("a listener's failure is its own");
        });
        cache.onRemoval((key, value, cause) -> {
            throw new NoClassDefFoundError("as is an Error of its");
        });
        cache.onRemoval((key, value, cause) -> removals.add(key + "=" + value + " " + cause));

        cache.put("a", "1");
        cache.put("a", "2");
        cache.invalidate("a");
        cache.put("b", "3");
        cache.clear();
        cache.put("c", "4");
        time.advance(Duration.ofMinutes(3));

        assertThat(removals).containsExactly("a=1 REPLACED", "a=2 INVALIDATED", "b=3 INVALIDATED", "c=4 EXPIRED");
    }

    @Test
    void staysWithinItsSize() {
        HamsterCache<String, String> cache = cache(policy().maxSize(100));
        List<RemovalCause> causes = new ArrayList<>();
        cache.onRemoval((key, value, cause) -> causes.add(cause));

        for (int i = 0; i < 1000; i++) {
            cache.put("k" + i, "v");
        }

        assertThat(cache.stats().size()).isEqualTo(100);
        assertThat(cache.stats().evictions()).isEqualTo(900);
        assertThat(causes).hasSize(900).containsOnly(RemovalCause.EVICTED);
    }

    @Test
    void staysWithinItsMemory() {
        Weigher<String, String> weigher = (key, value) -> value.length();
        HamsterCache<String, String> cache =
                cache(policy().maxSize(1000).maxMemory(10_000).weigher(weigher));

        for (int i = 0; i < 100; i++) {
            cache.put("k" + i, "v".repeat(1000));
        }
        cache.put("too heavy", "v".repeat(10_001));

        CacheStats stats = cache.stats();
        assertThat(stats.memory()).isLessThanOrEqualTo(10_000).isGreaterThanOrEqualTo(9_000);
        assertThat(stats.size()).isBetween(9L, 10L);
    }
}
