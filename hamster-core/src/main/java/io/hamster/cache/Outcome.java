package io.hamster.cache;

import java.util.Optional;
import java.util.Set;

/** How a flight ended for those who wait for it. */
sealed interface Outcome<V> {

    /**
     * It has a value, or knows that there is none.
     *
     * @param value what the source has
     * @param tags the value's tags: callers who joined after one was invalidated need a newer load
     * @param calledLoader whether the source was asked, and the value not found in the shared tier
     */
    record Loaded<V>(Optional<V> value, Set<String> tags, boolean calledLoader) implements Outcome<V> {}

    /**
     * Its key had come into the cache meanwhile.
     *
     * @param value what was found, for the caller who started the flight; those who joined look for themselves, since
     *     it may have been invalidated before they came
     */
    record Found<V>(Optional<V> value) implements Outcome<V> {}

    /** It was detached before its loader ran, so everybody has to ask again. */
    record Superseded<V>() implements Outcome<V> {}

    /** The loader threw. */
    record Failed<V>(Throwable failure) implements Outcome<V> {}

    /**
     * The thread that ran the loader was interrupted, which is nobody else's concern.
     *
     * @param failure what the loader threw: the interruption, or what a load that it waited for made of it
     */
    record Abandoned<V>(Exception failure) implements Outcome<V> {}

    /**
     * It takes longer than the hard timeout.
     *
     * @param isOfOthers whether it wasn't even started, because others before it still take longer
     */
    record Overdue<V>(boolean isOfOthers) implements Outcome<V> {}

    static <V> Outcome<V> failed(Throwable failure) {
        if (failure instanceof InterruptedException interrupted) {
            return new Abandoned<>(interrupted);
        }
        return failure instanceof CacheLoadInterruptedException nested
                ? new Abandoned<>(nested)
                : new Failed<>(failure);
    }
}
