package io.hamster.cache;

import io.hamster.cache.store.CacheStore.Ticket;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What a load may publish under.
 *
 * @param ticket {@code null} if the store can't be asked
 * @param replaces whether the store may still hold something of the key
 * @param renewal what keeps the ticket standing, if it has to be
 */
record Lease(
        TextKey<?> key,
        @Nullable Ticket ticket,
        boolean replaces,
        @Nullable Future<?> renewal) {

    void stopRenewing() {
        if (renewal != null) {
            renewal.cancel(false);
        }
    }
}
