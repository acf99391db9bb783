package io.hamster.hash;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The continuum of libketama, down to its single-precision shares. */
final class KetamaProfile extends PointProfile {

    private static final int DIGESTS = 40;
    private static final int POINTS_PER_DIGEST = 4;

    KetamaProfile() {
        super("ketama", HashFunction.of32(key -> md5(key).getInt()), true);
    }

    @Override
    int[] pointCounts(Peer[] peers) {
        float servers = takingTraffic(peers);
        long totalWeight = 0;
        for (Peer peer : peers) {
            totalWeight += peer.weight();
        }
        long[] counts = new long[peers.length];
        for (int i = 0; i < peers.length; i++) {
            if (peers[i].weight() > 0) {
                float share = (float) peers[i].weight() / (float) totalWeight;
                // The C code multiplies in double precision and rounds down in single precision.
                counts[i] = POINTS_PER_DIGEST * (long) Math.floor((float) (share * (double) DIGESTS * servers));
            }
        }
        return checked(counts);
    }

    @Override
    long[] points(Peer peer, int count) {
        long[] points = new long[count];
        for (int i = 0; i < count; i += POINTS_PER_DIGEST) {
            ByteBuffer digest = md5(peer.id() + "-" + i / POINTS_PER_DIGEST);
            for (int j = 0; j < POINTS_PER_DIGEST; j++) {
                points[i + j] = digest.getInt();
            }
        }
        return points;
    }

    @Override
    int replicas(Peer[] peers) {
        return DIGESTS * POINTS_PER_DIGEST;
    }

    private static ByteBuffer md5(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("MD5").digest(text.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).order(ByteOrder.LITTLE_ENDIAN);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(
                    "This Java runtime has no MD5, which the ketama profile needs; use another profile", e);
        }
    }
}
