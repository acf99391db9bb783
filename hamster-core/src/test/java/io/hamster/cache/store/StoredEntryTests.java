package io.hamster.cache.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class StoredEntryTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private static StoredEntry entry(Duration age, Duration ttl, Duration retention, Set<String> tags) {
        return new StoredEntry(Optional.empty(), age, ttl, retention, tags);
    }

    @Test
    void isExpiredWhenNothingOfItsTtlIsLeft() {
        assertThat(entry(SECOND, SECOND, SECOND, Set.of()).isExpired()).isFalse();
        assertThat(entry(SECOND, Duration.ZERO, SECOND, Set.of()).isExpired()).isTrue();
        assertThat(entry(SECOND, SECOND.negated(), SECOND, Set.of()).isExpired())
                .isTrue();
    }

    @Test
    void refusesImpossibleFigures() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> entry(SECOND.negated(), SECOND, SECOND, Set.of()))
                .withMessageContaining("age")
                .withMessageContaining("PT-1S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> entry(SECOND, Duration.ZERO, Duration.ZERO, Set.of()))
                .withMessageContaining("retention");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> entry(SECOND, SECOND.plusNanos(1), SECOND, Set.of()))
                .withMessageContaining("ttl");
        Set<String> tags = IntStream.rangeClosed(0, StoredEntry.MOST_TAGS)
                .mapToObj(String::valueOf)
                .collect(Collectors.toSet());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> entry(SECOND, SECOND, SECOND, tags))
                .withMessageContaining("1001");
    }
}
