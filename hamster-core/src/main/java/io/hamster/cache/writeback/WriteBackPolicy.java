package io.hamster.cache.writeback;

import io.hamster.InvalidExpirationException;
import io.hamster.cache.InvalidCachePolicyException;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * When and how safely a cache writes back. Immutable; {@link WriteBackPolicyBuilder} explains the settings.
 *
 * @param flushInterval how long a write waits at most for its flush
 * @param batchSize the most entries given to the writer at once, and the number of dirty ones that starts a flush
 * @param maxRetries how often a failed write is tried again before it becomes a dead letter
 * @param retryDelay how long a failed write waits before it is tried again
 * @param durability what acknowledged writes outlast
 * @param directory where the journals of {@link Durability#FILE} are
 * @param maxDirty the most dirty entries
 * @param fullTimeout how long a write waits when there are as many; zero if it doesn't
 * @param closeTimeout how long closing the cache waits for the last flush
 * @param keyType the declared type of the keys, which a journal outside the heap needs
 * @param valueType the declared type of the values, which a journal outside the heap needs
 */
public record WriteBackPolicy(
        Duration flushInterval,
        int batchSize,
        int maxRetries,
        Duration retryDelay,
        Durability durability,
        Optional<Path> directory,
        int maxDirty,
        Duration fullTimeout,
        Duration closeTimeout,
        Optional<Type> keyType,
        Optional<Type> valueType) {

    private static final WriteBackPolicy DEFAULTS = builder().build();

    /**
     * Checks the settings.
     *
     * @param flushInterval how long a write waits at most for its flush
     * @param batchSize the most entries given to the writer at once, and the number of dirty ones that starts a flush
     * @param maxRetries how often a failed write is tried again before it becomes a dead letter
     * @param retryDelay how long a failed write waits before it is tried again
     * @param durability what acknowledged writes outlast
     * @param directory where the journals of {@link Durability#FILE} are
     * @param maxDirty the most dirty entries
     * @param fullTimeout how long a write waits when there are as many; zero if it doesn't
     * @param closeTimeout how long closing the cache waits for the last flush
     * @param keyType the declared type of the keys, which a journal outside the heap needs
     * @param valueType the declared type of the values, which a journal outside the heap needs
     * @throws InvalidCachePolicyException if one is out of range or contradicts another
     * @throws InvalidExpirationException if a duration is negative, or zero where that has no meaning
     */
    public WriteBackPolicy {
        requirePositive("flushInterval", flushInterval);
        requirePositive("retryDelay", retryDelay);
        requirePositive("closeTimeout", closeTimeout);
        if (fullTimeout.isNegative()) {
            throw new InvalidExpirationException("The write-back's fullTimeout is " + fullTimeout
                    + "; it must not be negative (zero rejects at once)");
        }
        require(batchSize >= 1, "batchSize is " + batchSize + "; it must be at least 1");
        require(maxRetries >= 0, "maxRetries is " + maxRetries + "; it must be 0 or more");
        require(
                maxDirty >= batchSize,
                "maxDirty is " + maxDirty + " but batchSize is " + batchSize + "; allow at least one full batch");
        boolean isFile = durability == Durability.FILE;
        require(
                !isFile || directory.isPresent(),
                "durability is FILE but no directory is set; set one that outlasts the process, on a local disk");
        require(
                isFile || directory.isEmpty(),
                "directory is set but durability is " + durability + ", which needs none; set durability FILE or leave"
                        + " the directory out");
        require(
                durability == Durability.MEMORY || (keyType.isPresent() && valueType.isPresent()),
                "durability is " + durability + " but the types of keys and values, which its journal needs to encode"
                        + " them, are not set; call types(Key.class, Value.class)");
    }

    /**
     * The defaults: every 5 minutes or 100 entries, kept in memory.
     *
     * @return the shared instance
     */
    public static WriteBackPolicy defaults() {
        return DEFAULTS;
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder
     */
    public static WriteBackPolicyBuilder builder() {
        return new WriteBackPolicyBuilder();
    }

    private static void requirePositive(String what, Duration duration) {
        if (duration.isZero() || duration.isNegative()) {
            throw new InvalidExpirationException(
                    "The write-back's " + what + " is " + duration + "; it must be more than zero");
        }
    }

    private static void require(boolean condition, String message) {
        if (!condition) {
            throw new InvalidCachePolicyException("The write-back's " + message);
        }
    }
}
