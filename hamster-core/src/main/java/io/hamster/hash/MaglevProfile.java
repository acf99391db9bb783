package io.hamster.hash;

import java.math.BigInteger;

/** Maglev's table, built as in Envoy. */
final class MaglevProfile extends RingProfile {

    private static final int MAX_TABLE = 5_000_011;

    private final int tableSize;

    MaglevProfile(HashFunction keyFunction, int tableSize) {
        super("maglev", keyFunction.spreadsKeys() ? keyFunction : Finalizer.after(keyFunction));
        if (tableSize < 2
                || tableSize > MAX_TABLE
                || !BigInteger.valueOf(tableSize).isProbablePrime(50)) {
            throw new IllegalArgumentException("Maglev table size " + tableSize + " must be a prime from 2 to "
                    + MAX_TABLE + "; 65537 suits up to some 600 peers");
        }
        this.tableSize = tableSize;
    }

    @Override
    HashRing ring(Peer[] peers) {
        return MaglevRing.build(this, peers, tableSize);
    }
}
