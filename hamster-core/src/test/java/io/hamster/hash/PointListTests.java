package io.hamster.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PointListTests {

    private static final int LISTS = 1000;

    /** Few values, so that many points are equal and their owners' order matters; of one peer or several at once. */
    @Test
    void mergesListsOfAnyLengthsInOrder() {
        for (int seed = 0; seed < LISTS; seed++) {
            Random random = new Random(seed);
            boolean smallerOwnerFirst = seed % 2 == 0;
            PointList.Precedence precedence = (owner, other) -> owner < other == smallerOwnerFirst;
            int values = 1 + random.nextInt(100);
            PointList merged = PointList.EMPTY;
            PointList added = PointList.EMPTY;
            List<long[]> expected = new ArrayList<>();
            for (int owner : owners(random)) {
                long[] points = random.longs(random.nextInt(50) == 0 ? 2000 : random.nextInt(5), 0, values)
                        .toArray();
                added = added.merge(PointList.ofPeer(points, owner), precedence);
                if (random.nextInt(3) > 0) {
                    merged = merged.merge(added, precedence);
                    added = PointList.EMPTY;
                }
                for (long point : points) {
                    expected.add(new long[] {point ^ Long.MIN_VALUE, owner});
                }
            }
            merged = merged.merge(added, precedence);
            Comparator<long[]> byOwner = Comparator.comparingLong(pair -> pair[1]);
            expected.sort(Comparator.<long[]>comparingLong(pair -> pair[0])
                    .thenComparing(smallerOwnerFirst ? byOwner : byOwner.reversed()));
            assertThat(merged.points())
                    .as("seed %d", seed)
                    .isEqualTo(expected.stream().mapToLong(pair -> pair[0]).toArray());
            assertThat(merged.owners())
                    .as("seed %d", seed)
                    .isEqualTo(expected.stream().mapToInt(pair -> (int) pair[1]).toArray());
        }
    }

    @Test
    void keepsOnlyThePointsOfThoseThatStay() {
        PointList list = new PointList(new long[] {1, 2, 3, 4}, new int[] {0, 1, 2, 0});
        PointList kept = list.reowned(new int[] {0, -1, 1});
        assertThat(kept.points()).containsExactly(1, 3, 4);
        assertThat(kept.owners()).containsExactly(0, 1, 0);
        PointList reordered = list.reowned(new int[] {2, -1, 0});
        assertThat(reordered.points()).containsExactly(1, 3, 4);
        assertThat(reordered.owners()).containsExactly(2, 0, 2);
    }

    private static List<Integer> owners(Random random) {
        List<Integer> owners = new ArrayList<>();
        for (int owner = 0; owner < 20; owner++) {
            owners.add(random.nextInt(owner + 1), owner);
        }
        return owners;
    }
}
