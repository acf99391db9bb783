package io.hamster.cache.bloom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.hamster.cache.InvalidCachePolicyException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BloomFilterConfigTests {

    @ParameterizedTest
    @CsvSource({"10_000, 0.01, 6", "1_000_000, 0.01, 6", "1_000_000, 0.001, 10", "1_000_000, 0.5, 1", "1_000, 1e-9, 30"
    })
    void hasAboutTheTextbooksSize(String expected, double fpp, int hashes) {
        BloomFilterConfig config = new BloomFilterConfig(Long.parseLong(expected.replace("_", "")), fpp);

        assertThat(config.hashes()).isEqualTo(hashes);
        assertThat(config.bits() % 64).isZero();
        assertThat(config.memoryBytes()).isEqualTo(config.bits() / 8);
        double textbook = -config.expected() * Math.log(fpp) / Math.pow(Math.log(2), 2);
        assertThat((double) config.bits()).isBetween(textbook, textbook * 1.02 + 64);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 0.4, 0.35, 0.3, 0.2, 0.1, 0.05, 0.01, 0.003, 1e-4, 1e-6})
    void wholeHashesDontCostTheRate(double fpp) {
        BloomFilterConfig config = new BloomFilterConfig(1_000_000, fpp);

        double perKey = config.bits() / 1e6;
        assertThat(BloomFilterConfig.fppAt(perKey, config.hashes())).isBetween(fpp * 0.999, fpp * 1.000001);
    }

    @Test
    void refusesFewerThanOneKey() {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> new BloomFilterConfig(0, 0.01))
                .withMessageContaining("expected number of keys is 0; it must be at least 1");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 0.51, 1, 1e-10, Double.NaN})
    void refusesRatesOutOfRange(double fpp) {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> new BloomFilterConfig(100, fpp))
                .withMessageContaining("fpp is " + fpp + "; it must be from 1e-9 to 0.5");
    }

    @Test
    void refusesMoreBitsThanAnArrayHolds() {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> new BloomFilterConfig(1L << 40, 0.01))
                .withMessageContaining("A Bloom filter for 1099511627776 keys with an fpp of 0.01 needs ")
                .withMessageContaining("expect fewer keys or take a higher fpp");
    }

    @ParameterizedTest
    @CsvSource({"1000, 1250", "1000, 184", "100000, 100000", "1000000, 1200000", "999983, 2000003"})
    void theBestRateFitsTheBudget(long expected, long bytes) {
        BloomFilterConfig config = BloomFilterConfig.withinBudget(expected, bytes);

        assertThat(config.memoryBytes()).isLessThanOrEqualTo(bytes).isGreaterThan(bytes - 16);
        assertThat(config.fpp()).isCloseTo(Math.pow(0.6185, bytes * 8.0 / expected), within(config.fpp() * 0.15));
        BloomFilterConfig better = new BloomFilterConfig(expected, Math.max(1e-9, config.fpp() * 0.85));
        assertThat(better.memoryBytes()).isGreaterThan(bytes);
    }

    @Test
    void aLargeBudgetIsNotUsedUp() {
        BloomFilterConfig config = BloomFilterConfig.withinBudget(10, Long.MAX_VALUE);

        assertThat(config.fpp()).isEqualTo(1e-9);
        assertThat(config.memoryBytes()).isLessThan(100);
    }

    @ParameterizedTest
    @ValueSource(longs = {180, 8, 7, 0, -1, Long.MIN_VALUE})
    void refusesTooSmallABudget(long bytes) {
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> BloomFilterConfig.withinBudget(1000, bytes))
                .withMessageContaining(
                        "A Bloom filter for 1000 keys was given " + bytes + " bytes; give it at least 184");
    }
}
