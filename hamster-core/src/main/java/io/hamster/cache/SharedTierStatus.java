package io.hamster.cache;

import io.hamster.cache.invalidation.InvalidationNews;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a client's shared tier is.
 *
 * @param storeAvailable {@code false} while the store counts as away: reads are answered locally or by loaders, and
 *     changes wait for it
 * @param news what is known of the channel; empty if there is none or no cache that would use it
 * @param pendingChanges changes that the store hasn't confirmed, of all caches
 * @param awaySince when the store's first request failed that none has been answered since; empty while it is available
 */
public record SharedTierStatus(
        boolean storeAvailable,
        Optional<InvalidationNews.Status> news,
        long pendingChanges,
        Optional<Instant> awaySince) {

    /**
     * Whether something is wrong with it.
     *
     * @return {@code true} if the store is away, the channel isn't trusted or changes are pending
     */
    public boolean isDegraded() {
        return !storeAvailable
                || pendingChanges > 0
                || news.map(status -> !status.trusted()).orElse(false);
    }

    /**
     * Since when something is wrong with it, as far as it knows: of changes that are pending it doesn't.
     *
     * @return since when the store is away or the channel isn't trusted, whichever is longer; empty if neither is so
     */
    public Optional<Instant> degradedSince() {
        Optional<Instant> untrustedSince = news.flatMap(InvalidationNews.Status::untrustedSince);
        return Stream.of(awaySince, untrustedSince).flatMap(Optional::stream).min(Comparator.naturalOrder());
    }
}
