package io.hamster.cache.invalidation;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.Consumer;

/** Channels between instances whose messages the test delivers, drops, delays and reorders. */
public final class TestChannels {

    private final List<Channel> all = new ArrayList<>();

    public Channel open() {
        Channel channel = new Channel();
        all.add(channel);
        return channel;
    }

    /** Delivers what waits anywhere, in order. */
    public void deliverAll() {
        all.forEach(Channel::deliverAll);
    }

    /** One instance's end, with the messages that wait for it. */
    public final class Channel implements InvalidationChannel {

        final Deque<byte[]> waiting = new ConcurrentLinkedDeque<>();
        /** By identity. */
        private final Set<byte[]> sent = ConcurrentHashMap.newKeySet();

        private Consumer<byte[]> messages = message -> {};
        private Runnable disrupted = () -> {};
        volatile boolean refusesToSend;
        int timesListenedAnew;
        boolean closed;

        @Override
        public CompletionStage<Void> send(byte[] message) {
            if (refusesToSend) {
                return CompletableFuture.failedFuture(new IllegalStateException("down"));
            }
            sent.add(message);
            all.forEach(to -> to.waiting.add(message));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void listen(Consumer<byte[]> to, Runnable whenDisrupted) {
            messages = to;
            disrupted = whenDisrupted;
        }

        @Override
        public void listenAnew() {
            timesListenedAnew++;
        }

        @Override
        public void close() {
            closed = true;
        }

        public void deliverAll() {
            while (!waiting.isEmpty()) {
                deliver(waiting.removeFirst());
            }
        }

        /** Delivers what this instance has sent, and loses the rest. */
        public void deliverOwn() {
            waiting.removeIf(message -> !sent.contains(message));
            deliverAll();
        }

        public void refuseToSend(boolean refuses) {
            refusesToSend = refuses;
        }

        /** Loses what waits. */
        public void drop() {
            waiting.clear();
        }

        void deliver(byte[] message) {
            messages.accept(message);
        }

        public void disrupt() {
            disrupted.run();
        }
    }
}
