package io.hamster.hash;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fills a Maglev table: each peer has a permutation of the table's entries (offset and skip, from hashes of its id) and
 * in turn takes its next free one. A peer has its turn in proportion to its weight, the heaviest in every round.
 */
final class MaglevTable {

    private static final int FREE = -1;

    private MaglevTable() {}

    /** The owner of each entry, as an index of the peers. */
    static int[] fill(Peer[] peers, int size) {
        Hasher64 offsets = Hashing.xxh64();
        Hasher64 skips = Hashing.xxh64(1);
        long[] offset = new long[peers.length];
        long[] skip = new long[peers.length];
        double[] weight = new double[peers.length];
        double total = 0;
        for (int i = 0; i < peers.length; i++) {
            byte[] id = peers[i].id().getBytes(StandardCharsets.UTF_8);
            offset[i] = Long.remainderUnsigned(offsets.hashBytesToLong(id), size);
            skip[i] = Long.remainderUnsigned(skips.hashBytesToLong(id), size - 1) + 1;
            weight[i] = peers[i].weight();
            total += weight[i];
        }
        for (int i = 0; i < weight.length; i++) {
            weight[i] /= total;
        }
        return fill(offset, skip, weight, size);
    }

    static int[] fill(long[] offset, long[] skip, double[] weight, int size) {
        int[] table = new int[size];
        Arrays.fill(table, FREE);
        double heaviest = Arrays.stream(weight).max().orElse(0);
        double[] turn = new double[weight.length];
        long[] next = new long[weight.length];
        int filled = 0;
        for (int round = 1; filled < size; round++) {
            for (int i = 0; i < weight.length && filled < size; i++) {
                if (weight[i] == 0 || round * weight[i] < turn[i]) {
                    continue;
                }
                turn[i] += heaviest;
                int entry;
                do {
                    entry = (int) ((offset[i] + skip[i] * next[i]++) % size);
                } while (table[entry] != FREE);
                table[entry] = i;
                filled++;
            }
        }
        return table;
    }
}
