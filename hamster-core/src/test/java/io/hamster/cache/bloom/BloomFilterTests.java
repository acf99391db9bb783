package io.hamster.cache.bloom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.UUID;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BloomFilterTests {

    private static final BloomFilterConfig CONFIG = new BloomFilterConfig(10_000, 0.01);

    static Stream<Arguments> keepsItsRate() {
        LongFunction<Object> texts = i -> "user:" + i;
        LongFunction<Object> umlauts = i -> "größe-" + i;
        LongFunction<Object> longs = i -> i;
        LongFunction<Object> ids = i -> new UUID(7, i);
        return Stream.of(
                Arguments.of("texts", texts, 1_000, 0.1, 20, 20_000),
                Arguments.of("texts", texts, 1_000, 0.01, 40, 25_000),
                Arguments.of("texts", texts, 100_000, 0.3, 1, 200_000),
                Arguments.of("texts", texts, 100_000, 0.03, 1, 400_000),
                Arguments.of("texts", texts, 100_000, 0.01, 1, 1_000_000),
                Arguments.of("texts", texts, 300_000, 0.001, 1, 5_000_000),
                Arguments.of("umlauts", umlauts, 50_000, 0.01, 1, 1_000_000),
                Arguments.of("longs", longs, 1_000, 0.001, 200, 25_000),
                Arguments.of("longs", longs, 100_000, 0.01, 1, 1_000_000),
                Arguments.of("longs", longs, 1_000_000, 0.01, 1, 1_000_000),
                Arguments.of("longs", longs, 100, 0.01, 300, 5_000),
                Arguments.of("ids", ids, 100_000, 0.01, 1, 1_000_000));
    }

    /** The keys are the numbers from 0 on, so every run measures the same; small filters are measured several times. */
    @ParameterizedTest(name = "{2} {0} at {3}")
    @MethodSource
    void keepsItsRate(String what, LongFunction<Object> keys, int expected, double fpp, int filters, int absent) {
        long found = 0;
        for (int f = 0; f < filters; f++) {
            long from = (long) f * (expected + absent);
            BloomFilter<Object> filter = BloomFilter.create(new BloomFilterConfig(expected, fpp));
            LongStream.range(from, from + expected).mapToObj(keys).forEach(filter::add);
            found += LongStream.range(from + expected, from + expected + absent)
                    .mapToObj(keys)
                    .filter(filter::mightContain)
                    .count();
        }

        // Less than asked for by as much as rounding up to whole words gives a small filter.
        BloomFilterConfig config = new BloomFilterConfig(expected, fpp);
        double rounded = BloomFilterConfig.fppAt((double) config.bits() / expected, config.hashes());
        assertThat(found / ((double) filters * absent)).isBetween(rounded * 0.85, fpp * 1.05);
    }

    @Test
    void forgetsNothing() {
        BloomFilter<String> filter = BloomFilter.create(CONFIG);
        LongStream.range(0, 20_000).mapToObj(Long::toString).forEach(filter::add);

        assertThat(LongStream.range(0, 20_000).mapToObj(Long::toString)).allMatch(filter::mightContain);
    }

    @Test
    void isEmptyAtFirst() {
        BloomFilter<String> filter = BloomFilter.create(CONFIG);

        assertThat(filter.mightContain("a")).isFalse();
        assertThat(filter.stats()).isEqualTo(new BloomFilterStats(0, 0, 0, CONFIG.memoryBytes()));
    }

    @Test
    void tellsWhetherAKeyIsNew() {
        BloomFilter<String> filter = BloomFilter.create(CONFIG);

        assertThat(filter.add("a")).isTrue();
        assertThat(filter.add("a")).isFalse();
        assertThat(filter.mightContain("a")).isTrue();
    }

    @Test
    void estimatesWhatItHolds() {
        BloomFilter<Long> filter = BloomFilter.create(CONFIG);
        for (int round = 0; round < 2; round++) {
            LongStream.range(0, 10_000).forEach(filter::add);
        }

        BloomFilterStats stats = filter.stats();
        assertThat(stats.keys()).isCloseTo(10_000, withinPercentage(2));
        assertThat(stats.fill()).isBetween(0.45, 0.47);
        assertThat(stats.fpp()).isCloseTo(0.01, withinPercentage(6));
        assertThat(stats.memoryBytes()).isEqualTo(CONFIG.memoryBytes());
    }

    @Test
    void aFullFilterTakesEveryKeyForThere() {
        BloomFilter<Long> filter = BloomFilter.create(new BloomFilterConfig(1, 0.5));
        LongStream.range(0, 10_000).forEach(filter::add);

        assertThat(filter.stats()).isEqualTo(new BloomFilterStats(Long.MAX_VALUE, 1, 1, 8));
        assertThat(filter.mightContain(-1L)).isTrue();
    }

    @Test
    void mergesEqualFilters() {
        BloomFilter<String> filter = BloomFilter.create(CONFIG);
        BloomFilter<String> other = BloomFilter.create(CONFIG);
        filter.add("a");
        other.add("b");

        filter.merge(other);

        assertThat(filter.mightContain("a")).isTrue();
        assertThat(filter.mightContain("b")).isTrue();
        assertThat(other.mightContain("a")).isFalse();
    }

    @Test
    void refusesToMergeOthers() {
        BloomFilter<Long> filter = BloomFilter.create(CONFIG);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> filter.merge(BloomFilter.create(new BloomFilterConfig(10_000, 0.02))))
                .withMessageContaining("both need equal configs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> filter.merge(BloomFilter.create(CONFIG, KeyHash.spread(Long::longValue))))
                .withMessageContaining("the same KeyHash instance");
    }

    @Test
    void hashesKeysAsAsked() {
        BloomFilter<String> filter = BloomFilter.create(CONFIG, KeyHash.<String>spread(String::length));
        filter.add("ab");

        assertThat(filter.mightContain("xy")).isTrue();
        assertThat(filter.mightContain("xyz")).isFalse();
    }

    @Test
    void equalKeysOfAnyTypeAreFound() {
        record Seat(String row, int number) {}
        BloomFilter<Object> filter = BloomFilter.create(CONFIG);
        filter.add(new Seat("A", 7));
        filter.add(7);

        assertThat(filter.mightContain(new Seat("A", 7))).isTrue();
        assertThat(filter.mightContain(new Seat("A", 8))).isFalse();
        assertThat(filter.mightContain(7)).isTrue();
        assertThat(filter.mightContain(8)).isFalse();
    }
}
