package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.invalidation.TestChannels;
import io.hamster.cache.lease.TestRing;
import io.hamster.cluster.TextCodec;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Instances in this JVM that keep each other's leases and tell each other of changes, as the nodes of a cluster do. */
final class LeasedInstances implements AutoCloseable {

    static final Duration BOUND = Duration.ofSeconds(4);

    final TestRing ring;
    final TestChannels channels = new TestChannels();
    private final ManualTime time;
    private final List<CacheClient> clients = new ArrayList<>();

    LeasedInstances(ManualTime time) {
        this.time = time;
        this.ring = new TestRing(time);
    }

    /** For a node that is by itself. */
    static SharedTier alone(ManualTime time) {
        TestRing ring = new TestRing(time);
        SharedTier tier = SharedTier.ofLeases(ring.leases("a"), new TextCodec(), new Nowhere());
        ring.view("a");
        return tier;
    }

    CacheClient client(String name) {
        return client(name, new TextCodec(), CacheClient.builder().executor(Runnable::run));
    }

    CacheClient client(String name, Codec codec, CacheClientBuilder builder) {
        CacheClient client = builder.timeSource(time)
                .scheduler(time.scheduler())
                .random(() -> 0.5)
                .shared(SharedTier.ofLeases(ring.leases(name), codec, channels.open())
                        .withBound(BOUND))
                .build();
        clients.add(client);
        return client;
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

    private static final class Nowhere implements InvalidationChannel {

        @Override
        public CompletionStage<Void> send(byte[] message) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void listen(Consumer<byte[]> messages, Runnable disrupted) {}

        @Override
        public void close() {}
    }
}
