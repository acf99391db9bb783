package io.hamster.cache;

import java.util.Optional;

/** How a flight ended for those who wait for it. */
sealed interface Outcome<V> {

    /**
     * It loaded.
     *
     * @param value what the source has
     * @param invalidatedAt when one of the value's tags was invalidated during the load, by the stamps' clock; callers
     *     that joined later than that need a newer load. 0 for not at all
     */
    record Loaded<V>(Optional<V> value, long invalidatedAt) implements Outcome<V> {}

    /** The loader threw. */
    record Failed<V>(Throwable failure) implements Outcome<V> {}

    /** The thread that ran the loader was interrupted, which is nobody else's concern. */
    record Abandoned<V>(InterruptedException failure) implements Outcome<V> {}

    /** It takes longer than the hard timeout. */
    record Overdue<V>() implements Outcome<V> {}

    static <V> Outcome<V> failed(Throwable failure) {
        return failure instanceof InterruptedException interrupted
                ? new Abandoned<>(interrupted)
                : new Failed<>(failure);
    }
}
