package io.hamster.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.lock.InvalidLockKeyException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LockKeysTests {

    enum Colour {
        RED
    }

    record Point(int x, int y) {}

    @Test
    void takesTheTextOfWhatHasOne() {
        assertThat(LockKeys.of("a", "here")).containsExactly("a");
        assertThat(LockKeys.of(7L, "here")).containsExactly("7");
        assertThat(LockKeys.of(Colour.RED, "here")).containsExactly("RED");
        assertThat(LockKeys.of(new UUID(1, 2), "here")).containsExactly("00000000-0000-0001-0000-000000000002");
        assertThat(LockKeys.of(new Point(1, 2), "here")).containsExactly("Point[x=1, y=2]");
        assertThat(LockKeys.of(Path.of("a", "b"), "here"))
                .containsExactly(Path.of("a", "b").toString());
    }

    @Test
    void takesEachElement() {
        assertThat(LockKeys.of(List.of("b", "a"), "here")).containsExactly("b", "a");
        assertThat(LockKeys.of(new long[] {3, 4}, "here")).containsExactly("3", "4");
        assertThat(LockKeys.of(Optional.of("a"), "here")).containsExactly("a");
        assertThat(LockKeys.of(List.of(Optional.of("a")), "here")).containsExactly("a");
    }

    @ParameterizedTest
    @MethodSource("noKeys")
    void refusesWhatIsNoKey(@Nullable Object value, String what) {
        assertThatExceptionOfType(InvalidLockKeyException.class)
                .isThrownBy(() -> LockKeys.of(value, "@HamsterLocked(key) on Orders.pay"))
                .withMessageStartingWith("@HamsterLocked(key) on Orders.pay evaluated to " + what)
                .withMessageContaining("the method was not called");
    }

    static Stream<Object[]> noKeys() {
        return Stream.of(
                new Object[] {null, "null"},
                new Object[] {"", "empty"},
                new Object[] {"  ", "empty"},
                new Object[] {Optional.empty(), "null"},
                new Object[] {List.of(), "an empty collection"},
                new Object[] {new String[0], "an empty collection"},
                new Object[] {Arrays.asList("a", null), "null"},
                new Object[] {new Object(), "a java.lang.Object"},
                new Object[] {Map.of("a", 1), "a java.util.ImmutableCollections$Map1 as one key"},
                new Object[] {List.of(Set.of("a")), "a java.util.ImmutableCollections$Set12 as one key"},
                new Object[] {Optional.of(List.of("a")), "a java.util.ImmutableCollections$List12 as one key"},
                new Object[] {List.of(new Object[] {new int[] {1}}), "a [I"});
    }
}
