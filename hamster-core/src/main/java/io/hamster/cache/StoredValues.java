package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.CodecException;
import io.hamster.cache.store.StoredEntry;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns values into what a store keeps, and back. */
final class StoredValues<V> {

    private static final Logger log = LoggerFactory.getLogger(StoredValues.class);

    private final String cache;
    private final Codec codec;
    private final Compression compression;
    private final Type type;
    private final Class<?> rawType;
    private final Lifetimes lifetimes;
    private final long staleLimit;
    private final long longestRelay;
    private final Counters counters;
    private final AtomicBoolean warned = new AtomicBoolean();

    StoredValues(String cache, CachePolicy policy, Codec codec, DoubleSupplier random, Counters counters) {
        this.cache = cache;
        this.codec = codec;
        this.compression = new Compression(policy.compressAbove());
        // The builder asks for it where values leave the heap.
        this.type = policy.valueType().orElse(Object.class);
        this.rawType = rawType(this.type);
        this.lifetimes = new Lifetimes(policy, random);
        this.staleLimit = policy.staleOnError().map(Durations::nanos).orElse(0L);
        this.longestRelay = longestRelay(policy);
        this.counters = counters;
    }

    /** For how long a value is handed on where the instances share only loads, in nanoseconds; otherwise forever. */
    static long longestRelay(CachePolicy policy) {
        return policy.tier() == Tier.LOCAL ? Durations.nanos(policy.leaseTimeout()) : Durations.FOREVER;
    }

    /**
     * What to keep of a value.
     *
     * @param age for how long it has been loaded
     * @return {@code null} if nothing
     * @throws CodecException if the value isn't of the declared type
     */
    @Nullable
    StoredEntry entry(Optional<V> value, EntryOptions options, Duration age) {
        long ttl = lifetimes.ttl(value.isEmpty(), options);
        if (!options.isCached() || ttl <= 0) {
            return null;
        }
        long retention = value.isEmpty() ? ttl : Math.max(ttl, staleLimit - Durations.nanos(age));
        return entry(value, options, age, ttl, retention);
    }

    /**
     * What is handed on.
     *
     * @param isKept whether those are to have it too who don't ask for it while it is loaded
     */
    record Relayed(StoredEntry entry, boolean isKept) {}

    /**
     * What to hand on of a value, whether it is to be kept or not.
     *
     * @param age for how long it has been loaded
     * @throws CodecException if the value isn't of the declared type
     */
    Relayed relayed(Optional<V> value, EntryOptions options, Duration age) {
        long own = lifetimes.ttl(value.isEmpty(), options);
        boolean isKept = options.isCached() && own > 0;
        long ttl = isKept ? Math.min(longestRelay, own) : longestRelay;
        return new Relayed(entry(value, options, age, ttl, ttl), isKept);
    }

    private StoredEntry entry(Optional<V> value, EntryOptions options, Duration age, long ttl, long retention) {
        Optional<byte[]> payload = value.map(there -> compression.compress(codec.encode(there, type)));
        return new StoredEntry(payload, age, Duration.ofNanos(ttl), Duration.ofNanos(retention), options.tags());
    }

    /** The value of an entry, or that it has none; {@code null}, and counted, if that can't be read. */
    @Nullable
    Optional<V> value(StoredEntry entry) {
        if (entry.payload().isEmpty()) {
            return Optional.empty();
        }
        try {
            Object value = codec.decode(compression.decompress(entry.payload().get()), type);
            if (rawType.isInstance(value)) {
                @SuppressWarnings("unchecked")
                V typed = (V) value;
                return Optional.of(typed);
            }
            tell("the codec made something else of it", null);
        } catch (CodecException e) {
            tell(String.valueOf(e.getMessage()), e);
        }
        counters.undecodable.increment();
        return null;
    }

    /** Once aloud: what a type can't be read back from never hits, but what others put there mustn't flood the log. */
    private void tell(String reason, @Nullable CodecException failure) {
        if (warned.compareAndSet(false, true)) {
            log.warn(
                    "A value of cache '{}' in the shared tier can't be read as {}, so it is loaded each time: {}."
                            + " Unless another release wrote it, annotate the type for Jackson so that it can be read"
                            + " back, name a value-type that can, or give a Codec. Others are logged at level debug",
                    cache,
                    type.getTypeName(),
                    reason);
        }
        log.debug("Cache '{}' found something in the shared tier that it can't read: {}", cache, reason, failure);
    }

    private static Class<?> rawType(Type type) {
        if (type instanceof Class<?> plain) {
            return plain;
        }
        return type instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : Object.class;
    }
}
