package io.hamster.cluster.raft;

import io.hamster.cache.invalidation.InvalidationChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Invalidations among the nodes of a cluster. What a node sends comes back to itself once a majority of the nodes has
 * answered it since: a node that is cut off doesn't hear itself either, and won't trust what it keeps.
 *
 * <p>Members that come and go disrupt nothing, since the messages' numbers tell what was missed: to forget everything
 * whenever a node is lost would bring all that is asked for upon the source at that very moment.
 */
final class ClusterInvalidationChannel implements InvalidationChannel {

    /** Asks for an answer, and is one. */
    private static final byte[] NOTHING = {};

    static final Duration PATIENCE = Duration.ofSeconds(1);
    /** Own messages that wait for a majority. Those beyond don't come back, as none would without one. */
    private static final int MAX_WAITING = 10_000;

    private final JGroupsMessenger messenger;
    private final Duration patience;
    private final BlockingQueue<byte[]> own = new LinkedBlockingQueue<>(MAX_WAITING);
    /** Whether the majority that was asked has answered. */
    private final AtomicReference<@Nullable Boolean> outcome = new AtomicReference<>();

    private final Coalesced rounds;
    /** What the round that is under way is for, or nothing. Only touched by {@link #rounds}. */
    private final List<byte[]> asked = new ArrayList<>();

    private volatile @Nullable Consumer<byte[]> messages;
    private volatile boolean closed;

    /**
     * Before the messenger starts; the channel outlives its starts and never closes it.
     *
     * @param executor delivers what this node itself has sent
     */
    ClusterInvalidationChannel(JGroupsMessenger messenger, Executor executor) {
        this(messenger, executor, PATIENCE);
    }

    /** @param patience how long a majority may take to answer before what was sent doesn't come back */
    ClusterInvalidationChannel(JGroupsMessenger messenger, Executor executor, Duration patience) {
        this.messenger = messenger;
        this.patience = patience;
        this.rounds = new Coalesced(executor, this::goOn);
        // Nodes without caches that listen answer as well.
        messenger.handle(Topic.CACHES, (from, message) -> {
            if (message.length > 0) {
                deliver(message);
            }
            return CompletableFuture.completedFuture(NOTHING);
        });
    }

    @Override
    public CompletionStage<Void> send(byte[] message) {
        if (closed || !messenger.isRunning()) {
            return CompletableFuture.failedFuture(new IllegalStateException(
                    closed ? "The channel is closed" : "The cluster isn't running, so nobody is told"));
        }
        messenger.tellAll(Topic.CACHES, message);
        if (own.offer(message)) {
            rounds.wake();
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void listen(Consumer<byte[]> messages, Runnable disrupted) {
        this.messages = messages;
        messenger.onReunion(() -> {
            if (!closed) {
                disrupted.run();
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    /** One round at a time, each for all that was sent before it began. */
    private void goOn() {
        Boolean reached = outcome.getAndSet(null);
        if (reached != null) {
            List<byte[]> over = List.copyOf(asked);
            // Before anything is delivered: should that fail, a round that isn't over would hold up all others.
            asked.clear();
            if (reached) {
                over.forEach(this::deliver);
            }
        }
        if (asked.isEmpty() && own.drainTo(asked) > 0) {
            askAround();
        }
    }

    private void askAround() {
        List<String> others = messenger.others();
        int all = others.size() + 1;
        int needed = all / 2;
        if (needed == 0) {
            end(true);
            return;
        }
        AtomicInteger answers = new AtomicInteger();
        AtomicInteger failures = new AtomicInteger();
        for (String node : others) {
            messenger.request(node, Topic.CACHES, NOTHING, patience).whenComplete((answer, error) -> {
                if (error == null) {
                    if (answers.incrementAndGet() == needed) {
                        end(true);
                    }
                } else if (failures.incrementAndGet() == all - needed) {
                    end(false);
                }
            });
        }
    }

    private void end(boolean reached) {
        outcome.set(reached);
        rounds.wake();
    }

    private void deliver(byte[] message) {
        Consumer<byte[]> listener = messages;
        if (listener != null && !closed) {
            listener.accept(message);
        }
    }
}
