package io.hamster.cluster.raft;

import io.hamster.cache.invalidation.InvalidationChannel;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Invalidations among the nodes of a cluster. A change of the members counts as a disruption: before a node is missed, what
 * it says and what it is told goes nowhere.
 */
final class ClusterInvalidationChannel implements InvalidationChannel {

    private static final byte[] NOTHING = {};

    private final JGroupsMessenger messenger;
    private final Queue<byte[]> own = new ConcurrentLinkedQueue<>();
    private final Coalesced ownDelivery;
    private volatile @Nullable Consumer<byte[]> messages;
    private volatile boolean closed;

    /**
     * Before the messenger starts; the channel outlives its starts and never closes it.
     *
     * @param executor delivers what this node itself has sent
     */
    ClusterInvalidationChannel(JGroupsMessenger messenger, Executor executor) {
        this.messenger = messenger;
        this.ownDelivery = new Coalesced(executor, this::deliverOwn);
    }

    @Override
    public CompletionStage<Void> send(byte[] message) {
        if (closed || !messenger.isRunning()) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    closed ? "The channel is closed" : "The cluster isn't running, so nobody is told"));
        }
        messenger.tellAll(Topic.CACHES, message);
        own.add(message);
        ownDelivery.wake();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void listen(Consumer<byte[]> messages, Runnable disrupted) {
        this.messages = messages;
        messenger.handle(Topic.CACHES, (from, message) -> {
            deliver(message);
            return CompletableFuture.completedFuture(NOTHING);
        });
        messenger.onDisruption(() -> {
            if (!closed) {
                disrupted.run();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    private void deliverOwn() {
        for (byte[] message = own.poll(); message != null; message = own.poll()) {
            deliver(message);
        }
    }

    private void deliver(byte[] message) {
        Consumer<byte[]> listener = messages;
        if (listener != null && !closed) {
            listener.accept(message);
        }
    }
}
