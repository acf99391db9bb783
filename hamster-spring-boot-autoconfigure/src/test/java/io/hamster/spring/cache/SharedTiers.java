package io.hamster.spring.cache;

import io.hamster.TimeSource;
import io.hamster.cache.SharedTier;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.MemoryCacheStore;
import io.hamster.spring.codec.JacksonCodec;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.springframework.util.ReflectionUtils;
import tools.jackson.databind.json.JsonMapper;

/** A shared tier in this JVM, for contexts that need no server. */
final class SharedTiers {

    private final List<MemoryCacheStore> stores = new CopyOnWriteArrayList<>();
    private volatile CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

    static SharedTier alone() {
        return new SharedTiers().tier();
    }

    SharedTier tier() {
        return SharedTier.of(
                        (cache, version, ttl) -> {
                            MemoryCacheStore store = new MemoryCacheStore(TimeSource.system(), ttl);
                            stores.add(store);
                            return held(store);
                        },
                        new JacksonCodec(JsonMapper.builder().build()))
                .withChannel(new Loopback());
    }

    /** Has it answer nothing until the gate is opened. */
    void hold(CompletableFuture<Void> gate) {
        this.gate = gate;
    }

    private CacheStore held(CacheStore store) {
        return (CacheStore) Proxy.newProxyInstance(
                CacheStore.class.getClassLoader(),
                new Class<?>[] {CacheStore.class},
                (proxy, method, arguments) -> method.getReturnType() == CompletionStage.class
                        ? gate.thenCompose(
                                open -> (CompletionStage<?>) ReflectionUtils.invokeMethod(method, store, arguments))
                        : ReflectionUtils.invokeMethod(method, store, arguments));
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
