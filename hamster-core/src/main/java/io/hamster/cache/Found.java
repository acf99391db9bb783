package io.hamster.cache;

import org.jspecify.annotations.Nullable;

/** What the shared tier says to a load. */
sealed interface Found<V> {

    /**
     * The value needn't be loaded.
     *
     * @param value {@code null} for a remembered absence
     * @param options with which it is kept here
     */
    record Hit<V>(@Nullable V value, EntryOptions options) implements Found<V> {}

    /** It is to be loaded. */
    record Missing<V>(Lease lease) implements Found<V> {}
}
