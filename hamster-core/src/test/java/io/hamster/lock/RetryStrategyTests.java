package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RetryStrategyTests {

    private static final Duration BASE = Duration.ofMillis(100);

    private final RandomGenerator random = new SplittableRandom(7);

    private long[] pauses(RetryStrategy retry, int attempts) {
        return IntStream.range(0, attempts)
                .mapToLong(attempt ->
                        Duration.ofNanos(retry.pauseNanos(attempt, random)).toMillis())
                .toArray();
    }

    @Test
    void growsAsItsKindSays() {
        assertThat(pauses(RetryStrategy.fixed(9, BASE), 4)).containsExactly(100, 100, 100, 100);
        assertThat(pauses(RetryStrategy.linear(9, BASE), 4)).containsExactly(100, 200, 300, 400);
        assertThat(pauses(RetryStrategy.exponential(9, BASE), 4)).containsExactly(100, 200, 400, 800);
    }

    @Test
    void staysBelowItsCap() {
        Duration cap = Duration.ofMillis(250);

        assertThat(pauses(RetryStrategy.linear(9, BASE).withCap(cap), 4)).containsExactly(100, 200, 250, 250);
        assertThat(pauses(RetryStrategy.exponential(9, BASE).withCap(cap), 4)).containsExactly(100, 200, 250, 250);
    }

    @ParameterizedTest
    @EnumSource(RetryStrategy.Growth.class)
    void neverOverflows(RetryStrategy.Growth growth) {
        RetryStrategy retry =
                new RetryStrategy(growth, RetryStrategy.UNLIMITED, Duration.ofHours(23), Duration.ofHours(24), 0);

        for (int attempt : new int[] {1, 5, 62, 63, 64, 1_000_000, Integer.MAX_VALUE}) {
            assertThat(retry.pauseNanos(attempt, random))
                    .isBetween(
                            Duration.ofHours(23).toNanos(), Duration.ofHours(24).toNanos());
        }
    }

    @Test
    void shortensPausesAtRandomByItsJitter() {
        RetryStrategy retry = RetryStrategy.fixed(9, BASE).withJitter(0.4);

        long[] pauses = pauses(retry, 200);

        assertThat(LongStream.of(pauses).boxed()).allMatch(pause -> pause >= 60 && pause <= 100);
        assertThat(LongStream.of(pauses).distinct().count()).isGreaterThan(10);
        assertThat(RetryStrategy.fixed(9, Duration.ofNanos(1)).withJitter(1).pauseNanos(0, random))
                .isOne();
    }

    @Test
    void countsAttempts() {
        RetryStrategy twice = RetryStrategy.fixed(2, BASE);

        assertThat(twice.exhausted(1)).isFalse();
        assertThat(twice.exhausted(2)).isTrue();
        assertThat(twice.withCount(0).exhausted(0)).isTrue();
        assertThat(twice.withCount(RetryStrategy.UNLIMITED).exhausted(Integer.MAX_VALUE))
                .isFalse();
    }

    @Test
    void refusesWhatIsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryStrategy.fixed(-2, BASE))
                .withMessageContaining("-2");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryStrategy.fixed(1, Duration.ZERO))
                .withMessageContaining("PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryStrategy.fixed(1, Duration.ofHours(25)))
                .withMessageContaining("PT25H");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryStrategy.fixed(1, BASE).withCap(Duration.ofMillis(99)))
                .withMessageContaining("PT0.099S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryStrategy.fixed(1, BASE).withJitter(1.1))
                .withMessageContaining("1.1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RetryStrategy.fixed(1, BASE).withJitter(Double.NaN))
                .withMessageContaining("NaN");
    }
}
