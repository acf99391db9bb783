package io.hamster.cache.writeback;

import io.hamster.cache.CacheWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes dirty entries to their source of truth. Called by one thread at a time for a cache, never by the one that put
 * unless that one flushes. It must not write to the cache it belongs to.
 *
 * @param <K> the keys
 * @param <V> the values
 */
@FunctionalInterface
public interface WriteBackWriter<K, V> {

    /**
     * Writes a batch. Entries may come again after a crash or a failure, with the same sequence.
     *
     * @param batch one or more entries of different keys, the oldest first; unmodifiable
     * @return the entries that weren't written, each with the reason; empty if all of them were
     * @throws Exception if none may be counted as written; each is then tried by itself, unless it was discarded or its key
     *     was written anew meanwhile
     */
    Map<WriteBackEntry<K, V>, Exception> write(List<WriteBackEntry<K, V>> batch) throws Exception;

    /**
     * Has a writer for write-through write back, entry by entry. It doesn't learn the sequences, so after a crash it
     * may write a value that it has written before.
     *
     * @param writer writes values
     * @return the adapter
     * @param <K> the keys
     * @param <V> the values
     */
    static <K, V> WriteBackWriter<K, V> of(CacheWriter<? super K, ? super V> writer) {
        return batch -> {
            Map<WriteBackEntry<K, V>, Exception> failures = new LinkedHashMap<>();
            for (WriteBackEntry<K, V> entry : batch) {
                try {
                    if (entry.value().isPresent()) {
                        writer.write(entry.key(), entry.value().get());
                    } else {
                        writer.delete(entry.key());
                    }
                } catch (InterruptedException e) {
                    throw e;
                } catch (Exception e) {
                    failures.put(entry, e);
                }
            }
            return failures;
        };
    }
}
