package io.hamster.cache.invalidation;

import java.util.Set;

/**
 * What is no longer to be found in a cache's local tiers.
 *
 * @param cache the cache's name
 * @param scope what the subjects are
 * @param subjects keys or tags; none if everything goes
 */
public record Invalidation(String cache, Scope scope, Set<String> subjects) {

    /** What an invalidation is about. */
    public enum Scope {
        /** The entries of some keys. */
        KEYS,
        /** The entries that have one of some tags. */
        TAGS,
        /** Every entry. */
        ALL
    }

    /**
     * Copies the subjects.
     *
     * @param cache the cache's name
     * @param scope what the subjects are
     * @param subjects keys or tags
     */
    public Invalidation {
        subjects = Set.copyOf(subjects);
    }
}
