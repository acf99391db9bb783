package io.hamster.cache;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells removal listeners on an executor, because removals are noticed under an engine's locks. */
final class RemovalNotices<K, V> {

    private static final Logger log = LoggerFactory.getLogger(RemovalNotices.class);

    private final List<RemovalListener<? super K, ? super V>> listeners = new CopyOnWriteArrayList<>();
    private final String cache;
    private final Executor executor;

    RemovalNotices(String cache, Executor executor) {
        this.cache = cache;
        this.executor = executor;
    }

    void add(RemovalListener<? super K, ? super V> listener) {
        listeners.add(listener);
    }

    void removed(K key, Slot<V> slot, RemovalCause cause) {
        V value = slot.value;
        if (listeners.isEmpty() || value == null) {
            return;
        }
        try {
            executor.execute(() -> tell(key, value, cause));
        } catch (Throwable e) {
            // Even out of threads: the engine is in the middle of its step.
            log.warn("Cache '{}' couldn't tell its removal listeners of {}", cache, CacheKeys.shortened(key), e);
        }
    }

    private void tell(K key, V value, RemovalCause cause) {
        for (RemovalListener<? super K, ? super V> listener : listeners) {
            try {
                listener.onRemoval(key, value, cause);
            } catch (Throwable e) {
                log.warn("A removal listener of cache '{}' failed for {}", cache, CacheKeys.shortened(key), e);
            }
        }
    }
}
