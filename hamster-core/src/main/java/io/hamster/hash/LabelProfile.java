package io.hamster.hash;

/** One point for each label, a fixed number of labels for a weight: {@code hamster}, {@code groupcache}, {@code go-hamster}. */
final class LabelProfile extends PointProfile {

    private final HashFunction pointFunction;
    private final Replicas replicas;
    private final Label label;

    LabelProfile(
            String name,
            HashFunction keyFunction,
            HashFunction pointFunction,
            Replicas replicas,
            Label label,
            boolean smallerIdWins) {
        super(name, keyFunction, smallerIdWins);
        this.pointFunction = pointFunction;
        this.replicas = replicas;
        this.label = label;
    }

    @Override
    int[] pointCounts(Peer[] peers) {
        long perHundred = replicas(peers);
        long[] counts = new long[peers.length];
        for (int i = 0; i < peers.length; i++) {
            long weight = peers[i].weight();
            counts[i] = weight == 0 ? 0 : Math.max(1, (perHundred * weight + 50) / 100);
        }
        return checked(counts);
    }

    @Override
    long[] points(Peer peer, int count) {
        long[] points = new long[count];
        for (int i = 0; i < count; i++) {
            points[i] = pointFunction.hash(label.of(peer.id(), i));
        }
        return points;
    }

    @Override
    int replicas(Peer[] peers) {
        return replicas.forPeers(takingTraffic(peers));
    }

    enum Label {
        ID_FIRST {
            @Override
            String of(String id, int index) {
                return id + "#" + index;
            }
        },
        INDEX_FIRST {
            @Override
            String of(String id, int index) {
                return index + id;
            }
        };

        abstract String of(String id, int index);
    }
}
