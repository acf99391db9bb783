package io.hamster.cache.invalidation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Channels between instances whose messages the test delivers, drops, delays and reorders. For one thread. */
final class TestChannels {

    private final List<Channel> all = new ArrayList<>();

    Channel open() {
        Channel channel = new Channel();
        all.add(channel);
        return channel;
    }

    /** Delivers what waits anywhere, in order. */
    void deliverAll() {
        all.forEach(Channel::deliverAll);
    }

    /** One instance's end, with the messages that wait for it. */
    final class Channel implements InvalidationChannel {

        final Deque<byte[]> waiting = new ArrayDeque<>();
        private Consumer<byte[]> messages = message -> {};
        private Runnable disrupted = () -> {};
        boolean refusesToSend;
        boolean closed;

        @Override
        public CompletionStage<Void> send(byte[] message) {
            if (refusesToSend) {
                return CompletableFuture.failedFuture(new IllegalStateException("down"));
            }
            all.forEach(to -> to.waiting.add(message));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void listen(Consumer<byte[]> to, Runnable whenDisrupted) {
            messages = to;
            disrupted = whenDisrupted;
        }

        @Override
        public void close() {
            closed = true;
        }

        void deliverAll() {
            while (!waiting.isEmpty()) {
                deliver(waiting.removeFirst());
            }
        }

        void deliver(byte[] message) {
            messages.accept(message);
        }

        void disrupt() {
            disrupted.run();
        }
    }
}
