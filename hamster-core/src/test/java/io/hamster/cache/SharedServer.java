package io.hamster.cache;

import io.hamster.TimeSource;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.MemoryCacheStore;
import io.hamster.cluster.TextCodec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Makes shared tiers in this JVM. */
final class SharedServer {

    private SharedServer() {}

    /** For one instance: a new store for each cache, and a channel that brings to it what it sends. */
    static SharedTier alone(TimeSource time) {
        return SharedTier.of((cache, version, ttl) -> new MemoryCacheStore(time, ttl), new TextCodec())
                .withChannel(new Loopback());
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
