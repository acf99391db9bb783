package io.hamster.cache;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

/**
 * Learns of what a {@link CacheClient} does: the seam for meters, tracing and logs. What it throws is logged and changes
 * nothing. Implementations are thread-safe.
 */
public interface CacheListener {

    /**
     * A cache was made. Called once for each, by the thread that made it and before that thread uses it; others may use
     * the cache already, since making them wait could deadlock.
     *
     * @param cache the cache
     */
    void created(HamsterCache<?, ?> cache);

    /**
     * A loader is about to be called, on this thread: nothing that the cache, its shared tier or its journal had made
     * that unnecessary. Never called for keys that another load brings.
     *
     * @param cache the cache's name
     * @param keys what is to be loaded, one key unless the loader is one for several; not to be kept
     * @param isRefresh whether nobody waits for it, since what is to be replaced is still served
     * @return told how it goes on
     */
    default Loading loading(String cache, Collection<?> keys, boolean isRefresh) {
        return Loading.UNWATCHED;
    }

    /** A loader that was called. */
    interface Loading {

        /** Watches nothing. */
        Loading UNWATCHED = (took, error) -> {};

        /**
         * The loader has returned or thrown, on the thread that it was called on. A stage that it returned may still be
         * under way.
         */
        default void returned() {}

        /**
         * The load has ended; told once, after {@link #returned}, perhaps on another thread.
         *
         * @param took from when the loader was called
         * @param error what it failed with; empty if it gave a value, or that there is none
         */
        void ended(Duration took, Optional<Throwable> error);
    }
}
