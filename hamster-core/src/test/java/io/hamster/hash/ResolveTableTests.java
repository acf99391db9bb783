package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResolveTableTests {

    private static final int LISTS = 50;

    /** Owners on both sides of what two bytes hold, and points that crowd together or lie at the ends, and even ones. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 17, 500, 20_000, 300_000})
    void findsWhatABinarySearchFinds(int size) {
        for (int seed = 0; seed < Math.max(1, Math.min(LISTS, 1_000_000 / size)); seed++) {
            Random random = new Random(seed);
            int crowding = seed % 3 * 20;
            LongStream atEnds = LongStream.of(Long.MIN_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE)
                    .limit(seed % 2 == 0 ? 0 : 3);
            long[] points = LongStream.concat(random.longs(size).map(point -> point >> crowding), atEnds)
                    .sorted()
                    .distinct()
                    .toArray();
            int[] owners = random.ints(points.length, 65_500, 65_600).toArray();
            ResolveTable table = new ResolveTable(new PointList(points, owners));
            for (long point : points) {
                for (int aside = -1; aside <= 1; aside++) {
                    requireSame(table, points, owners, point + aside);
                }
            }
            requireSame(table, points, owners, Long.MIN_VALUE);
            requireSame(table, points, owners, Long.MAX_VALUE);
            random.longs(1000).forEach(any -> requireSame(table, points, owners, any));
        }
    }

    /** Every slice's first and last hash, so that no slice can be left with the owner that it had. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 500, 20_000})
    void withAddedPointsIsAsIfMadeOfAll(int size) {
        for (int seed = 0; seed < LISTS; seed++) {
            Random random = new Random(seed);
            int crowding = seed % 3 * 20;
            PointList list = PointList.ofPeer(
                    random.longs(size).map(point -> point >> crowding).toArray(), 0);
            ResolveTable table = new ResolveTable(list);
            for (int owner = 1; owner <= 5; owner++) {
                int from = random.nextInt(size);
                LongStream others = LongStream.of(
                        Long.MIN_VALUE, Long.MAX_VALUE, list.points()[from], list.points()[0], list.points()[size - 1]);
                long[] added = LongStream.concat(others, random.longs(size / 40).map(point -> point >> crowding))
                        .skip(seed % 7)
                        .limit(1 + size / 40)
                        .map(point -> point ^ Long.MIN_VALUE)
                        .toArray();
                PointList few = PointList.ofPeer(added, owner);
                boolean newestFirst = seed % 2 == 0;
                list = list.merge(few, (one, other) -> one > other == newestFirst);
                table = table.with(list, few);
            }
            int slices = Math.max(1 << 10, Integer.highestOneBit(list.size()) << 5);
            for (long slice = 0; slice < slices; slice++) {
                long first = (slice << Long.numberOfLeadingZeros(slices) + 1) ^ Long.MIN_VALUE;
                requireSame(table, list.points(), list.owners(), first);
                requireSame(table, list.points(), list.owners(), first - 1);
            }
        }
    }

    private static void requireSame(ResolveTable table, long[] points, int[] owners, long wanted) {
        int found = Arrays.binarySearch(points, wanted);
        int expected = found < 0 ? ~found : found;
        while (found >= 0 && expected > 0 && points[expected - 1] == wanted) {
            expected--;
        }
        expected %= points.length;
        long aligned = wanted ^ Long.MIN_VALUE;
        if (table.point(aligned) != expected || table.owner(aligned) != owners[expected]) {
            assertThat(table.point(aligned)).as("point for %x", aligned).isEqualTo(expected);
            assertThat(table.owner(aligned)).as("owner for %x", aligned).isEqualTo(owners[expected]);
        }
    }
}
