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

    /** Every slice's first and last hash too, so that none can be left with the owner that it had. */
    @ParameterizedTest
    @ValueSource(ints = {17, 500, 20_000, 150_000, 600_000})
    void withAddedPointsIsAsIfMadeOfAll(int size) {
        for (int seed = 0; seed < Math.max(2, Math.min(LISTS, 1_000_000 / size)); seed++) {
            Random random = new Random(seed);
            int crowding = seed % 3 * 20;
            boolean smallerFirst = seed % 2 == 0;
            PointList.Precedence precedence = (owner, other) -> owner < other == smallerFirst;
            PointList list = PointList.EMPTY;
            for (int owner = 0; owner < 4; owner++) {
                list = list.merge(PointList.ofPeer(hashes(random, size / 4, crowding), 65_532 + owner), precedence);
            }
            ResolveTable table = new ResolveTable(list);
            for (int step = 0; step < 5; step++) {
                PointList few = PointList.EMPTY;
                for (int owner = 65_536 + step * 2; owner < 65_538 + step * 2; owner++) {
                    long[] others = {
                        0, -1, hash(list, 0), hash(list, list.size() - 1), hash(list, random.nextInt(list.size()))
                    };
                    long[] added = LongStream.concat(
                                    LongStream.of(others).skip(random.nextInt(6)),
                                    LongStream.of(hashes(random, size / 50, crowding)))
                            .limit(Math.max(1, size / 50))
                            .toArray();
                    // One within what two bytes hold, one beyond.
                    few = few.merge(PointList.ofPeer(added, owner % 2 == 0 ? owner - 65_530 : owner), precedence);
                }
                list = list.merge(few, precedence);
                table = table.with(list, few);
            }
            requireSame(table, list);
        }
    }

    /** Hashes, left-aligned to 64 bits, that crowd around 0 and the end of the circle. */
    private static long[] hashes(Random random, int count, int crowding) {
        return random.longs(count).map(hash -> hash >> crowding).toArray();
    }

    private static long hash(PointList list, int point) {
        return list.points()[point] ^ Long.MIN_VALUE;
    }

    private static void requireSame(ResolveTable table, PointList list) {
        int slices = Math.max(1 << 10, Integer.highestOneBit(list.size()) << 5);
        for (long slice = 0; slice < slices; slice++) {
            long first = (slice << Long.numberOfLeadingZeros(slices) + 1) ^ Long.MIN_VALUE;
            requireSame(table, list.points(), list.owners(), first);
            requireSame(table, list.points(), list.owners(), first - 1);
        }
        for (long point : list.points()) {
            for (int aside = -1; aside <= 1; aside++) {
                requireSame(table, list.points(), list.owners(), point + aside);
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
