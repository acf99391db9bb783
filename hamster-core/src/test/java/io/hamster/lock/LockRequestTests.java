package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.InvalidExpirationException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class LockRequestTests {

    @Test
    void hasTheDocumentedDefaults() {
        LockRequest request = LockRequest.of("k");

        assertThat(request.key()).isEqualTo("k");
        assertThat(request.expiration()).isEqualTo(Duration.ofSeconds(30));
        assertThat(request.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(request.retry()).isEqualTo(RetryStrategy.exponential(3, Duration.ofMillis(100)));
        assertThat(request.autoRefresh()).isTrue();
        assertThat(request.maxHold()).isEmpty();
        assertThat(request.atLeastFor()).isZero();
        assertThat(request.reentrant()).isFalse();
    }

    @Test
    void hasPresetsForContention() {
        assertThat(LockRequest.lowContention("k").build().retry())
                .isEqualTo(RetryStrategy.fixed(3, Duration.ofMillis(50)));
        assertThat(LockRequest.mediumContention("k").build().retry())
                .isEqualTo(RetryStrategy.linear(5, Duration.ofMillis(100)));
        assertThat(LockRequest.highContention("k").build().retry())
                .isEqualTo(RetryStrategy.exponential(7, Duration.ofMillis(200)));
    }

    @Test
    void copiesEverythingIntoItsBuilder() {
        LockRequest request = LockRequest.builder("k")
                .expiration(Duration.ofSeconds(1))
                .timeout(Duration.ofSeconds(2))
                .retry(RetryStrategy.fixed(1, Duration.ofSeconds(3)))
                .autoRefresh(false)
                .maxHold(Duration.ofSeconds(4))
                .atLeastFor(Duration.ofMillis(5))
                .reentrant(true)
                .build();

        assertThat(request.toBuilder().build()).usingRecursiveComparison().isEqualTo(request);
    }

    @ParameterizedTest
    @NullAndEmptySource
    @ValueSource(strings = {"a\nb", "\u0000"})
    void refusesBadKeys(String key) {
        assertThatExceptionOfType(InvalidLockKeyException.class)
                .isThrownBy(() -> LockRequest.builder(key))
                .withMessageContaining("Lock key");
    }

    @Test
    void countsTheKeysBytes() {
        assertThat(LockRequest.of("é".repeat(100)).key()).hasSize(100);
        assertThatExceptionOfType(InvalidLockKeyException.class)
                .isThrownBy(() -> LockRequest.of("é".repeat(101)))
                .withMessageContaining("202 bytes");
    }

    @Test
    void refusesDurationsThatAreOutOfRange() {
        LockRequest.Builder builder = LockRequest.builder("k");

        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> builder.expiration(Duration.ZERO))
                .withMessageContaining("expiration PT0S");
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> builder.expiration(Duration.ofHours(24).plusNanos(1)))
                .withMessageContaining("at most 24h");
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> builder.timeout(Duration.ofMillis(-1)))
                .withMessageContaining("timeout PT-0.001S");
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> builder.maxHold(Duration.ZERO))
                .withMessageContaining("maxHold");
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> builder.atLeastFor(Duration.ofHours(25)))
                .withMessageContaining("atLeastFor");
        assertThat(builder.expiration(Duration.ofHours(24)).build().expiration())
                .isEqualTo(Duration.ofHours(24));
    }

    @Test
    void refusesToKeepALockLongerThanALeaseThatNothingRenews() {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> LockRequest.builder("k")
                        .expiration(Duration.ofSeconds(1))
                        .atLeastFor(Duration.ofSeconds(2))
                        .autoRefresh(false)
                        .build())
                .withMessageContaining("atLeastFor PT2S is longer than its expiration PT1S");
    }

    @Test
    void refusesToKeepALockLongerThanItMayBeHeld() {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> LockRequest.builder("k")
                        .maxHold(Duration.ofSeconds(1))
                        .atLeastFor(Duration.ofSeconds(2))
                        .build())
                .withMessageContaining("atLeastFor PT2S is longer than its maxHold PT1S");
    }

    @Test
    void doesNotPrintItsKey() {
        assertThat(LockRequest.of("customer:4711:secret").toString())
                .contains("customer…")
                .doesNotContain("4711");
    }
}
