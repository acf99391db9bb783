package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jol.info.GraphLayout;

/** The estimate against what JOL measures. */
class MemoryEstimatorTests {

    static {
        // Has JOL guess the offsets of records' fields, which the JVM doesn't tell.
        System.setProperty("jol.magicFieldOffset", "true");
    }

    private final MemoryEstimator estimator = new MemoryEstimator(ObjectLayout.ofThisJvm());

    static Stream<Object> exact() {
        return Stream.of(
                "",
                "a",
                "user:profile:4711",
                "Straße",
                "汉字",
                "x".repeat(10_000),
                1,
                1L,
                1.5,
                1.5f,
                true,
                (byte) 1,
                (short) 1,
                'c',
                new byte[0],
                new byte[1],
                new byte[1_000_003],
                new int[17],
                new long[17],
                new char[5],
                new boolean[9],
                new double[3],
                new Integer[] {1000, 2000, 3000},
                new String[] {"a", "bb", null},
                alternating(100),
                alternating(512),
                alternating(5_000),
                filled(5_000, i -> 1000 + i).toArray(Integer[]::new),
                filled(3_000, i -> new byte[i]).toArray(byte[][]::new),
                new long[][] {new long[3], new long[4]},
                new BigInteger("123456789012345678901234567890"));
    }

    /** Every second is long. */
    private static String[] alternating(int length) {
        return filled(length, i -> (i % 2 == 0 ? "s" : "a far longer one".repeat(60)) + i)
                .toArray(String[]::new);
    }

    @ParameterizedTest
    @MethodSource
    void exact(Object value) {
        assertThat(estimator.bytes(value)).isEqualTo(measured(value));
    }

    record Point(int x, int y) {}

    record Customer(long id, String name, Optional<String> email, LocalDate since, List<Address> addresses) {}

    record Address(String street, String city, Point position) {}

    static class Base {
        long id = 1;
        String name = "a base class's field";
    }

    static class Derived extends Base {
        boolean flag = true;
        int[] numbers = new int[10];
        Derived next;
    }

    static Stream<Named<Object>> estimated() {
        Derived derived = new Derived();
        derived.next = new Derived();
        derived.next.next = derived;
        Stream<Object> values = Stream.of(
                new Point(1, 2),
                customer(1),
                derived,
                new BigDecimal("12.50"),
                UUID.fromString("00000000-0000-0001-0000-000000000002"),
                Instant.EPOCH,
                LocalDateTime.MIN,
                List.of("the only element of a list"),
                List.of("a", "b", "c", "d"),
                Set.of("a", "b", "c", "d"),
                Map.of("a", customer(1)),
                Map.of("a", 1000, "b", 2000, "c", 3000),
                Arrays.asList("a", "b", "c"),
                Stream.of("a", "b", "c").toList(),
                filled(10, i -> customer(i)),
                filled(2_000, i -> customer(i)),
                filled(100, i -> "s" + i).toArray(),
                filled(5_000, i -> "s" + i).toArray(),
                (Object) Stream.of(alternating(1_024)).toArray(),
                new LinkedList<>(filled(100, i -> "s" + i)),
                new ArrayDeque<>(filled(100, i -> "s" + i)),
                new HashSet<>(filled(100, i -> "s" + i)),
                new TreeSet<>(filled(100, i -> "s" + i)),
                mapped(1),
                new HashMap<>(mapped(100)),
                new HashMap<>(mapped(5_000)),
                new LinkedHashMap<>(mapped(100)),
                new TreeMap<>(mapped(100)),
                new ConcurrentHashMap<>(mapped(100)),
                Map.copyOf(mapped(100)),
                List.copyOf(filled(100, i -> customer(i))),
                new ArrayList<>(filled(100, i -> mapped(5))));
        // A display name made by toString() would fill the caches of strings that some values have.
        return values.map(value -> Named.of(value.getClass().getSimpleName(), value));
    }

    @ParameterizedTest
    @MethodSource
    void estimated(Object value) {
        long measured = measured(value);

        assertThat(estimator.bytes(value)).isCloseTo(measured, within(measured / 4));
    }

    record Document(List<List<String>> lines, Body body) {}

    record Body(byte[] bytes) {}

    @Test
    void countsWhatIsBehindManyObjects() {
        List<List<String>> lines = filled(300, i -> filled(11, j -> "line " + i + " " + j));
        Document document = new Document(lines, new Body(new byte[10_000_000]));

        assertThat(estimator.bytes(document)).isCloseTo(measured(document), within(100_000L));
    }

