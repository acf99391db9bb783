package io.hamster.cache;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several listeners as one, none of which can disturb a load.
 *
 * @param listeners in the order in which they hear
 */
record LoadListeners(List<CacheListener> listeners) {

    static final LoadListeners NONE = new LoadListeners(List.of());

    private static final Logger log = LoggerFactory.getLogger(LoadListeners.class);

    LoadListeners {
        listeners = List.copyOf(listeners);
    }

    boolean isEmpty() {
        return listeners.isEmpty();
    }

    CacheListener.Loading loading(String cache, Collection<?> keys, boolean isRefresh) {
        List<CacheListener.Loading> watching = new ArrayList<>(listeners.size());
        for (CacheListener listener : listeners) {
            CacheListener.Loading loading = guarded(cache, () -> listener.loading(cache, keys, isRefresh));
            if (loading != null) {
                // Scopes opened here close in the reverse order.
                watching.add(0, loading);
            }
        }
        return new CacheListener.Loading() {

            @Override
            public void returned() {
                watching.forEach(each -> guarded(cache, () -> {
                    each.returned();
                    return each;
                }));
            }

            @Override
            public void ended(Duration took, Optional<Throwable> error) {
                watching.forEach(each -> guarded(cache, () -> {
                    each.ended(took, error);
                    return each;
                }));
            }
        };
    }

    private static <T> @Nullable T guarded(String cache, Supplier<T> step) {
        try {
            return step.get();
        } catch (Throwable e) {
            log.warn("A listener failed for a load of cache '{}'; the load goes on", cache, e);
            return null;
        }
    }
}
