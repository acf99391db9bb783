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

    /**
     * A caller is about to change what the cache holds, on this thread; told before anything is checked. What the cache
     * does by itself, such as expiring, refreshing and writing back, is no change of a caller's.
     *
     * @param cache the cache's name
     * @param operation what is to be done
     * @param subjects the keys that it is to be done to, or for {@link Operation#INVALIDATE_TAGS} the tags; empty where the
     *     operation concerns the whole cache; not to be kept
     * @return told how it ended; where all listeners give {@link Changing#UNWATCHED}, nothing is measured
     */
    default Changing changing(String cache, Operation operation, Collection<?> subjects) {
        return Changing.UNWATCHED;
    }

    /** What a caller can do to a cache. */
    enum Operation {
        /** To put values, or that there is none, with or without a ticket. */
        PUT,
        /** To publish under a ticket what the caller loaded. */
        PUBLISH,
        /** To drop keys. */
        INVALIDATE,
        /** To drop what has tags. */
        INVALIDATE_TAGS,
        /** To drop everything, or everything that is written already. */
        CLEAR,
        /** To delete a key from the source too. */
        DELETE,
        /** To write to the source what is dirty. */
        FLUSH,
        /** To have a dead letter tried again. */
        REDRIVE,
        /** To give up a dirty write for good. */
        DISCARD
    }

    /** A change that was begun. */
    interface Changing {

        /** Watches nothing. */
        Changing UNWATCHED = (isDone, took, error) -> {};

        /**
         * The change has ended; told once, on the thread that it was begun on.
         *
         * @param isDone whether the cache did it; not if it failed, a ticket or a dead letter had been overtaken, or
         *     something was there that was to be absent
         * @param took from when it was begun
         * @param error what it failed with; empty if it didn't fail
         */
        void ended(boolean isDone, Duration took, Optional<Throwable> error);
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