    record Index(String[] words, int[][] places, List<Customer> customers) {}

    @Test
    void countsWhatIsBehindLongArrays() {
        Index index = new Index(
                alternating(10_000),
                filled(3_000, i -> new int[i % 10]).toArray(int[][]::new),
                filled(2_000, i -> customer(i)));
        long measured = measured(index);

        assertThat(estimator.bytes(index)).isCloseTo(measured, within(measured / 10));
    }

    @Test
    void countsSharedObjectsOnce() {
        String shared = "x".repeat(10_000);

        assertThat(estimator.bytes(List.of(shared, shared, shared))).isLessThan(11_000);
    }

    @Test
    void leavesOutWhatIsNotTheValuesOwn() {
        assertThat(estimator.bytes(new Object[] {Thread.currentThread(), String.class, Thread.State.NEW}))
                .isLessThan(100);
    }

    @Test
    void boundsTheWalk() {
        Derived chain = new Derived();
        for (int i = 0; i < 1_000_000; i++) {
            Derived longer = new Derived();
            longer.next = chain;
            chain = longer;
        }

        assertThat(estimator.bytes(chain)).isBetween(1_000L, 1_000_000L);
    }

    static Stream<Named<UnaryOperator<List<String>>>> wrappers() {
        return Stream.of(
                Named.of("unmodifiable", Collections::unmodifiableList),
                Named.of("synchronized", Collections::synchronizedList),
                Named.of("checked", list -> Collections.checkedList(list, String.class)),
                Named.of("view", list -> list.subList(0, 1)));
    }

    @ParameterizedTest
    @MethodSource("wrappers")
    void runsNoCodeOfAWrappedCollection(UnaryOperator<List<String>> wrapper) {
        LazyList lazy = new LazyList();
        Object wrapped = wrapper.apply(lazy);
        lazy.isClosed = true;

        assertThat(estimator.bytes(new Object[] {wrapped, "x".repeat(1000)})).isBetween(2_000L, 3_000L);
    }

    @Test
    void runsNoCodeOfAWrappedMapOrSet() {
        LazyList lazy = new LazyList();
        Map<String, String> map = new AbstractMap<>() {
            @Override
            public Set<Entry<String, String>> entrySet() {
                throw new IllegalStateException("no session");
            }
        };
        lazy.isClosed = true;

        assertThat(estimator.bytes(Collections.unmodifiableMap(map))).isPositive();
        assertThat(estimator.bytes(Collections.unmodifiableCollection(lazy))).isPositive();
    }

    /** Loads its elements when asked for them. */
    private static final class LazyList extends AbstractList<String> {

        private boolean isClosed;

        @Override
        public String get(int index) {
            size();
            return "loaded";
        }

        @Override
        public int size() {
            if (isClosed) {
                throw new AssertionError("asked for its elements");
            }
            return 1;
        }
    }

    @Test
    void guessesWhenAComparatorFails() {
        boolean[] fails = new boolean[1];
        TreeSet<String> set = new TreeSet<>((a, b) -> {
            if (fails[0]) {
                throw new IllegalStateException("unfit");
            }
            return a.compareTo(b);
        });
        set.addAll(List.of("a", "b", "c"));
        Object part = set.subSet("a", "c");
        fails[0] = true;

        assertThat(estimator.bytes(new Object[] {part, "x".repeat(1000)})).isBetween(2_000L, 3_000L);
    }

    private static Customer customer(int i) {
        return new Customer(
                i,
                "Customer Number " + i,
                Optional.of("customer" + i + "@example.org"),
                LocalDate.of(2026, 1, 1 + i % 28),
                new ArrayList<>(List.of(new Address("Street " + i, "City " + i % 10, new Point(i, i)))));
    }

    private static <T> List<T> filled(int size, IntFunction<T> element) {
        return IntStream.range(0, size).mapToObj(element).collect(Collectors.toCollection(ArrayList::new));
    }

    private static Map<String, Integer> mapped(int size) {
        Map<String, Integer> map = new HashMap<>();
        IntStream.range(1000, 1000 + size).forEach(i -> map.put("key" + i, i));
        return map;
    }

    private static long measured(Object value) {
        return GraphLayout.parseInstance(value).totalSize();
    }
}
