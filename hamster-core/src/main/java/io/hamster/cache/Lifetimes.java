package io.hamster.cache;

import java.util.Optional;
import java.util.function.DoubleSupplier;

/** How long an entry lives, by its own options and the policy. */
final class Lifetimes {

    private final DoubleSupplier random;
    private final long defaultTtl;
    private final long nullTtl;
    private final double jitterShare;

    Lifetimes(CachePolicy policy, DoubleSupplier random) {
        this.random = random;
        this.defaultTtl = Durations.nanos(policy.defaultTtl());
        this.nullTtl = Durations.nanos(policy.nullTtl());
        this.jitterShare = (double) Durations.nanos(policy.ttlJitter()) / defaultTtl;
    }

    /** In nanoseconds, with its jitter; 0 if the entry isn't to be kept. */
    long ttl(boolean isAbsence, EntryOptions options) {
        return jittered(isAbsence ? absenceTtl(options) : ttl(options).orElse(defaultTtl));
    }

    private long absenceTtl(EntryOptions options) {
        return options.nullTtl()
                .map(Durations::nanos)
                .orElseGet(() -> Math.min(nullTtl, ttl(options).orElse(nullTtl)));
    }

    private static Optional<Long> ttl(EntryOptions options) {
        return options.ttl().map(Durations::nanos);
    }

    private long jittered(long ttl) {
        return jitterShare == 0 ? ttl : ttl - (long) (ttl * jitterShare * random.getAsDouble());
    }
}
