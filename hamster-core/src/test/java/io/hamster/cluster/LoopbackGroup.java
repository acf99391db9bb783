package io.hamster.cluster;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes in one process, for tests: the first to start leads, the next in line takes over. Messages are method
 * calls. Leases are long and never run out; {@link ScriptedElector} is for those that do.
 */
public final class LoopbackGroup {

    private static final long LEASE = Duration.ofDays(1).toNanos();

    private final List<Node> nodes;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Consumer<Standing>> voters = new LinkedHashMap<>();
    private final Map<String, Transport.Receiver> receivers = new LinkedHashMap<>();
    private @Nullable String leader;
    private long term;

    public LoopbackGroup(List<String> names) {
        this.nodes = names.stream().map(name -> Node.of(name, "127.0.0.1", 0)).toList();
    }

    /** Begins the cluster of each node. */
    public List<ClusterBuilder> builders() {
        return nodes.stream()
                .map(node -> Cluster.builder(node, elector(node.name()), new GroupTransport(node.name())))
                .toList();
    }

    /** Decides over a node whose messages go another way. */
    public Elector elector(String name) {
        return new GroupElector(name);
    }

    /** The node of a name. */
    public Node node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The transport of a node that has an elector of its own. */
    public Transport transport(String name) {
        return new GroupTransport(name);
    }

    private void elect(List<String> avoided) {
        List<String> candidates = new ArrayList<>(voters.keySet());
        candidates.removeAll(avoided);
        leader = candidates.isEmpty() ? null : candidates.get(0);
        if (leader != null) {
            term++;
        }
        voters.keySet().forEach(this::inform);
    }

    private void inform(String name) {
        Consumer<Standing> reports = voters.get(name);
        if (reports == null) {
            return;
        }
        if (leader == null) {
            reports.accept(new Standing.Electing(term, true));
        } else if (leader.equals(name)) {
            reports.accept(new Standing.Leading(term, TimeSource.system().nanoTime() + LEASE));
        } else {
            reports.accept(new Standing.Following(term, leader));
        }
    }

    private void locked(Runnable work) {
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    private final class GroupElector implements Elector {

        private final String self;

        private GroupElector(String self) {
            this.self = self;
        }

        @Override
        public void start(Consumer<Standing> reports) {
            locked(() -> {
                voters.put(self, reports);
                if (leader == null) {
                    elect(List.of());
                } else {
                    inform(self);
                }
            });
        }

        @Override
        public CompletionStage<Void> resign(boolean workEnded, boolean forGood) {
            locked(() -> {
                Consumer<Standing> reports = forGood ? voters.remove(self) : voters.get(self);
                if (self.equals(leader)) {
                    elect(voters.size() > 1 ? List.of(self) : List.of());
                }
                if (forGood && reports != null) {
                    reports.accept(
                            leader == null ? new Standing.Electing(term, false) : new Standing.Following(term, leader));
                }
            });
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {
            locked(() -> {
                voters.remove(self);
                if (self.equals(leader)) {
                    elect(List.of());
                }
            });
        }
    }

    private final class GroupTransport implements Transport {

        private final String self;

        private GroupTransport(String self) {
            this.self = self;
        }

        @Override
        public void start(Receiver receiver) {
            locked(() -> receivers.put(self, receiver));
            announce();
        }

        @Override
        public CompletionStage<byte[]> request(Node node, byte[] message, Duration timeout) {
            return receiver(node.name())
                    .map(receiver -> receiver.received(self, message))
                    .orElseGet(() -> CompletableFuture.failedFuture(
                            new NodeUnreachableException("Node '" + node.name() + "' is gone", null)));
        }

        @Override
        public void close() {
            locked(() -> receivers.remove(self));
            announce();
        }

        private Optional<Receiver> receiver(String name) {
            lock.lock();
            try {
                return Optional.ofNullable(receivers.get(name));
            } finally {
                lock.unlock();
            }
        }

        private void announce() {
            locked(() -> {
                Members members = Members.of(nodes, receivers.keySet());
                receivers.values().forEach(receiver -> receiver.membersChanged(members));
            });
        }
    }
}
