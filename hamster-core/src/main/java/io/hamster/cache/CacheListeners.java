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
 * Several listeners as one, none of which can disturb what they watch.
 *
 * @param listeners in the order in which they hear
 */
record CacheListeners(List<CacheListener> listeners) {

    static final CacheListeners NONE = new CacheListeners(List.of());

    private static final Logger log = LoggerFactory.getLogger(CacheListeners.class);

    CacheListeners {
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

    /** {@link CacheListener.Changing#UNWATCHED} itself if nobody watches: then there is nothing to be measured. */
    CacheListener.Changing changing(String cache, CacheListener.Operation operation, Collection<?> subjects) {
        List<CacheListener.Changing> watching = List.of();
        for (CacheListener listener : listeners) {
            CacheListener.Changing changing = guarded(cache, () -> listener.changing(cache, operation, subjects));
            if (changing != null && changing != CacheListener.Changing.UNWATCHED) {
                watching = watching.isEmpty() ? new ArrayList<>(listeners.size()) : watching;
                watching.add(changing);
            }
        }
        return watching.isEmpty() ? CacheListener.Changing.UNWATCHED : together(cache, watching);
    }

    private static CacheListener.Changing together(String cache, List<CacheListener.Changing> watching) {
        return (isDone, took, error) -> watching.forEach(each -> guarded(cache, () -> {
            each.ended(isDone, took, error);
            return each;
        }));
    }

    private static <T> @Nullable T guarded(String cache, Supplier<T> step) {
        try {
            return step.get();
        } catch (Throwable e) {
            log.warn("A listener failed for what cache '{}' does, which goes on", cache, e);
            return null;
        }
    }
}
