package io.hamster.cache;

import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects the settings of a {@link CachePolicy} and checks them. Not thread-safe. */
public final class CachePolicyBuilder {

    private static final long MEGABYTE = 1024 * 1024;

    long maxSize = 1000;
    long maxMemory = 100 * MEGABYTE;
    int expectedSize;
    Duration defaultTtl = Duration.ofHours(1);
    Duration ttlJitter = Duration.ZERO;
    Duration nullTtl = Duration.ZERO;
    Eviction eviction = Eviction.W_TINY_LFU;

    @Nullable
    Duration staleOnError;

    Duration softTimeout = Duration.ZERO;

    @Nullable
    Duration hardTimeout;

    double refreshAhead;

    @Nullable
    Duration refreshInterval;

    @Nullable
    Duration stopRefreshAfterIdle;

    boolean safeInTransactions;

    @Nullable
    Weigher<?, ?> weigher;

    @Nullable
    CacheLoader<?, ?> loader;

    @Nullable
    CacheWriter<?, ?> writer;

    @Nullable
    WriteBackWriter<?, ?> writeBackWriter;

    @Nullable
    WriteBackPolicy writeBack;

    @Nullable
    BloomPolicy<?> bloom;

    Tier tier = Tier.LOCAL;
    Duration localTtl = Duration.ZERO;
    LoadScope loadScope = LoadScope.JVM;
    boolean tellsOthers;
    Duration leaseTimeout = Duration.ofSeconds(5);
    String version = "";
    long compressAbove;

    @Nullable
    Type valueType;

    @Nullable
    Function<?, String> keyText;

    CachePolicyBuilder() {}

    /**
     * The most entries the cache keeps at a quiet moment; under load it passes the bound briefly. With
     * {@link Eviction#W_TINY_LFU}, which bounds a single weight, an entry weighs
     * {@code max(bytes, maxMemory / maxSize)}, so that neither bound is passed.
     *
     * @param entries at least 1; default 1000
     * @return this
     */
    public CachePolicyBuilder maxSize(long entries) {
        if (entries < 1) {
            throw new InvalidCachePolicyException("maxSize is " + entries + "; it must be at least 1");
        }
        this.maxSize = entries;
        return this;
    }

    /**
     * The most bytes the cache keeps at a quiet moment, as weighed by the {@link #weigher}; under load it passes the
     * bound briefly. An entry that is heavier by itself isn't kept.
     *
     * @param bytes at least 1; default 100 MB
     * @return this
     */
    public CachePolicyBuilder maxMemory(long bytes) {
        if (bytes < 1) {
            throw new InvalidCachePolicyException("maxMemory is " + bytes + "; it must be at least 1 byte");
        }
        this.maxMemory = bytes;
        return this;
    }

    /**
     * The most bytes the cache keeps, in words.
     *
     * @param memory a number of bytes, a number with {@code B}, {@code KB}, {@code MB}, {@code GB} or {@code TB} (in
     *     steps of 1024), or a share of the largest heap this JVM may use, such as {@code 25%}
     * @return this
     * @see #maxMemory(long)
     */
    public CachePolicyBuilder maxMemory(String memory) {
        return maxMemory(MemoryText.bytes(memory, Runtime.getRuntime().maxMemory()));
    }

    /**
     * For how many entries room is made at once, which saves growing. {@code W_TINY_LFU} makes room for
     * {@code maxSize} entries by itself, as far as that takes no more than some 2 % of {@code maxMemory}.
     *
     * @param entries 0 to {@code maxSize}; default 0
     * @return this
     */
    public CachePolicyBuilder expectedSize(int entries) {
        if (entries < 0) {
            throw new InvalidCachePolicyException("expectedSize is " + entries + "; it must be 0 or more");
        }
        this.expectedSize = entries;
        return this;
    }

    /**
     * How long an entry without a time to live of its own is served, from when it entered the cache. 146 years or more
     * are for ever: {@code LRU} and {@code FIFO} then answer without a look at the clock.
     *
     * @param ttl positive; default 1 hour
     * @return this
     */
    public CachePolicyBuilder defaultTtl(Duration ttl) {
        this.defaultTtl = Durations.requirePositive("defaultTtl", ttl);
        return this;
    }

    /**
     * Shortens each time to live by a random part of this, so that entries made together don't expire together. A
     * time to live other than the default is shortened in proportion.
     *
     * @param jitter shorter than {@code defaultTtl}; default zero, which turns it off
     * @return this
     */
    public CachePolicyBuilder ttlJitter(Duration jitter) {
        this.ttlJitter = Durations.requireNotNegative("ttlJitter", jitter);
        return this;
    }

