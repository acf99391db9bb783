package io.hamster.cache.lease;

import io.hamster.cache.store.StoredEntry;
import java.util.Set;

/** What a member asks another one. Caches are named with their version. */
sealed interface Question {

    /** The view in which it is asked. */
    String view();

    /** Whether the other one is in the view. */
    record Greeting(String view) implements Question {}

    /**
     * What there is of a key.
     *
     * @param id of the ticket that is to be created if there is none, never used before
     * @param anyway whether a ticket is wanted even if there is a value
     * @param ttl how long the ticket stands, in nanoseconds
     */
    record Ask(String view, String cache, String key, String id, boolean anyway, long ttl) implements Question {}

    /** Has a ticket stand longer. */
    record Renew(String view, String cache, String key, String id, long ttl) implements Question {}

    /** Ends a ticket. */
    record End(String view, String cache, String key, String id) implements Question {}

    /** Hands on what was loaded under a ticket. */
    record Publish(String view, String cache, String key, String id, StoredEntry entry) implements Question {}

    /** Keys have changed. */
    record Drop(String view, String cache, Set<String> keys) implements Question {}

    /** What has one of the tags has changed. */
    record DropTags(String view, String cache, Set<String> tags) implements Question {}

    /** All has changed. */
    record DropAll(String view, String cache) implements Question {}
}
