package io.hamster.cluster.raft;

import io.hamster.cluster.NodeUnreachableException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Messengers of several nodes in one process, with a switch for each direction between two nodes. */
final class LoopbackNetwork implements AutoCloseable {

    private final Map<String, LoopbackMessenger> up = new ConcurrentHashMap<>();
    private final Set<Link> cut = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private record Link(String from, String to) {}

    /** A node that can be reached from now on, in place of an earlier one of that name. */
    LoopbackMessenger join(String name) {
        LoopbackMessenger joined = new LoopbackMessenger(name);
        up.put(name, joined);
        disrupted();
        return joined;
    }

    void leave(String name) {
        up.remove(name);
        disrupted();
    }

    /** Loses what one node sends to another, answers too. */
    void cut(String from, String to) {
        cut.add(new Link(from, to));
    }

    void heal() {
        cut.clear();
        disrupted();
    }

    private void disrupted() {
        up.values().forEach(node -> node.disruptions.forEach(Runnable::run));
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** One node's side. */
    final class LoopbackMessenger implements Messenger {

        private final String self;
        private final Map<Topic, Handler> handlers = new ConcurrentHashMap<>();
        private final CopyOnWriteArrayList<Runnable> disruptions = new CopyOnWriteArrayList<>();

        private LoopbackMessenger(String self) {
            this.self = self;
        }

        @Override
        public CompletionStage<byte[]> request(String node, Topic topic, byte[] message, Duration timeout) {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            LoopbackMessenger target = up.get(node);
            if (target == null) {
                answer.completeExceptionally(new NodeUnreachableException("Node '" + node + "' is gone", null));
            } else if (!cut.contains(new Link(self, node))) {
                Handler handler = target.handlers.get(topic);
                if (handler != null) {
                    threads.execute(() -> handler.received(self, message).thenAccept(reply -> {
                        if (!cut.contains(new Link(node, self))) {
                            answer.complete(reply);
                        }
                    }));
                }
            }
            return answer;
        }

        @Override
        public void tell(String node, Topic topic, byte[] message) {
            request(node, topic, message, Duration.ofSeconds(1));
        }

        @Override
        public void tellAll(Topic topic, byte[] message) {
            up.keySet().stream().filter(name -> !name.equals(self)).forEach(name -> tell(name, topic, message));
        }

        @Override
        public void handle(Topic topic, Handler handler) {
            handlers.put(topic, handler);
        }

        @Override
        public void onDisruption(Runnable listener) {
            disruptions.add(listener);
        }
    }
}