    /**
     * How long the cache remembers that a key has no value.
     *
     * @param ttl default zero: absences aren't remembered
     * @return this
     */
    public CachePolicyBuilder nullTtl(Duration ttl) {
        this.nullTtl = Durations.requireNotNegative("nullTtl", ttl);
        return this;
    }

    /**
     * Which entry leaves when the cache is full.
     *
     * @param strategy default {@link Eviction#W_TINY_LFU}
     * @return this
     */
    public CachePolicyBuilder eviction(Eviction strategy) {
        this.eviction = strategy;
        return this;
    }

    /**
     * Serves an expired value when its load fails or passes {@code hardTimeout}, if it is no older than this, from
     * when its own load began or it was put. Expired values are kept for as long. An invalidated value is never served.
     *
     * @param limit longer than {@code defaultTtl}; not set by default
     * @return this
     */
    public CachePolicyBuilder staleOnError(Duration limit) {
        this.staleOnError = Durations.requirePositive("staleOnError", limit);
        return this;
    }

    /**
     * Serves an expired value once its load has taken this long and lets the load finish in the background. Loads then
     * run on the client's executor instead of the caller's thread.
     *
     * @param timeout shorter than {@code hardTimeout}; needs {@code staleOnError}; default zero, which turns it off
     * @return this
     */
    public CachePolicyBuilder softTimeout(Duration timeout) {
        this.softTimeout = Durations.requireNotNegative("softTimeout", timeout);
        return this;
    }

    /**
     * Stops waiting for a load that has taken this long: callers get an expired value if {@code staleOnError} allows,
     * else {@link CacheLoadTimeoutException}. The load itself goes on and may still be published, unless a later caller
     * has started another. That is possible at once beside one such load of a key; when there are two or more, callers
     * get the same answer without a load until one of them ends or a pause is over, which is two timeouts first and
     * doubles with each load that hangs. Loads then run on the client's executor instead of the caller's thread, so a
     * loader needs a timeout of its own to give that thread back.
     *
     * @param timeout positive; not set by default
     * @return this
     */
    public CachePolicyBuilder hardTimeout(Duration timeout) {
        this.hardTimeout = Durations.requirePositive("hardTimeout", timeout);
        return this;
    }

    /**
     * Has a read reload its value in the background once this part of the time to live has passed. Only reads that
     * bring a loader, or find one in the policy, do; {@link HamsterCache#getAll} and {@link HamsterCache#entry} don't.
     *
     * @param part more than 0 and less than 1, such as 0.8; not with {@link Tier#REMOTE} or {@code refreshInterval}; not set
     *     by default
     * @return this
     */
    public CachePolicyBuilder refreshAhead(double part) {
        if (!(part > 0 && part < 1)) {
            throw new InvalidCachePolicyException(
                    "refreshAhead is " + part + "; it must be more than 0 and less than 1, such as 0.8");
        }
        this.refreshAhead = part;
        return this;
    }

    /**
     * Reloads values in the background in intervals, for as long as they are read, so that no read of such a key waits for
     * its load. What counts is reads that bring a loader, or find one in the policy, hits and misses alike;
     * {@link HamsterCache#getAll} and {@link HamsterCache#entry} don't, nor do those with a loader that isn't
     * {@linkplain CacheLoader#isRepeatable repeatable}. The loader of a key's last read is called, on the
     * client's context-free executor, for at most 8 keys at a time, but for loads that have passed {@code hardTimeout}. What
     * isn't in this JVM any more is not reloaded, and of several instances with a shared tier one does it. At most {@code maxSize} keys are remembered for
     * this; further ones have to wait until others are given up.
     *
     * @param interval shorter than {@code defaultTtl} less {@code ttlJitter}, and than {@code localTtl}; an entry whose own
     *     time to live is shorter just expires; a reload may come a sixteenth of the interval later; not with
     *     {@link Tier#REMOTE} or {@code refreshAhead}; not set by default
     * @return this
     */
    public CachePolicyBuilder refreshInterval(Duration interval) {
        this.refreshInterval = Durations.requirePositive("refreshInterval", interval);
        return this;
    }

    /**
     * How long after its last read a value is no longer reloaded every {@link #refreshInterval}, until it is read again.
     *
     * @param idle at least {@code refreshInterval}, which it needs; default 10 times that
     * @return this
     */
    public CachePolicyBuilder stopRefreshAfterIdle(Duration idle) {
        this.stopRefreshAfterIdle = Durations.requirePositive("stopRefreshAfterIdle", idle);
        return this;
    }

