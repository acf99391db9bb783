package io.hamster.cache;

import io.hamster.cache.writeback.WriteBackAdmin;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a cache that writes back asks of its dirty entries. */
interface WriteBack<K, V> extends WriteBackAdmin<K> {

    /** Begins; until then nobody is answered. */
    void start();

    /** What a read is answered with before anything else, if it is known here. */
    @Nullable
    Slot<V> find(K key);

    /** What a read that has missed is answered with before anything is loaded: a dirty value or deletion. */
    Optional<Optional<V>> lookUp(K key);

    /** Looks up before it loads. */
    CacheLoader<K, V> before(CacheLoader<? super K, ? extends V> loader);

    /** Looks up before it loads. */
    BulkCacheLoader<K, V> beforeBulk(BulkCacheLoader<K, V> loader);

    /** Looks up before it loads. */
    AsyncCacheLoader<K, V> beforeAsync(AsyncCacheLoader<? super K, ? extends V> loader);

    /** How many of as many writes can be taken at once. */
    int atMost(int writes);

    void put(Map<K, V> values, EntryOptions options);

    /** Puts a value unless there is one; gives the one there is. */
    Optional<V> putIfAbsent(K key, V value);

    /** Deletes a key and gives what a read would have found. */
    Optional<V> delete(K key);

    /** Deletes those of the keys that are dirty and have a value; how many. */
    int deleteDirty(Collection<? extends K> keys);

    int deleteDirty();

    int deleteDirtyTagged(Collection<String> tags);

    void flush();

    Set<K> keys();

    boolean isDirty(K key);

    /** The dirty entries that this process holds beside the tier. */
    int size();

    void close();
}
