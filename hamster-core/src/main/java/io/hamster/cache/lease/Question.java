package io.hamster.cache.lease;

import io.hamster.cache.store.StoredEntry;
import java.util.Set;

/** What a member asks another one. Caches are named with their version. */
sealed interface Question {

    /** The view in which it is asked. */
    String view();

    /** Whether the other one is in the view, in which the asker is. */
    record Greeting(String view, String member) implements Question {}

    /**
     * What there is of a key.
     *
     * @param asker says for whom, never the same for two
     * @param call with the asker, names what asks this again and again until there is an answer
     * @param number with the asker, names the ticket that is to be created if there is none; never used before, since a
     *     question that was thought lost would create a ticket anew
     * @param anyway whether a ticket is wanted even if there is a value
     * @param ttl how long the ticket stands, in nanoseconds
     */
    record Ask(String view, String cache, String key, String asker, long call, long number, boolean anyway, long ttl)
            implements Question {

        /** The ticket that is to be created. */
        String id() {
            return asker + '-' + number;
        }
    }

    /** Has a ticket stand longer. */
    record Renew(String view, String cache, String key, String id, long ttl) implements Question {}

    /**
     * Ends a ticket.
     *
     * @param alone whether something was loaded that can't be handed on, so that those who wait load for themselves;
     *     otherwise the next one who asks gets a ticket
     */
    record End(String view, String cache, String key, String id, boolean alone) implements Question {}

    /**
     * Hands on what was loaded under a ticket.
     *
     * @param onlyToWaiting whether it is for nobody who asks from now on
     */
    record Publish(String view, String cache, String key, String id, boolean onlyToWaiting, StoredEntry entry)
            implements Question {}

    /** Keys have changed. */
    record Drop(String view, String cache, Set<String> keys) implements Question {}

    /** What has one of the tags has changed. */
    record DropTags(String view, String cache, Set<String> tags) implements Question {}

    /** All has changed. */
    record DropAll(String view, String cache) implements Question {}
}