    /**
     * Declares that a load may be shared and published even if a transaction is in progress on its thread, because it
     * reads nothing that the transaction may have changed or may see in an older version.
     *
     * @param safe default {@code false}: such a load runs alone and its value isn't cached
     * @return this
     */
    public CachePolicyBuilder safeInTransactions(boolean safe) {
        this.safeInTransactions = safe;
        return this;
    }

    /**
     * What weighs entries for {@code maxMemory}.
     *
     * @param weigher default: an estimate, exact for byte arrays, strings, boxes and arrays of them; views and wrappers of
     *     other collections, such as {@code Collections.unmodifiableList}, count 1 kB each whatever is in them
     * @return this
     */
    public CachePolicyBuilder weigher(Weigher<?, ?> weigher) {
        this.weigher = weigher;
        return this;
    }

    /**
     * Makes the cache read through: {@link HamsterCache#get(Object)} loads what it doesn't find.
     *
     * @param loader fetches values; not set by default
     * @return this
     */
    public CachePolicyBuilder loader(CacheLoader<?, ?> loader) {
        this.loader = loader;
        return this;
    }

    /**
     * Makes the cache write through: what is put or deleted reaches the source first.
     *
     * @param writer writes values; not set by default
     * @return this
     */
    public CachePolicyBuilder writeThrough(CacheWriter<?, ?> writer) {
        this.writer = writer;
        return this;
    }

    /**
     * Makes the cache write back: what is put or deleted is acknowledged once it is in a journal and reaches the source
     * later, in batches. Until then it is dirty: read before anything else, never evicted, never expired. Its time to
     * live begins when it has been written. Tags and times to live aren't journalled: after a restart, dirty entries
     * have the policy's.
     *
     * @param writer writes dirty entries
     * @param policy when and how safely
     * @return this
     */
    public CachePolicyBuilder writeBack(WriteBackWriter<?, ?> writer, WriteBackPolicy policy) {
        this.writeBackWriter = writer;
        this.writeBack = policy;
        return this;
    }

    /**
     * Makes the cache write back with a writer that doesn't learn the sequences of its entries.
     *
     * @param writer writes values
     * @param policy when and how safely
     * @return this
     * @see #writeBack(WriteBackWriter, WriteBackPolicy)
     */
    public CachePolicyBuilder writeBack(CacheWriter<?, ?> writer, WriteBackPolicy policy) {
        return writeBack(WriteBackWriter.of(writer), policy);
    }

    /**
     * Answers that there is no value, without calling a loader, for keys that the source certainly doesn't have. All keys
     * reach the loader until the source's keys have been read once, and inside a transaction, which may see keys of its
     * own. What is put into this cache counts as there; keys that come into the source in another way have to be
     * {@linkplain io.hamster.cache.bloom.BloomGuard#add added} or are rejected until the next rebuild.
     *
     * @param bloom the filter's size and where the keys come from; not set by default
     * @return this
     * @see HamsterCache#bloomGuard
     */
    public CachePolicyBuilder bloom(BloomPolicy<?> bloom) {
        this.bloom = bloom;
        return this;
    }

    /**
     * Where the cache keeps its entries. Any tier but {@link Tier#LOCAL} needs a {@link #valueType} and a client that has
     * a {@linkplain CacheClientBuilder#shared shared tier}.
     *
     * @param tier default {@link Tier#LOCAL}
     * @return this
     */
    public CachePolicyBuilder tier(Tier tier) {
        this.tier = tier;
        return this;
    }

    /**
     * The longest that a cache of two levels answers from this JVM before it asks the shared tier again.
     *
     * @param ttl default zero: for as long as the entry lives
     * @return this
     */
    public CachePolicyBuilder localTtl(Duration ttl) {
        this.localTtl = Durations.requireNotNegative("localTtl", ttl);
        return this;
    }

    /**
     * Among whom concurrent misses of a key share one load. {@link LoadScope#CLUSTER} needs what a tier other than
     * {@link Tier#LOCAL} needs: with {@link Tier#LOCAL} the shared tier carries the loaded value to the instances that
     * wait for it, and may be one that keeps nothing else ({@link SharedTier#ofLeases}).
     *
     * @param scope default {@link LoadScope#JVM}
     * @return this
     */
    public CachePolicyBuilder loadScope(LoadScope scope) {
        this.loadScope = scope;
        return this;
    }

