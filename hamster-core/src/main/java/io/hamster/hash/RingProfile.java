package io.hamster.hash;

/**
 * How a ring places keys and peers: labels, hash functions, number of points and what happens when points collide,
 * fixed together. Two rings with equal profiles and peers place every key alike, in any process; profiles named after
 * another system place keys as that system does. Immutable and thread-safe.
 *
 * <p>Labels are made of peers' ids. Other systems order colliding points and fractional shares by the order of their
 * configuration; here the order of ids decides, so that the order of additions never matters.
 *
 * <p>By most, a peer that comes takes keys only for itself, and one that goes gives up only its own. By those of which
 * a peer's points depend on the others, as in the systems they agree with, some keys move between other peers as well:
 * by {@link #envoy}, and by {@link #ketama} where weights differ, up to a tenth of all, by {@link #maglev} one in a
 * thousand.
 */
public abstract sealed class RingProfile permits PointProfile, MaglevProfile {

    private final String name;
    private final HashFunction keyFunction;

    RingProfile(String name, HashFunction keyFunction) {
        this.name = name;
        this.keyFunction = keyFunction;
    }

    /**
     * Hamster's own: CRC-32 with a finalizer, label {@code id#i}, 150 points per peer of weight 100, of colliding points
     * the one with the smaller id counts.
     *
     * @return the default profile
     */
    public static RingProfile hamster() {
        return hamster(StandardHash.CRC32, Replicas.of(150));
    }

    /**
     * Hamster's own with another hash function or number of points. A peer of weight <i>w</i> gets
     * {@code max(1, round(replicas · w / 100))} points.
     *
     * @param function for labels and keys; labels always go through a finalizer, keys unless the function spreads them
     * @param replicas points per peer of weight 100
     * @return the profile
     */
    public static RingProfile hamster(HashFunction function, Replicas replicas) {
        HashFunction keys = function.spreadsKeys() ? function : Finalizer.after(function);
        return new LabelProfile(
                "hamster", keys, Finalizer.after(function), replicas, LabelProfile.Label.ID_FIRST, true);
    }

    /**
     * As Go's {@code groupcache/consistenthash} with its default hash and {@code HTTPPool}'s 50 replicas.
     *
     * @return the profile
     */
    public static RingProfile groupcache() {
        return groupcache(StandardHash.CRC32, Replicas.of(50));
    }

    /**
     * As Go's {@code groupcache/consistenthash}: label {@code i} + id, hashes as they are, of colliding points the one
     * with the greater id counts (there, the one added last).
     *
     * @param function {@code consistenthash.New}'s function
     * @param replicas {@code consistenthash.New}'s replicas, for peers of weight 100; groupcache has no weights
     * @return the profile
     */
    public static RingProfile groupcache(HashFunction function, Replicas replicas) {
        return new LabelProfile("groupcache", function, function, replicas, LabelProfile.Label.INDEX_FIRST, false);
    }

    /**
     * As the Go library Hamster takes after: label {@code id#i}, raw CRC-32, 150 points, of colliding points the one with
     * the greater id counts (there, the one added last).
     *
     * @return the profile
     */
    public static RingProfile goHamster() {
        return goHamster(StandardHash.CRC32, Replicas.of(150));
    }

    /**
     * As the Go library Hamster takes after, with another hash function or number of points.
     *
     * @param function for labels and keys, used as it is
     * @param replicas points per peer of weight 100; the Go library ignores weights
     * @return the profile
     */
    public static RingProfile goHamster(HashFunction function, Replicas replicas) {
        return new LabelProfile("go-hamster", function, function, replicas, LabelProfile.Label.ID_FIRST, false);
    }

    /**
     * As Last.fm's libketama (memcached clients): MD5 of {@code id-i}, four points a digest, {@code floor(40·n·w/W)}
     * digests for a peer of weight <i>w</i> among <i>n</i> of total weight <i>W</i>.
     *
     * @return the profile
     */
    public static RingProfile ketama() {
        return new KetamaProfile();
    }

    /**
     * As Envoy's {@code ring_hash} with its default sizes of 1024 and 8 Mi points.
     *
     * @return the profile
     */
    public static RingProfile envoy() {
        return envoy(1024, PointProfile.MAX_POINTS);
    }

    /**
     * As Envoy's {@code ring_hash}: xxHash64 of {@code id_i}, as many points as make the lightest peer's share of the
     * minimum size whole.
     *
     * @param minimumRingSize {@code minimum_ring_size}, 1 to 8388608 points
     * @param maximumRingSize {@code maximum_ring_size}, from the minimum to 8388608 points
     * @return the profile
     * @throws IllegalArgumentException if a size is out of range
     */
    public static RingProfile envoy(int minimumRingSize, int maximumRingSize) {
        return new EnvoyProfile(minimumRingSize, maximumRingSize);
    }

    /**
     * Maglev with a table of 65537 entries and xxHash64, as in Envoy.
     *
     * @return the profile
     */
    public static RingProfile maglev() {
        return maglev(StandardHash.XXH64, 65537);
    }

    /**
     * Maglev (Eisenbud et al., NSDI 2016) with Envoy's weights: shares within a fraction of a percent of the weights, but a
     * change of peers moves a few keys of other peers too.
     *
     * @param function for keys; labels are always hashed with xxHash64
     * @param tableSize entries of the table, a prime from 2 to 5000011; a hundred times the number of peers or more
     * @return the profile
     * @throws IllegalArgumentException if the size is out of range or not prime
     */
    public static RingProfile maglev(HashFunction function, int tableSize) {
        return new MaglevProfile(function, tableSize);
    }

    /**
     * The profile's name.
     *
     * @return {@code hamster}, {@code groupcache}, {@code go-hamster}, {@code ketama}, {@code envoy} or {@code maglev}
     */
    public final String name() {
        return name;
    }

    /** Hashes keys, finalizer included. */
    final HashFunction keyFunction() {
        return keyFunction;
    }

    /** A ring of these peers, which are sorted by id. */
    abstract HashRing ring(Peer[] peers);

    @Override
    public final String toString() {
        return name;
    }
}
