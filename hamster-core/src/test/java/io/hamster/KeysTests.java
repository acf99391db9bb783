package io.hamster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class KeysTests {

    @ParameterizedTest
    @NullAndEmptySource
    void refusesNothing(String key) {
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> Keys.requireCharacters("Hash key", key, 500, InvalidKeyException::new))
                .withMessageContaining("1 to 500 characters");
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> Keys.requireBytes("Lock key", key, 200, InvalidKeyException::new))
                .withMessageContaining("1 to 200 bytes");
    }

    @Test
    void countsCharacters() {
        assertThat(Keys.requireCharacters("Hash key", "é".repeat(500), 500, InvalidKeyException::new))
                .hasSize(500);
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> Keys.requireCharacters("Hash key", "k".repeat(501), 500, InvalidKeyException::new))
                .withMessageContaining("has 501 characters; at most 500")
                .withMessageContaining("'" + "k".repeat(40) + "…'");
    }

    @Test
    void countsBytesOfUtf8() {
        assertThat(Keys.requireBytes("Lock key", "é".repeat(100), 200, InvalidKeyException::new))
                .hasSize(100);
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> Keys.requireBytes("Lock key", "é".repeat(101), 200, InvalidKeyException::new))
                .withMessageContaining("has 202 bytes");
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> Keys.requireBytes("Lock key", "k".repeat(201), 200, InvalidKeyException::new));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u0000", "tab\t", "\u0085"})
    void refusesControlCharacters(String key) {
        assertThatExceptionOfType(InvalidKeyException.class)
                .isThrownBy(() -> Keys.requireNoControlCharacters("Lock key", key, InvalidKeyException::new))
                .withMessageContaining("control character U+00")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void shortensKeysForLogs() {
        String shortened = Keys.shortened("customer:4711:secret");

        assertThat(shortened).startsWith("customer…").doesNotContain("4711").hasSize(17);
        assertThat(Keys.shortened("customer:4711:secret")).isEqualTo(shortened);
        assertThat(Keys.shortened("customer:4712:secret")).isNotEqualTo(shortened);
        assertThat(Keys.shortened("ab")).startsWith("a…");
    }

    @Test
    void tellsAShortenedKeyFromOthers() {
        assertThat(Keys.isShortened(Keys.shortened("customer:4711"))).isTrue();
        assertThat(Keys.isShortened(Keys.shortened("a"))).isTrue();
        assertThat(Keys.isShortened("customer:4711")).isFalse();
        assertThat(Keys.isShortened("…")).isFalse();
    }
}
