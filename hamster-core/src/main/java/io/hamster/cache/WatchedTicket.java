package io.hamster.cache;

import io.hamster.cache.CacheListener.Operation;
import java.util.Optional;

/** Has a client's listeners watch what is done under a ticket. */
record WatchedTicket<K, V>(CacheTicket<K, V> ticket, ChangeWatch watch) implements CacheTicket<K, V> {

    @Override
    public boolean publish(K key, Optional<V> value, EntryOptions options) {
        return watch.call(
                Operation.PUBLISH, ChangeWatch.only(key), () -> ticket.publish(key, value, options), done -> done);
    }

    @Override
    public boolean put(K key, Optional<V> value, EntryOptions options) {
        return watch.call(Operation.PUT, ChangeWatch.only(key), () -> ticket.put(key, value, options), done -> done);
    }
}
