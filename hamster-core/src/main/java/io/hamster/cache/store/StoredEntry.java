package io.hamster.cache.store;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * What a shared tier holds for a key. Immutable as long as nobody changes the payload's bytes, which are not copied.
 * Stores count in milliseconds.
 *
 * @param payload the encoded value, or empty to remember that there is none
 * @param age how long ago the value was put or its load began
 * @param ttl for how long reads may still be answered with it; not more than zero once it has expired
 * @param retention for how long the store still keeps it, at least the ttl and more than zero: longer if it may be served
 *     after it has expired because its load fails
 * @param tags by which it can be invalidated, at most {@value #MOST_TAGS}
 */
public record StoredEntry(Optional<byte[]> payload, Duration age, Duration ttl, Duration retention, Set<String> tags) {

    /** The most tags of an entry. */
    public static final int MOST_TAGS = 1000;

    /**
     * Checks the figures.
     *
     * @param payload the value
     * @param age not negative
     * @param ttl at most the retention
     * @param retention more than zero
     * @param tags the tags
     * @throws IllegalArgumentException if one is out of range
     */
    public StoredEntry {
        tags = Set.copyOf(tags);
        if (age.isNegative()) {
            throw refused("age", age, "must not be negative");
        }
        if (retention.isNegative() || retention.isZero()) {
            throw refused("retention", retention, "must be more than zero");
        }
        if (ttl.compareTo(retention) > 0) {
            throw refused("ttl", ttl, "must not be longer than the retention, " + retention);
        }
        if (tags.size() > MOST_TAGS) {
            throw refused("number of tags", tags.size(), "must be at most " + MOST_TAGS);
        }
    }

    /**
     * Whether reads are no longer answered with it.
     *
     * @return {@code true} once the ttl has passed
     */
    public boolean isExpired() {
        return ttl.isZero() || ttl.isNegative();
    }

    /**
     * Whether another's encoded value is the same, byte for byte.
     *
     * @param other the other
     * @return {@code true} also if both remember that there is none
     */
    public boolean hasPayloadOf(StoredEntry other) {
        return Arrays.equals(payload.orElse(null), other.payload.orElse(null));
    }

    private static IllegalArgumentException refused(String what, Object value, String rule) {
        return new IllegalArgumentException("The " + what + " of a stored entry is " + value + "; it " + rule);
    }
}
