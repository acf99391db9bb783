package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainReadsTests {

    private final PlainReads reads = new PlainReads();

    @Test
    void areTriedFirst() {
        assertThat(reads.arePromising()).isTrue();
    }

    @Test
    void areGivenUpOnceTooManyDidNotTell() {
        count(false, 12);
        assertThat(reads.arePromising()).isTrue();

        count(false, 1);
        assertThat(reads.arePromising()).isFalse();
    }

    @Test
    void areTriedAgainOnceEnoughWouldHaveTold() {
        count(false, 1000);
        count(true, 63);
        assertThat(reads.arePromising()).isFalse();

        count(true, 1);
        assertThat(reads.arePromising()).isTrue();
    }

    @Test
    void manyThatToldAreNoCreditForEver() {
        count(true, 100_000);
        count(false, 13);

        assertThat(reads.arePromising()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"100, 100, 100", "98, 95, 100", "90, 0, 5", "50, 0, 1", "10, 0, 1", "0, 0, 1"})
    void areTriedWhereTheyPay(int percentThatTell, int leastPercent, int mostPercent) {
        Random random = new Random(7);
        int tried = 0;
        for (int i = 0; i < 100_000; i++) {
            tried += reads.arePromising() ? 1 : 0;
            reads.count(random.nextInt(100) < percentThatTell);
        }

        assertThat(tried / 1000.0).isBetween((double) leastPercent, (double) mostPercent);
    }

    private void count(boolean tells, int times) {
        for (int i = 0; i < times; i++) {
            reads.count(tells);
        }
    }
}
