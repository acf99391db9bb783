package io.hamster.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a single entry has of its own: time to live, tags. Immutable. */
public final class EntryOptions {

    private static final EntryOptions NONE = new EntryOptions(null, null, Set.of(), true, null);
    private static final EntryOptions UNCACHED = new EntryOptions(null, null, Set.of(), false, null);

    private final @Nullable Duration ttl;
    private final @Nullable Duration nullTtl;
    private final Set<String> tags;
    private final boolean cached;
    private final @Nullable Found found;

    private EntryOptions(
            @Nullable Duration ttl,
            @Nullable Duration nullTtl,
            Set<String> tags,
            boolean cached,
            @Nullable Found found) {
        this.ttl = ttl;
        this.nullTtl = nullTtl;
        this.tags = tags;
        this.cached = cached;
        this.found = found;
    }

    /**
     * The policy's time to live and no tags.
     *
     * @return the shared instance
     */
    public static EntryOptions none() {
        return NONE;
    }

    /**
     * For a loaded value that its callers get but the cache doesn't keep.
     *
     * @return the shared instance
     */
    public static EntryOptions uncached() {
        return UNCACHED;
    }

    /**
     * Options with a time to live.
     *
     * @param ttl positive
     * @return the options
     * @throws io.hamster.InvalidExpirationException if {@code ttl} is zero or negative
     */
    public static EntryOptions ttl(Duration ttl) {
        return NONE.withTtl(ttl);
    }

    /**
     * Options with tags.
     *
     * @param tags by which {@link HamsterCache#invalidateTags} finds the entry
     * @return the options
     * @throws InvalidCacheKeyException if a tag isn't 1 to 250 characters, without control characters
     *     and halves of surrogate pairs
     */
    public static EntryOptions tags(String... tags) {
        return NONE.withTags(List.of(tags));
    }

    /**
     * These options with another time to live.
     *
     * @param ttl positive
     * @return the options
     * @throws io.hamster.InvalidExpirationException if {@code ttl} is zero or negative
     */
    public EntryOptions withTtl(Duration ttl) {
        return new EntryOptions(Durations.requirePositive("EntryOptions.ttl", ttl), nullTtl, tags, cached, found);
    }

    /**
     * These options with another time to remember that a key has no value.
     *
     * @param nullTtl zero to forget it at once
     * @return the options
     * @throws io.hamster.InvalidExpirationException if {@code nullTtl} is negative
     */
    public EntryOptions withNullTtl(Duration nullTtl) {
        return new EntryOptions(
                ttl, Durations.requireNotNegative("EntryOptions.nullTtl", nullTtl), tags, cached, found);
    }

    /**
     * These options with other tags.
     *
     * @param tags by which {@link HamsterCache#invalidateTags} finds the entry
     * @return the options
     * @throws InvalidCacheKeyException if a tag isn't 1 to 250 characters, without control characters
     *     and halves of surrogate pairs
     */
    public EntryOptions withTags(Collection<String> tags) {
        tags.forEach(CacheKeys::requireTag);
        return new EntryOptions(ttl, nullTtl, Set.copyOf(tags), cached, found);
    }

    /**
     * Where an entry comes from that wasn't loaded but found in the shared tier.
     *
     * @param askedAt the moment before the shared tier was asked, in monotonic nanoseconds: much may have happened since
     * @param age how long ago, at that moment, its load began or it was put
     * @param left how much longer it may be found there
     * @param isBeingRefreshed whether another instance loads it again
     */
    record Found(long askedAt, Duration age, Duration left, boolean isBeingRefreshed) {}

    /** These options for a value that is handed out but not kept; its tags still say when it is too old. */
    EntryOptions notCached() {
        return new EntryOptions(ttl, nullTtl, tags, false, found);
    }

    /** These options for a value of the shared tier, which had this time to live left and these tags when it was found. */
    static EntryOptions found(Duration left, Set<String> tags, Found found) {
        return new EntryOptions(left, left, tags, true, found);
    }

    /** These options for a value of the shared tier that is kept as if it had been loaded here. */
    EntryOptions withFound(Found where) {
        return new EntryOptions(ttl, nullTtl, tags, cached, where);
    }

    /** These options with both times to live the same. */
    EntryOptions lasting(Duration left) {
        return new EntryOptions(left, left, tags, cached, found);
    }

    /** Empty for what its caller loaded or gave. */
    Optional<Found> found() {
        return Optional.ofNullable(found);
    }

    /**
     * The entry's own time to live.
     *
     * @return empty for the policy's
     */
    public Optional<Duration> ttl() {
        return Optional.ofNullable(ttl);
    }

    /**
     * How long to remember that the key has no value.
     *
     * @return empty for the policy's {@code nullTtl}, but no longer than {@link #ttl()}
     */
    public Optional<Duration> nullTtl() {
        return Optional.ofNullable(nullTtl);
    }

    /**
     * The entry's tags.
     *
     * @return unmodifiable
     */
    public Set<String> tags() {
        return tags;
    }

    /**
     * Whether the cache keeps the value.
     *
     * @return {@code false} only for {@link #uncached()}
     */
    public boolean isCached() {
        return cached;
    }

    @Override
    public String toString() {
        return cached
                ? "EntryOptions[ttl=" + (ttl == null ? "policy" : ttl) + ", nullTtl="
                        + (nullTtl == null ? "policy" : nullTtl) + ", tags=" + tags + "]"
                : "uncached";
    }
}
