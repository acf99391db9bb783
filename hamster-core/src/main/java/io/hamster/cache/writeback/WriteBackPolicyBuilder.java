package io.hamster.cache.writeback;

import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Collects the settings of a {@link WriteBackPolicy}. Not thread-safe. */
public final class WriteBackPolicyBuilder {

    private Duration flushInterval = Duration.ofMinutes(5);
    private int batchSize = 100;
    private int maxRetries = 3;
    private Duration retryDelay = Duration.ofSeconds(1);
    private Durability durability = Durability.MEMORY;
    private Optional<Path> directory = Optional.empty();
    private int maxDirty = 10_000;
    private Duration fullTimeout = Duration.ofSeconds(5);
    private Duration closeTimeout = Duration.ofSeconds(20);
    private Optional<Type> keyType = Optional.empty();
    private Optional<Type> valueType = Optional.empty();

    WriteBackPolicyBuilder() {}

    /**
     * How long a write waits at most for its flush, as long as the source takes it.
     *
     * @param interval positive; default 5 minutes
     * @return this
     */
    public WriteBackPolicyBuilder flushInterval(Duration interval) {
        this.flushInterval = interval;
        return this;
    }

    /**
     * The most entries given to the writer at once. As many dirty ones start a flush before the interval is over.
     *
     * @param entries at least 1; default 100
     * @return this
     */
    public WriteBackPolicyBuilder batchSize(int entries) {
        this.batchSize = entries;
        return this;
    }

    /**
     * How often a failed write is tried again before it becomes a {@link DeadLetter}. If the source took nothing at all
     * meanwhile, it is taken to be away: its dead letters are tried again by themselves with each flush interval.
     *
     * @param retries 0 or more; default 3
     * @return this
     */
    public WriteBackPolicyBuilder maxRetries(int retries) {
        this.maxRetries = retries;
        return this;
    }

    /**
     * How long a failed write waits before it is tried again; other entries don't wait for it.
     *
     * @param delay positive; default 1 second
     * @return this
     */
    public WriteBackPolicyBuilder retryDelay(Duration delay) {
        this.retryDelay = delay;
        return this;
    }

    /**
     * What acknowledged writes outlast. {@link Durability#FILE} also needs a {@link #directory}; it and {@link
     * Durability#REDIS} need {@link #types} and a codec, the client's or the shared tier's.
     *
     * @param durability default {@link Durability#MEMORY}
     * @return this
     */
    public WriteBackPolicyBuilder durability(Durability durability) {
        this.durability = durability;
        return this;
    }

    /**
     * Where the journals are. Each cache has a directory of its own in it, which is locked. It holds keys and values
     * as they are, so others should not be able to read it.
     *
     * @param directory on a local disk; made if it isn't there
     * @return this
     */
    public WriteBackPolicyBuilder directory(Path directory) {
        this.directory = Optional.of(directory);
        return this;
    }

    /**
     * The most dirty entries, dead letters among them. Writes of keys that are dirty already are always taken; those
     * that run at the same time may pass the bound by their number.
     *
     * @param entries at least {@link #batchSize}; default 10 000
     * @return this
     */
    public WriteBackPolicyBuilder maxDirty(int entries) {
        this.maxDirty = entries;
        return this;
    }

    /**
     * How long a write waits for room among the dirty entries before {@link WriteBackFullException}.
     *
     * @param timeout zero to reject at once; default 5 seconds
     * @return this
     */
    public WriteBackPolicyBuilder fullTimeout(Duration timeout) {
        this.fullTimeout = timeout;
        return this;
    }

    /**
     * How long closing the cache waits for the last flush. What isn't written by then stays in the journal.
     *
     * @param timeout positive; default 20 seconds
     * @return this
     */
    public WriteBackPolicyBuilder closeTimeout(Duration timeout) {
        this.closeTimeout = timeout;
        return this;
    }

    /**
     * The declared types of keys and values, by which they are encoded. A key has to be equal to itself when it has
     * been encoded and decoded.
     *
     * @param key of the keys
     * @param value of the values
     * @return this
     */
    public WriteBackPolicyBuilder types(Type key, Type value) {
        this.keyType = Optional.of(key);
        this.valueType = Optional.of(value);
        return this;
    }

    /**
     * Checks the settings.
     *
     * @return the policy
     * @throws io.hamster.cache.InvalidCachePolicyException if one is out of range or contradicts another
     * @throws io.hamster.InvalidExpirationException if a duration is negative, or zero where that has no meaning
     */
    public WriteBackPolicy build() {
        return new WriteBackPolicy(
                flushInterval,
                batchSize,
                maxRetries,
                retryDelay,
                durability,
                directory,
                maxDirty,
                fullTimeout,
                closeTimeout,
                keyType,
                valueType);
    }
}
