package io.hamster.lock;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * Where locks are kept: the seam under {@link LockClient}. A store decides who holds a key and for how long; waiting,
 * renewal, deadlines and everything else a caller sees is written once above it.
 *
 * <p>No method blocks or throws: a store that can't be reached completes the stage exceptionally, and the client takes
 * any exception for "not known". A store times its own leases; all durations it answers are rounded down. It is
 * thread-safe and may complete stages and call {@link Wakeups} on any thread, but never while it holds a lock of its own.
 */
public interface LockStore extends AutoCloseable {

    /**
     * Asks for a lock. Idempotent by token: while the token's grant lives, asking again gives the same fence and what
     * is left of that lease, never a new lease. A client that doesn't wait for the answer any more cancels the stage: a
     * request that hasn't been sent by then needn't be.
     *
     * @param ask who asks for what
     * @return the answer
     */
    CompletionStage<Answer> acquire(Ask ask);

    /**
     * Extends leases. For each token that still holds its key, the lease runs out the extension's {@code lease} from
     * now; one that doesn't isn't changed.
     *
     * @param batch any number of extensions; a store splits them as it likes
     * @return an answer for each token; one that is missing counts as {@link Renewal.Unknown}
     */
    CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch);

    /**
     * Gives up whatever the token has for that key: the lock, an offer, its place among the waiters. Idempotent.
     *
     * @param key the lock's key
     * @param token the token of the request
     * @param tombstone if &gt; 0, how long a later {@link #acquire} with this token must be {@link Answer.Refused}
     * @return whether the token held the lock until now
     */
    CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone);

    /**
     * Who holds a lock. As fresh as {@link #acquire}.
     *
     * @param key the lock's key
     * @return the holder, or empty if it is free
     */
    CompletionStage<Optional<LockStatus>> status(String key);

    /**
     * Lists held locks, of every client.
     *
     * @param limit the most to list; &gt; 0
     * @return held locks in no particular order
     */
    CompletionStage<List<LockStatus>> list(int limit);

    /**
     * Takes a lock away from whoever holds it, as if the holder had released it.
     *
     * @param key the lock's key
     * @return whether anyone held it
     */
    CompletionStage<Boolean> forceRelease(String key);

    /**
     * Registers who is told when waiting may be over.
     *
     * @param wakeups called from then on, on any thread
     * @return closing it ends the registration
     */
    Registration listen(Wakeups wakeups);

    /**
     * Whether the store keeps the waiters' order itself. If so, every waiter asks with its {@link Ask#patience()} and is
     * {@link Answer.Queued}; when its turn comes it is woken by its token and gets the lock by asking again. If not,
     * the client sends only the first of its waiters, and patience is 0.
     *
     * @return the same answer always
     */
    boolean ordersWaiters();

    @Override
    void close();

    /**
     * A request for a lock.
     *
     * @param key the lock's key
     * @param token names the request
     * @param owner name of the asking instance, for people
     * @param lease how long the lock is granted for; &gt; 0
     * @param patience how long the request may be kept among the waiters; 0 if it must not wait
     */
    record Ask(String key, LockToken token, String owner, Duration lease, Duration patience) {}

    /**
     * One lease to extend.
     *
     * @param key the lock's key
     * @param token the token that holds it
     * @param lease the lease from now; &gt; 0
     */
    record Extension(String key, LockToken token, Duration lease) {}

    /** What a store says to a request. */
    sealed interface Answer {

        /**
         * The token holds the lock.
         *
         * @param fence higher than that of every earlier grant of this key
         * @param remaining what is left of its lease
         */
        record Granted(long fence, Duration remaining) implements Answer {}

        /**
         * Another token holds the lock or has been offered it.
         *
         * @param remaining what is left of that
         */
        record Held(Duration remaining) implements Answer {}

        /**
         * As {@link Held}, and the request has its place among the waiters.
         *
         * @param remaining what is left of the present holder's lease
         */
        record Queued(Duration remaining) implements Answer {}

        /** The token was given up before: it has a tombstone. */
        record Refused() implements Answer {}
    }

    /** What a store says to an extension. */
    sealed interface Renewal {

        /**
         * The lease was extended.
         *
         * @param remaining how long it runs now
         */
        record Renewed(Duration remaining) implements Renewal {}

        /** The token definitely doesn't hold the lock. */
        record NotYours() implements Renewal {}

        /** The store couldn't tell; to be asked again. */
        record Unknown() implements Renewal {}
    }

    /** Told when a waiter should ask again. Returns quickly and never throws. */
    interface Wakeups {

        /**
         * A lock may have become free. Called at least for each one that was answered {@link Answer.Held} to this client
         * and has been released since, unless the announcement got lost.
         *
         * @param key the lock's key
         * @param token the waiter whose turn it is, or empty if the store doesn't order them
         */
        void woken(String key, Optional<LockToken> token);

        /** Wake-ups may have been missed: every waiter asks again. */
        void recheckAll();
    }

    /** A registration that can be ended. */
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
