package io.hamster.cache.bloom;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A set of keys that forgets which, in about ten bits a key: what it says isn't there was never added; of what was never
 * added it takes a few for there. Keys can't be removed. Lock-free and thread-safe: once {@link #add} has returned, every
 * {@link #mightContain} after it is {@code true}.
 *
 * <p>A key sets two bits in each of a few words, so that half as many words are touched as with bits on their own, for
 * about a hundredth more of them (Putze, Sanders and Singler, "Cache-, Hash- and Space-Efficient Bloom Filters", 2007).
 * All follow from one 64-bit hash by double hashing (Kirsch and Mitzenmacher, 2006). Each step is multiplied besides,
 * since in small filters plain arithmetic progressions meet too often to keep the rate.
 *
 * @param <K> the keys
 */
public final class BloomFilter<K> {

    private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

    /** Of Knuth's MMIX generator: it carries every bit of the hash up to those that choose the place. */
    private static final long MULTIPLIER = 6364136223846793005L;

    private final BloomFilterConfig config;
    private final KeyHash<? super K> keyHash;
    private final long[] words;
    private final long twiceTheWords;
    private final int wordsOfAKey;

    /** 1 if a key sets a second bit in each of its words, else 0. */
    private final long second;

    private BloomFilter(BloomFilterConfig config, KeyHash<? super K> keyHash) {
        this.config = config;
        this.keyHash = keyHash;
        this.words = new long[Math.toIntExact(config.bits() / Long.SIZE)];
        this.twiceTheWords = 2L * words.length;
        this.wordsOfAKey = (config.hashes() + 1) / 2;
        this.second = config.hashes() == 1 ? 0 : 1;
    }

    /**
     * Makes an empty filter for {@linkplain KeyHash#standard() any keys}.
     *
     * @param config its size
     * @return the filter
     * @param <K> the keys
     */
    public static <K> BloomFilter<K> create(BloomFilterConfig config) {
        return create(config, KeyHash.standard());
    }

    /**
     * Makes an empty filter.
     *
     * @param config its size
     * @param keyHash hashes the keys
     * @return the filter
     * @param <K> the keys
     */
    public static <K> BloomFilter<K> create(BloomFilterConfig config, KeyHash<? super K> keyHash) {
        return new BloomFilter<>(config, keyHash);
    }

    /**
     * The filter's size.
     *
     * @return what it was made with
     */
    public BloomFilterConfig config() {
        return config;
    }

    /**
     * Adds a key.
     *
     * @param key the key
     * @return {@code true} if it certainly wasn't there
     */
    public boolean add(K key) {
        return addHash(keyHash.hash(key));
    }

    /**
     * Looks for a key.
     *
     * @param key the key
     * @return {@code false} if it was certainly never added
     */
    public boolean mightContain(K key) {
        return mightContainHash(keyHash.hash(key));
    }

    boolean addHash(long hash) {
        long step = step(hash);
        long place = hash;
        boolean changed = false;
        for (int i = 0; i < wordsOfAKey; i++) {
            changed |= setAll(index(place), mask(place));
            place = place * MULTIPLIER + step;
        }
        return changed;
    }

    boolean mightContainHash(long hash) {
        long step = step(hash);
        long place = hash;
        for (int i = 0; i < wordsOfAKey; i++) {
            long mask = mask(place);
            if ((word(index(place)) & mask) != mask) {
                return false;
            }
            place = place * MULTIPLIER + step;
        }
        return true;
    }

    /**
     * Adds every key of another filter. Keys that are added to the other one meanwhile may be left out.
     *
     * @param other made with an equal config and the same hash
     * @throws IllegalArgumentException if it wasn't
     */
    public void merge(BloomFilter<K> other) {
        if (!config.equals(other.config) || !keyHash.equals(other.keyHash)) {
            throw new IllegalArgumentException("Can't merge a Bloom filter of " + other.config + " into one of "
                    + config + "; both need equal configs and the same KeyHash instance");
        }
        for (int i = 0; i < words.length; i++) {
            setAll(i, other.word(i));
        }
    }

    /**
     * Estimates how full the filter is. Reads all of its bits.
     *
     * @return the figures now
     */
    public BloomFilterStats stats() {
        long set = 0;
        for (int i = 0; i < words.length; i++) {
            set += Long.bitCount(word(i));
        }
        long bits = config.bits();
        double fill = (double) set / bits;
        if (set == bits) {
            return new BloomFilterStats(Long.MAX_VALUE, 1, 1, config.memoryBytes());
        }
        double keys = -Math.log1p(-fill) * bits / config.hashes();
        double fpp = set == 0 ? 0 : BloomFilterConfig.fppAt(bits / keys, config.hashes());
        return new BloomFilterStats(Math.round(keys), fill, fpp, config.memoryBytes());
    }

    private static long step(long hash) {
        return Long.rotateLeft(hash, Long.SIZE / 2);
    }

    /** Scales 63 bits to the number of words there are, which needs no division. The lowest 32 make no difference. */
    private int index(long place) {
        return (int) Math.multiplyHigh(place >>> 1, twiceTheWords);
    }

    /** One or two bits of a word, by bits of the place that don't choose the word. The second is another than the first. */
    private long mask(long place) {
        long first = place >>> 10;
        long further = 1 + ((place >>> 16 & 0xffff) * (Long.SIZE - 1) >>> 16);
        return 1L << first | second << first + further;
    }

    private boolean setAll(int index, long mask) {
        long seen = word(index);
        // Most bits are soon set by others; then nothing is written and their cache lines stay shared.
        while ((seen & mask) != mask) {
            long found = (long) WORDS.compareAndExchange(words, index, seen, seen | mask);
            if (found == seen) {
                return true;
            }
            seen = found;
        }
        return false;
    }

    private long word(int index) {
        return (long) WORDS.getAcquire(words, index);
    }
}
