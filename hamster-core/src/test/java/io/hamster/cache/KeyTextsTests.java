package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.math.BigDecimal;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class KeyTextsTests {

    private static String text(Object key) {
        return new KeyTexts<>("books", CachePolicy.defaults()).required(key).text();
    }

    private record Place(String shelf, Integer number) {}

    private enum Kind {
        NOVEL {
            @Override
            public String toString() {
                return "a novel";
            }
        }
    }

    @Test
    void simpleKeysAreAsTheyPrint() {
        UUID id = UUID.randomUUID();
        assertThat(Stream.of(
                                "k",
                                new StringBuilder("sb"),
                                7,
                                -7L,
                                new BigDecimal("1.50"),
                                true,
                                'c',
                                id,
                                LocalDate.of(2026, 1, 2),
                                Duration.ofSeconds(5),
                                ZoneId.of("Europe/Berlin"),
                                DayOfWeek.MONDAY,
                                URI.create("http://x/"))
                        .map(KeyTextsTests::text))
                .containsExactly(
                        "k",
                        "sb",
                        "7",
                        "-7",
                        "1.50",
                        "true",
                        "c",
                        id.toString(),
                        "2026-01-02",
                        "PT5S",
                        "Europe/Berlin",
                        "MONDAY",
                        "http://x/");
        assertThat(text(Kind.NOVEL)).isEqualTo("NOVEL");
    }

    @Test
    void composedKeysOfDifferentPartsHaveDifferentTexts() {
        List<Object> keys = List.of(
                List.of("a", "b"),
                List.of("ab"),
                List.of("a", "", "b"),
                List.of("1:b"),
                List.of("a1:b"),
                List.of(List.of("a"), "b"),
                List.of("a", List.of("b")),
                List.of(),
                Set.of("a", "b"),
                Arrays.asList("a", null),
                List.of("a", "-"),
                new Place("a", 1),
                new Place("a", null),
                new Place(null, 1));

        assertThat(keys.stream().map(KeyTextsTests::text)).doesNotHaveDuplicates();
    }

    @Test
    void equalKeysHaveEqualTexts() {
        assertThat(text(List.of("a", 1))).isEqualTo(text(Arrays.asList("a", 1)));
        assertThat(text(new Place("a", 1))).isEqualTo(text(new Place("a", 1))).isEqualTo("Place(1:a1:1");
        assertThat(text(Set.of("x", "y", "z"))).isEqualTo(text(Set.of("z", "y", "x")));
        assertThat(text(new int[] {1, 2})).isEqualTo(text(new int[] {1, 2}));
    }

    @Test
    void refusesWhatHasNoReliableText() {
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> text(new Object()))
                .withMessageContaining("java.lang.Object")
                .withMessageContaining("keyText");
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> text(List.of("a", Locale.GERMAN)))
                .withMessageContaining("contains java.util.Locale");
    }

    @Test
    void textsKeepTheRulesOfKeys() {
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> text(List.of("k".repeat(250))))
                .withMessageContaining("255 characters");
        assertThatExceptionOfType(InvalidCacheKeyException.class).isThrownBy(() -> text(List.of("a\n")));
    }

    @Test
    void aTextOfItsOwnComesFirst() {
        Function<Locale, String> own = Locale::toLanguageTag;
        KeyTexts<Locale> texts =
                new KeyTexts<>("books", CachePolicy.builder().keyText(own).build());

        assertThat(texts.of(Locale.UK).text()).isEqualTo("en-GB");
        assertThat(texts.of(Locale.UK)).isEqualTo(TextKey.ofText("en-GB"));
    }
}
