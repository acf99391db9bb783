package io.hamster.spring.cache;

import io.hamster.TimeSource;
import io.hamster.cache.SharedTier;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.MemoryCacheStore;
import io.hamster.spring.codec.JacksonCodec;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import tools.jackson.databind.json.JsonMapper;

/** A shared tier in this JVM, for contexts that need no server. */
final class SharedTiers {

    private final List<MemoryCacheStore> stores = new CopyOnWriteArrayList<>();

    static SharedTier alone() {
        return new SharedTiers().tier();
    }

    SharedTier tier() {
        return SharedTier.of(
                        (cache, version, ttl) -> {
                            MemoryCacheStore store = new MemoryCacheStore(TimeSource.system(), ttl);
                            stores.add(store);
                            return store;
                        },
                        new JacksonCodec(JsonMapper.builder().build()))
                .withChannel(new Loopback());
    }

    void setAway(boolean away) {
        stores.forEach(store -> store.setAway(away));
    }

    private static final class Loopback implements InvalidationChannel {

        private volatile Consumer<byte[]> listener = message -> {};

        @Override
        public CompletionStage<Void> send(byte[] message) {
            listener.accept(message);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void listen(Consumer<byte[]> messages, Runnable disrupted) {
            listener = messages;
        }

        @Override
        public void close() {}
    }
}
