package io.hamster.cache;

import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A bounded map that decides which entries leave when it is full or they have outlived {@link Slot#retainedUntil}. It
 * tells its {@link Departures} of each such entry, once, atomically with its removal.
 */
interface Engine<K, V> {

    /** Reads and counts it as a use. Whether it has expired is the caller's to see, with one look at the clock. */
    @Nullable
    Slot<V> get(K key);

    /** Reads without counting it as a use. */
    @Nullable
    Slot<V> peek(K key);

    /**
     * Replaces what a key holds; atomic for the key. The step gets and returns {@code null} for nothing, doesn't block
     * and doesn't call the engine.
     */
    void compute(K key, UnaryOperator<@Nullable Slot<V>> step);

    /** Calls the action for each key, some of which may have come or gone meanwhile. */
    void forEachKey(Consumer<K> action);

    long size();

    /** Does postponed work at once: evicts down to the bounds and reclaims what has outlived its retention. */
    void cleanUp();

    /** Called under the engine's locks. */
    interface Departures<V> {

        void left(Slot<V> slot, RemovalCause cause);
    }
}
