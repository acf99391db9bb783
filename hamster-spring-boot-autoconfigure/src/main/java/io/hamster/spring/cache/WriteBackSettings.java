package io.hamster.spring.cache;

import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackPolicyBuilder;
import io.hamster.spring.HamsterConfigurationException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Properties of the write-back of one cache, or of all that write back.
 *
 * @param flushInterval How long a write waits at most for its flush. Positive; 5m unless set.
 * @param batchSize The most entries given to the writer at once; as many dirty ones start a flush. At least 1; 100 unless
 *     set.
 * @param maxRetries How often a failed write is tried again before it becomes a dead letter. 0 or more; 3 unless set.
 * @param retryDelay How long a failed write waits before it is tried again. Positive; 1s unless set.
 * @param durability What acknowledged writes outlast: memory, which is nothing; file, which is a crash; redis, which is
 *     what Redis itself outlasts. memory unless set; redis counts as memory with hamster.cache.remote.enabled=false.
 * @param directory Where the journals are, with durability file: a directory on a local disk that outlasts the process and
 *     that others can't read. Required with that durability.
 * @param maxDirty The most entries that wait to be written. At least the batch size; 10000 unless set.
 * @param fullTimeout How long a write waits for room when there are as many, before it fails. 0, which is not at all, or
 *     more; 5s unless set.
 * @param closeTimeout How long the application's end waits for the last flush. Positive; 20s unless set.
 */
public record WriteBackSettings(
        @Nullable Duration flushInterval,
        @Nullable Integer batchSize,
        @Nullable Integer maxRetries,
        @Nullable Duration retryDelay,
        @Nullable Durability durability,
        @Nullable String directory,
        @Nullable Integer maxDirty,
        @Nullable Duration fullTimeout,
        @Nullable Duration closeTimeout) {

    static final WriteBackSettings NONE = new WriteBackSettings(null, null, null, null, null, null, null, null, null);

    /** These, and what they leave open from others. */
    WriteBackSettings or(WriteBackSettings others) {
        return new WriteBackSettings(
                or(others, WriteBackSettings::flushInterval),
                or(others, WriteBackSettings::batchSize),
                or(others, WriteBackSettings::maxRetries),
                or(others, WriteBackSettings::retryDelay),
                or(others, WriteBackSettings::durability),
                or(others, WriteBackSettings::directory),
                or(others, WriteBackSettings::maxDirty),
                or(others, WriteBackSettings::fullTimeout),
                or(others, WriteBackSettings::closeTimeout));
    }

    private <T> @Nullable T or(WriteBackSettings others, Function<WriteBackSettings, @Nullable T> part) {
        T own = part.apply(this);
        return own != null ? own : part.apply(others);
    }

    /** These with a journal that outlasts nothing. */
    WriteBackSettings inMemory() {
        return new WriteBackSettings(
                flushInterval,
                batchSize,
                maxRetries,
                retryDelay,
                Durability.MEMORY,
                null,
                maxDirty,
                fullTimeout,
                closeTimeout);
    }

    Durability safety() {
        return Objects.requireNonNullElse(durability, Durability.MEMORY);
    }

    /** Whether each is in its range. */
    void check(String path) {
        // Each by itself: how many may be dirty depends on the batch.
        check(path + ".flush-interval", flushInterval, WriteBackPolicyBuilder::flushInterval);
        check(
                path + ".batch-size",
                batchSize,
                (policy, size) -> policy.batchSize(size).maxDirty(Integer.MAX_VALUE));
        check(path + ".max-retries", maxRetries, WriteBackPolicyBuilder::maxRetries);
        check(path + ".retry-delay", retryDelay, WriteBackPolicyBuilder::retryDelay);
        check(
                path + ".max-dirty",
                maxDirty,
                (policy, most) -> policy.maxDirty(most).batchSize(1));
        check(path + ".full-timeout", fullTimeout, WriteBackPolicyBuilder::fullTimeout);
        check(path + ".close-timeout", closeTimeout, WriteBackPolicyBuilder::closeTimeout);
        if (directory != null) {
            directory(path, directory);
        }
    }

    private static <T> void check(String property, @Nullable T value, Setter<T> setter) {
        if (value != null) {
            CacheSettings.checked(
                    property, () -> setter.set(WriteBackPolicy.builder(), value).build());
        }
    }

    private static Path directory(String path, String directory) {
        try {
            if (!directory.isBlank()) {
                return Path.of(directory);
            }
        } catch (InvalidPathException e) {
            throw new HamsterConfigurationException(
                    path + ".directory is '" + directory + "', which is no path: " + e.getReason() + ".",
                    "Give a directory on a local disk.",
                    e);
        }
        throw new HamsterConfigurationException(path + ".directory is empty.", "Give a directory on a local disk.");
    }

    /**
     * The policy without the types of keys and values.
     *
     * @param path where the settings are, for messages
     */
    WriteBackPolicyBuilder policy(String path) {
        WriteBackPolicyBuilder policy = WriteBackPolicy.builder().durability(safety());
        set(flushInterval, policy::flushInterval);
        set(batchSize, policy::batchSize);
        set(maxRetries, policy::maxRetries);
        set(retryDelay, policy::retryDelay);
        set(maxDirty, policy::maxDirty);
        set(fullTimeout, policy::fullTimeout);
        set(closeTimeout, policy::closeTimeout);
        if (safety() == Durability.FILE) {
            if (directory == null) {
                throw new HamsterConfigurationException(
                        path + ".durability is file, but " + path + ".directory, where the journal is, isn't set.",
                        "Set it to a directory on a local disk that outlasts the process.");
            }
            policy.directory(directory(path, directory));
        }
        return policy;
    }

    private static <T> void set(@Nullable T value, Consumer<T> setter) {
        if (value != null) {
            setter.accept(value);
        }
    }

    private interface Setter<T> {
        WriteBackPolicyBuilder set(WriteBackPolicyBuilder policy, T value);
    }
}
