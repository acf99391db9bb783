package io.hamster.cache;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Has a client's listeners watch the loaders of one cache. */
final class LoadWatch {

    private final String cache;
    private final TimeSource time;
    private final CacheListeners listeners;

    LoadWatch(String cache, TimeSource time, CacheListeners listeners) {
        this.cache = cache;
        this.time = time;
        this.listeners = listeners;
    }

    /** A loader may take any key that it is asked for and give any value that is wanted. */
    @SuppressWarnings("unchecked")
    <K, V> CacheLoader<K, V> of(CacheLoader<? super K, ? extends V> loader, boolean isRefresh) {
        if (listeners.isEmpty()) {
            return (CacheLoader<K, V>) loader;
        }
        return key -> this.<@Nullable V>call(List.of(key), isRefresh, () -> loader.load(key));
    }

    <K, V> BulkCacheLoader<K, V> ofAll(BulkCacheLoader<K, V> loader) {
        return listeners.isEmpty() ? loader : keys -> call(keys, false, () -> loader.loadAll(keys));
    }

    @SuppressWarnings("unchecked")
    <K, V> AsyncCacheLoader<K, V> ofAsync(AsyncCacheLoader<? super K, ? extends V> loader, boolean isRefresh) {
        if (listeners.isEmpty()) {
            return (AsyncCacheLoader<K, V>) loader;
        }
        return key -> begin(key, isRefresh, () -> loader.load(key));
    }

    private <T extends @Nullable Object> T call(Collection<?> keys, boolean isRefresh, Callable<T> loader)
            throws Exception {
        CacheListener.Loading loading = listeners.loading(cache, keys, isRefresh);
        long began = time.nanoTime();
        T loaded;
        try {
            loaded = loader.call();
        } catch (Throwable e) {
            loading.returned();
            loading.ended(since(began), Optional.of(e));
            throw e;
        }
        loading.returned();
        loading.ended(since(began), Optional.empty());
        return loaded;
    }

    /** Gives a stage of which nobody learns the end before the listeners do. */
    private <V> CompletionStage<? extends @Nullable V> begin(
            Object key, boolean isRefresh, Callable<CompletionStage<? extends @Nullable V>> loader) throws Exception {
        CacheListener.Loading loading = listeners.loading(cache, List.of(key), isRefresh);
        long began = time.nanoTime();
        CompletionStage<? extends @Nullable V> stage;
        try {
            stage = Objects.requireNonNull(loader.call(), "the loader returned no stage");
        } catch (Throwable e) {
            loading.returned();
            loading.ended(since(began), Optional.of(e));
            throw e;
        }
        loading.returned();
        return stage.whenComplete((value, failure) -> loading.ended(since(began), Optional.ofNullable(cause(failure))));
    }

    private static @Nullable Throwable cause(@Nullable Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private Duration since(long began) {
        return Duration.ofNanos(time.nanoTime() - began);
    }
}
