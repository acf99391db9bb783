package io.hamster.cache.store;

import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One cache's part of a shared tier. Never blocks. Thread-safe, and each operation is atomic for each key.
 *
 * <p>Keys and tags have passed the rules of caches: 1 to 250 characters, no control characters. Every stage fails with
 * {@link CacheStoreUnavailableException} if the store couldn't be asked or didn't answer within its command timeout. What
 * the store holds for a key but can't read, because it was damaged or has a foreign format, counts as nothing and in {@link #undecodable}.
 */
public interface CacheStore extends AutoCloseable {

    /**
     * Reads a key. If that gives nothing that a read may be answered with, creates the key's ticket or joins the one there
     * is.
     *
     * @param key the key
     * @return what there is
     */
    CompletionStage<Lookup> get(String key);

    /**
     * Creates a key's ticket or joins the one there is, whatever the key holds: for a value that is to be loaded again
     * before it expires.
     *
     * @param key the key
     * @return the ticket
     */
    CompletionStage<Ticket> ticket(String key);

    /**
     * Lets a ticket stand for as long as a new one would from now on.
     *
     * @param key the key
     * @param ticket given for this key
     * @return whether it still stood
     */
    CompletionStage<Boolean> renew(String key, Ticket ticket);

    /**
     * Ends a ticket under which nothing will be published.
     *
     * @param key the key
     * @param ticket given for this key
     * @return whether it still stood
     */
    CompletionStage<Boolean> end(String key, Ticket ticket);

    /**
     * Keeps a loaded value if the ticket still stands and none of the value's tags was invalidated since it was created.
     * The ticket ends: of several loads under one ticket, the first to come is kept.
     *
     * @param key the key
     * @param loaded the value
     * @param ticket given for this key before the load began
     * @return whether the value was kept
     */
    CompletionStage<Boolean> publish(String key, StoredEntry loaded, Ticket ticket);

    /**
     * Removes what the key holds if the ticket still stands, which ends: under it nothing was loaded that is to be kept.
     *
     * @param key the key
     * @param ticket given for this key before the load began
     * @return whether the ticket still stood
     */
    CompletionStage<Boolean> drop(String key, Ticket ticket);

    /**
     * Ends a ticket under which something was loaded that isn't to be kept. A store that can hands it on to those who wait
     * for it and to nobody else, unless one of its tags was invalidated since the ticket was created; and it has those who
     * wait for what can't be handed on load for themselves at once, since otherwise they would one after the other.
     *
     * @param key the key
     * @param loaded the value, or empty if it can't be handed on
     * @param ticket given for this key before the load began
     * @return whether the ticket still stood
     */
    default CompletionStage<Boolean> relay(String key, Optional<StoredEntry> loaded, Ticket ticket) {
        return end(key, ticket);
    }

    /**
     * Keeps a value, whatever there was, and ends the key's ticket.
     *
     * @param key the key
     * @param entry the value
     * @return completes when it is done
     */
    CompletionStage<Void> put(String key, StoredEntry entry);

    /**
     * Keeps a value and ends the key's ticket, unless the key has a value that isn't expired. A remembered absence is no
     * value.
     *
     * @param key the key
     * @param entry the value
     * @param rejected what the caller was given before and can't decode, or empty: as long as it is there, it is no value
     * @return empty if it was kept, otherwise the value that was there
     */
    CompletionStage<Optional<StoredEntry>> putIfAbsent(String key, StoredEntry entry, Optional<StoredEntry> rejected);

    /**
     * Removes a key and ends its ticket.
     *
     * @param key the key
     * @return what a read would have been answered with
     */
    CompletionStage<Optional<StoredEntry>> take(String key);

    /**
     * Removes keys and ends their tickets, also of keys that hold nothing.
     *
     * @param keys the keys
     * @return for how many of them a read would have been answered with something
     */
    CompletionStage<Long> invalidate(Collection<String> keys);

    /**
     * Makes every entry that has one of the tags unreadable, and keeps values that turn out to have one from being
     * published under tickets of before. Once it has completed that holds for every key; until then, for some.
     *
     * @param tags the tags
     * @return completes when it is done
     */
    CompletionStage<Void> invalidateTags(Collection<String> tags);

    /**
     * Makes every entry unreadable and ends every ticket. Once it has completed that holds for every key; until then, for
     * some. The memory is reclaimed in the background.
     *
     * @return completes when it is done
     */
    CompletionStage<Void> clear();

    /**
     * How often the store has found something that it couldn't read.
     *
     * @return 0 or more, never less than before; 0 unless overridden
     */
    default long undecodable() {
        return 0;
    }

    /** Refuses every later request. What the store holds stays. */
    @Override
    void close();

    /** What a read found. */
    sealed interface Lookup {

        /**
         * Something that the read may be answered with.
         *
         * @param entry not expired
         */
        record Hit(StoredEntry entry) implements Lookup {}

        /**
         * Nothing.
         *
         * @param ticket for the load
         * @param stale what has expired but is still kept, or empty
         */
        record Miss(Ticket ticket, Optional<StoredEntry> stale) implements Lookup {}
    }

    /**
     * The permission to publish what is loaded from now on, until something happens to the key.
     *
     * @param id the store's own, the same for everybody who has the ticket
     * @param isNew whether the request that gave it has created it: of all who have the ticket, one is told so
     */
    record Ticket(String id, boolean isNew) {}
}
