package io.hamster.cache;

import io.hamster.CodecException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** Where a flusher takes dirty entries from. Called under its lock. */
interface FlushQueue<K, V> {

    /** Called before a flush looks at anything. */
    void begin();

    /** Whether it was this process' turn, and still is. */
    boolean isTurn();

    /** Why some of what is dirty was left out since {@link #begin}. */
    Optional<CodecException> unreadable();

    /** Called after a flush, however it went. */
    void end();

    /** Whether it is still this process' turn; asked each time before the writer is called. */
    boolean mayWrite();

    /** A copy, the oldest first. */
    List<Dirty<K, V>> list(Predicate<Dirty<K, V>> which);

    /** Whether there is no newer write of its key, as far as is known here. */
    boolean isCurrent(Dirty<K, V> dirty);

    /** Takes what the source has now. */
    void written(List<Dirty<K, V>> entries);

    /**
     * Gives an entry up for now.
     *
     * @param forGood whether it is so after a restart, too
     */
    void park(Dirty<K, V> dirty, String reason, boolean forGood);

    /** Has an entry tried again that was given up, but not for good; whether it will be. */
    boolean unpark(Dirty<K, V> dirty);
}
