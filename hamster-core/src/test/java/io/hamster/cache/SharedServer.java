package io.hamster.cache;

import io.hamster.TimeSource;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.invalidation.TestChannels;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.MemoryCacheStore;
import io.hamster.cluster.TextCodec;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Shared tiers in this JVM: stores that instances share, and what carries their messages. */
final class SharedServer implements AutoCloseable {

    static final Duration BOUND = Duration.ofSeconds(4);

    final TestChannels channels = new TestChannels();
    private final ManualTime time;
    private final Map<String, MemoryCacheStore> stores = new ConcurrentHashMap<>();
    private final List<CacheClient> clients = new ArrayList<>();

    SharedServer(ManualTime time) {
        this.time = time;
    }

    /** For one instance: a new store for each cache, and a channel that brings to it what it sends. */
    static SharedTier alone(TimeSource time) {
        return SharedTier.of((cache, version, ttl) -> new MemoryCacheStore(time, ttl), new TextCodec())
                .withChannel(new Loopback());
    }

    /** One process with the cache "books". */
    record Instance(
            CacheClient client, HamsterCache<String, String> cache, StoreView store, TestChannels.Channel channel) {}

    Instance instance(CachePolicyBuilder policy) {
        return instance(policy, Runnable::run);
    }

    Instance instance(CachePolicyBuilder policy, Executor executor) {
        return instance(policy, CacheClient.builder().executor(executor));
    }

    Instance instance(CachePolicyBuilder policy, CacheClientBuilder builder) {
        TestChannels.Channel channel = channels.open();
        List<StoreView> views = new ArrayList<>();
        SharedTier shared = SharedTier.of(
                        (cache, version, ttl) -> {
                            views.add(new StoreView(stores.computeIfAbsent(
                                    cache + "/" + version, same -> new MemoryCacheStore(time, ttl))));
                            return views.get(0);
                        },
                        new TextCodec())
                .withChannel(channel)
                .withBound(BOUND);
        CacheClient client = builder.timeSource(time)
                .scheduler(time.scheduler())
                .random(() -> 0.5)
                .shared(shared)
                .build();
        clients.add(client);
        HamsterCache<String, String> cache = client.cache("books", policy.build());
        channels.deliverAll();
        return new Instance(client, cache, views.get(0), channel);
    }

    /** What all instances see, from beside them. */
    CacheStore store() {
        return stores.values().iterator().next();
    }

    /** Lets time pass in steps in which every message arrives. */
    void pass(Duration duration) {
        Duration step = BOUND.dividedBy(8);
        for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minus(step)) {
            time.advance(left.compareTo(step) < 0 ? left : step);
            channels.deliverAll();
        }
    }

    @Override
    public void close() {
        clients.forEach(CacheClient::close);
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
