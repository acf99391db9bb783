package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.InvalidExpirationException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CachePolicyTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @Test
    void hasTheDocumentedDefaults() {
        CachePolicy policy = CachePolicy.defaults();

        assertThat(policy.maxSize()).isEqualTo(1000);
        assertThat(policy.maxMemory()).isEqualTo(100 * 1024 * 1024);
        assertThat(policy.expectedSize()).isZero();
        assertThat(policy.defaultTtl()).isEqualTo(Duration.ofHours(1));
        assertThat(policy.ttlJitter()).isZero();
        assertThat(policy.nullTtl()).isZero();
        assertThat(policy.eviction()).isEqualTo(Eviction.W_TINY_LFU);
        assertThat(policy.staleOnError()).isEmpty();
        assertThat(policy.softTimeout()).isZero();
        assertThat(policy.hardTimeout()).isEmpty();
        assertThat(policy.refreshAhead()).isEmpty();
        assertThat(policy.refreshInterval()).isEmpty();
        assertThat(policy.stopRefreshAfterIdle()).isEmpty();
        assertThat(policy.safeInTransactions()).isFalse();
        assertThat(policy.weigher()).isEmpty();
        assertThat(policy.loader()).isEmpty();
        assertThat(policy.writer()).isEmpty();
    }

    static Stream<Arguments> refusedDurations() {
        return Stream.of(
                refused(b -> b.defaultTtl(Duration.ZERO), "defaultTtl is PT0S"),
                refused(b -> b.defaultTtl(SECOND.negated()), "defaultTtl is PT-1S"),
                refused(b -> b.ttlJitter(SECOND.negated()), "ttlJitter is PT-1S"),
                refused(b -> b.nullTtl(SECOND.negated()), "nullTtl is PT-1S"),
                refused(b -> b.softTimeout(SECOND.negated()), "softTimeout is PT-1S"),
                refused(b -> b.hardTimeout(Duration.ZERO), "hardTimeout is PT0S"),
                refused(b -> b.hardTimeout(SECOND.negated()), "hardTimeout is PT-1S"),
                refused(b -> b.refreshInterval(Duration.ZERO), "refreshInterval is PT0S"),
                refused(b -> b.refreshInterval(SECOND.negated()), "refreshInterval is PT-1S"),
                refused(b -> b.stopRefreshAfterIdle(Duration.ZERO), "stopRefreshAfterIdle is PT0S"),
                refused(b -> b.leaseTimeout(Duration.ZERO), "leaseTimeout is PT0S"),
                refused(b -> b.leaseTimeout(SECOND.negated()), "leaseTimeout is PT-1S"),
                refused(b -> b.staleOnError(Duration.ZERO), "staleOnError is PT0S"),
                refused(b -> b.staleOnError(SECOND.negated()), "staleOnError is PT-1S"));
    }

    private static Arguments refused(UnaryOperator<CachePolicyBuilder> setting, String message) {
        return Arguments.of(setting, message);
    }

    @ParameterizedTest
    @MethodSource
    void refusedDurations(UnaryOperator<CachePolicyBuilder> setting, String message) {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> setting.apply(CachePolicy.builder()))
                .withMessageContaining(message);
    }

    @Test
    void zeroTurnsOffWhatMayBeOff() {
        CachePolicy policy = CachePolicy.builder()
                .ttlJitter(Duration.ZERO)
                .nullTtl(Duration.ZERO)
                .softTimeout(Duration.ZERO)
                .compressAbove(0)
                .build();

        assertThat(policy).isEqualTo(CachePolicy.defaults());
    }

    static Stream<Arguments> refusedSettings() {
        return Stream.of(
                refused(b -> b.maxSize(0), "maxSize is 0; it must be at least 1"),
                refused(b -> b.maxMemory(0), "maxMemory is 0"),
                refused(b -> b.expectedSize(-1), "expectedSize is -1"),
                refused(b -> b.expectedSize(11).maxSize(10), "expectedSize is 11 but maxSize is 10"),
                refused(b -> b.refreshAhead(0), "refreshAhead is 0.0"),
                refused(b -> b.refreshAhead(1), "refreshAhead is 1.0"),
                refused(b -> b.refreshAhead(Double.NaN), "refreshAhead is NaN"),
                refused(b -> b.compressAbove(-1), "compressAbove is -1 bytes; it must be at least 1"),
                refused(b -> b.compressAbove(9), "compressAbove is 9 bytes but tier is LOCAL and loadScope is JVM"),
                refused(b -> b.ttlJitter(SECOND).defaultTtl(SECOND), "ttlJitter is PT1S but defaultTtl is PT1S"),
                refused(b -> b.staleOnError(SECOND).defaultTtl(SECOND), "must be longer than its time to live"),
                refused(
                        b -> b.stopRefreshAfterIdle(SECOND),
                        "refreshInterval, which says how often values are reloaded"),
                refused(b -> b.refreshInterval(SECOND).refreshAhead(0.5), "PT1S and refreshAhead is 0.5"),
                refused(b -> b.refreshInterval(SECOND).defaultTtl(SECOND), "PT1S but defaultTtl is PT1S"),
                refused(
                        b -> b.refreshInterval(SECOND)
                                .defaultTtl(SECOND.plusMillis(1))
                                .ttlJitter(SECOND),
                        "ttlJitter is PT1S, so that values may expire before"),
                refused(
                        b -> b.refreshInterval(SECOND).tier(Tier.TWO_LEVEL).localTtl(SECOND),
                        "PT1S but localTtl is PT1S"),
                refused(
                        b -> b.refreshInterval(SECOND).stopRefreshAfterIdle(SECOND.minusNanos(1)),
                        "stopRefreshAfterIdle is PT0.999999999S but refreshInterval is PT1S"),
                refused(b -> b.refreshInterval(SECOND).tier(Tier.REMOTE), "set the tier to TWO_LEVEL"),
                refused(b -> b.softTimeout(SECOND), "staleOnError, which says how old a value may be served, is not"),
                refused(
                        b -> b.softTimeout(SECOND).hardTimeout(SECOND).staleOnError(Duration.ofHours(2)),
                        "softTimeout is PT1S but hardTimeout is PT1S"));
    }

    @ParameterizedTest
    @MethodSource
    void refusedSettings(UnaryOperator<CachePolicyBuilder> setting, String message) {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> setting.apply(CachePolicy.builder()).build())
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1",
        "512, 512",
        "512B, 512",
        "64KB, 65536",
        "64 kb, 65536",
        "100MB, 104857600",
        "2GB, 2147483648",
        "1TB, 1099511627776",
        "25%, 250",
        "100%, 1000"
    })
    void readsMemoryInWords(String text, long bytes) {
        assertThat(MemoryText.bytes(text, 1000)).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "MB", "-1MB", "1.5GB", "0%", "101%", "10 percent", "9999999TB", "0"})
    void refusesMemoryThatMakesNoSense(String text) {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> CachePolicy.builder().maxMemory(text))
                .withMessageContaining("maxMemory is");
    }

    @Test
    void aShareOfTheHeapIsOfTheLargestHeap() {
        assertThat(CachePolicy.builder().maxMemory("50%").build().maxMemory())
                .isBetween(
                        Runtime.getRuntime().maxMemory() / 2 - 100,
                        Runtime.getRuntime().maxMemory() / 2);
    }

    @Test
    void isRebuiltUnchanged() {
        CacheLoader<String, String> loader = key -> key;
        CachePolicy policy = CachePolicy.builder()
                .maxSize(5)
                .maxMemory(6000)
                .expectedSize(4)
                .defaultTtl(Duration.ofMinutes(7))
                .ttlJitter(Duration.ofMinutes(1))
                .nullTtl(Duration.ofSeconds(8))
                .staleOnError(Duration.ofMinutes(9))
                .softTimeout(Duration.ofMillis(10))
                .hardTimeout(Duration.ofMillis(11))
                .refreshAhead(0.5)
                .safeInTransactions(true)
                .weigher((key, value) -> 1)
                .loader(loader)
                .tier(Tier.TWO_LEVEL)
                .valueType(String.class)
                .compressAbove(2048)
                .build();

        assertThat(policy.toBuilder().build()).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(policy.toBuilder().maxSize(6).build()).isNotEqualTo(policy);
        assertThat(policy.toBuilder().compressAbove(0).build()).isNotEqualTo(policy);
        assertThat(policy.toString()).contains("maxSize=5", "compressAbove=2048", "refreshAhead=0.5", "loader=true");
    }

    @Test
    void reloadsForTenIntervalsUnlessSet() {
        CachePolicy policy = CachePolicy.builder().refreshInterval(SECOND).build();
        assertThat(policy.stopRefreshAfterIdle()).contains(SECOND.multipliedBy(10));

        CachePolicy shorter = policy.toBuilder().stopRefreshAfterIdle(SECOND).build();

        assertThat(shorter.refreshInterval()).contains(SECOND);
        assertThat(shorter.stopRefreshAfterIdle()).contains(SECOND);
        assertThat(shorter.toBuilder().build()).isEqualTo(shorter).isNotEqualTo(policy);
    }

    @Test
    void optionsCheckTheirParts() {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> EntryOptions.ttl(Duration.ZERO))
                .withMessageContaining("EntryOptions.ttl is PT0S");
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> EntryOptions.tags("fine", ""))
                .withMessageContaining("Cache tag is empty");
        assertThat(EntryOptions.ttl(SECOND)
                        .withTags(java.util.List.of("a", "a"))
                        .tags())
                .containsExactly("a");
    }
}
