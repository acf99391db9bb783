package io.hamster.cache;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One load of a key of a shared cache: takes the value from the shared tier or, if it isn't there, from the caller's
 * loader, and then brings it there. Begun at most once, and asked for its options after it has ended.
 */
abstract class SharedLoad<K, V> implements Function<Optional<V>, EntryOptions> {

    final SharedReads<K, V> reads;
    final CacheRuntime runtime;
    final Function<? super Optional<V>, EntryOptions> wanted;
    final boolean isRefresh;
    private volatile EntryOptions own = EntryOptions.uncached();

    private SharedLoad(
            SharedReads<K, V> reads,
            CacheRuntime runtime,
            Function<? super Optional<V>, EntryOptions> wanted,
            boolean isRefresh) {
        this.reads = reads;
        this.runtime = runtime;
        this.wanted = wanted;
        this.isRefresh = isRefresh;
    }

    Set<String> knownTags() {
        return FixedOptions.knownTags(wanted);
    }

    /** The options with which the value is kept in this JVM. */
    @Override
    public EntryOptions apply(Optional<V> value) {
        return own;
    }

    final @Nullable V take(Found.Hit<V> hit) {
        own = hit.options();
        return hit.value();
    }

    final CompletionStage<EntryOptions> keep(Lease lease, @Nullable V value, long began) {
        Optional<V> loaded = Optional.ofNullable(value);
        return reads.keep(lease, loaded, wanted.apply(loaded), began);
    }

    final void setOwn(EntryOptions options) {
        own = options;
    }

    /** One that may block. */
    static final class Blocking<K, V> extends SharedLoad<K, V> implements CacheLoader<TextKey<K>, V> {

        private final CacheLoader<? super K, ? extends V> loader;

        Blocking(
                SharedReads<K, V> reads,
                CacheRuntime runtime,
                CacheLoader<? super K, ? extends V> loader,
                Function<? super Optional<V>, EntryOptions> wanted,
                boolean isRefresh) {
            super(reads, runtime, wanted, isRefresh);
            this.loader = loader;
        }

        @Override
        public @Nullable V load(TextKey<K> key) throws Exception {
            Found<V> found = reads.find(key, isRefresh, wanted);
            if (found instanceof Found.Hit<V> hit) {
                return take(hit);
            }
            Lease lease = ((Found.Missing<V>) found).lease();
            boolean isKept = false;
            try {
                long began = runtime.time().nanoTime();
                V value = loader.load(key.known());
                setOwn(StoreAnswers.await(keep(lease, value, began)));
                isKept = true;
                return value;
            } finally {
                if (!isKept) {
                    reads.abandon(lease);
                }
            }
        }
    }

    /** One that never blocks. What isn't the caller's thread is the client's executor. */
    static final class Async<K, V> extends SharedLoad<K, V> implements AsyncCacheLoader<TextKey<K>, V> {

        private final AsyncCacheLoader<? super K, ? extends V> loader;

        Async(
                SharedReads<K, V> reads,
                CacheRuntime runtime,
                AsyncCacheLoader<? super K, ? extends V> loader,
                Function<? super Optional<V>, EntryOptions> wanted,
                boolean isRefresh) {
            super(reads, runtime, wanted, isRefresh);
            this.loader = loader;
        }

        @Override
        public CompletionStage<@Nullable V> load(TextKey<K> key) {
            LoadGraph.Run run = runtime.graph().current();
            // The store's answer comes on a thread that knows nothing of the caller.
            Callable<CompletionStage<? extends @Nullable V>> call = runtime.carrying(() -> started(key, run));
            return reads.findAsync(key, isRefresh, wanted, 0)
                    .thenCompose(found -> found instanceof Found.Hit<V> hit
                            ? CompletableFuture.<@Nullable V>completedFuture(take(hit))
                            : loaded(call, ((Found.Missing<V>) found).lease()));
        }

        private CompletionStage<@Nullable V> loaded(
                Callable<CompletionStage<? extends @Nullable V>> call, Lease lease) {
            CompletableFuture<@Nullable V> answer = new CompletableFuture<>();
            long began = runtime.time().nanoTime();
            try {
                call.call().whenComplete((value, failure) -> {
                    if (failure == null) {
                        bring(lease, value, began, answer);
                    } else {
                        reads.abandon(lease);
                        answer.completeExceptionally(failure);
                    }
                });
            } catch (Throwable e) {
                Loads.keepInterrupt(e);
                reads.abandon(lease);
                answer.completeExceptionally(e);
            }
            return answer;
        }

        private CompletionStage<? extends @Nullable V> started(TextKey<K> key, LoadGraph.@Nullable Run run)
                throws Exception {
            Callable<CompletionStage<? extends @Nullable V>> call = () -> loader.load(key.known());
            CompletionStage<? extends @Nullable V> stage =
                    run == null || runtime.graph().current() == run
                            ? call.call()
                            : runtime.graph().within(run, call);
            return Objects.requireNonNull(stage, "the loader returned no stage");
        }

        private void bring(Lease lease, @Nullable V value, long began, CompletableFuture<@Nullable V> answer) {
            try {
                keep(lease, value, began)
                        .whenCompleteAsync(
                                (options, failure) -> {
                                    setOwn(failure == null ? options : EntryOptions.uncached());
                                    answer.complete(value);
                                },
                                runtime.executor())
                        // Refused: a load that never ended would be worse than a foreign thread.
                        .whenComplete((options, refused) -> answer.complete(value));
            } catch (Throwable e) {
                reads.abandon(lease);
                answer.completeExceptionally(e);
            }
        }
    }
}