    /**
     * Whether the other instances are told of this one's changes and drop what they have, with {@link Tier#LOCAL}; the
     * other tiers do so at any rate. Each change is one message to all of them, and an instance that can't hear of the
     * others' serves nothing for longer than the {@linkplain SharedTier#bound() bound}. It is for values that are loaded
     * from one source by all, and invalidated when that has changed: of values that two instances put at the same time,
     * each may keep its own.
     *
     * @param tells not with {@code writeBack} and {@link Tier#LOCAL}; default {@code false}: each instance's cache is by
     *     itself
     * @return this
     */
    public CachePolicyBuilder tellsOthers(boolean tells) {
        this.tellsOthers = tells;
        return this;
    }

    /**
     * After how long without a sign of life of the instance that loads a key another one takes over, in
     * {@link LoadScope#CLUSTER}. A running load's lease is renewed every third of this.
     *
     * @param timeout at least 100 ms; default 5 seconds
     * @return this
     * @throws io.hamster.InvalidExpirationException if it is zero or negative
     * @throws InvalidCachePolicyException if it is shorter otherwise
     */
    public CachePolicyBuilder leaseTimeout(Duration timeout) {
        this.leaseTimeout = SharedTierRules.requireLease(timeout);
        return this;
    }

    /**
     * Keeps apart in the shared tier what different versions of an application keep there.
     *
     * @param version at most 100 characters without control characters, the same for all instances that share entries;
     *     default empty
     * @return this
     */
    public CachePolicyBuilder version(String version) {
        this.version = SharedTierRules.requireVersion(version);
        return this;
    }

    /**
     * Compresses values for the shared tier whose encoded form is longer than this, where that makes them shorter: less
     * memory and traffic there for more time here, at each write and each read that asks it. Compressed values are read
     * whatever the reader's limit is. Of those longer than 64 MiB none is compressed, and journals aren't.
     *
     * @param bytes not negative; needs a tier other than {@link Tier#LOCAL} or {@link LoadScope#CLUSTER}; default zero,
     *     which turns it off
     * @return this
     */
    public CachePolicyBuilder compressAbove(long bytes) {
        this.compressAbove = SharedTierRules.requireLimit(bytes);
        return this;
    }

    /**
     * What values are in the shared tier. A payload that isn't one counts as a miss.
     *
     * @param type the declared type, as the client's codec knows it; no primitive; not set by default
     * @return this
     */
    public CachePolicyBuilder valueType(Type type) {
        this.valueType = SharedTierRules.requireObjects(type);
        return this;
    }

    /**
     * What turns keys into text for the shared tier. Different keys need different texts of at most 250 characters.
     *
     * @param text default: texts, numbers, booleans, characters, enum constants, UUIDs, URIs and the classes of
     *     {@code java.time} as they print, records, arrays and collections of those in a form of their own; other keys
     *     are refused
     * @return this
     */
    public CachePolicyBuilder keyText(Function<?, String> text) {
        this.keyText = text;
        return this;
    }

    /**
     * Checks the settings against each other.
     *
     * @return the policy
     * @throws InvalidCachePolicyException if they contradict each other
     */
    public CachePolicy build() {
        require(
                ttlJitter.compareTo(defaultTtl) < 0,
                "ttlJitter is " + ttlJitter + " but defaultTtl is " + defaultTtl + "; make the jitter shorter");
        require(
                staleOnError == null || staleOnError.compareTo(defaultTtl) > 0,
                "staleOnError is " + staleOnError + " but defaultTtl is " + defaultTtl
                        + "; it is the age of a value and must be longer than its time to live");
        require(
                softTimeout.isZero() || staleOnError != null,
                "softTimeout is " + softTimeout + " but staleOnError, which says how old a value may be served, is not"
                        + " set; set it too");
        require(
                hardTimeout == null || softTimeout.compareTo(hardTimeout) < 0,
                "softTimeout is " + softTimeout + " but hardTimeout is " + hardTimeout
                        + "; make the soft timeout shorter");
        require(
                expectedSize <= maxSize,
                "expectedSize is " + expectedSize + " but maxSize is " + maxSize + "; make maxSize as large");
        require(
                writer == null || writeBack == null,
                "both writeThrough and writeBack are set; a put reaches the source at once or later, so choose one");
        RefreshRules.check(this);
        SharedTierRules.check(this);
        return new CachePolicy(this);
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InvalidCachePolicyException(message);
        }
    }
}
