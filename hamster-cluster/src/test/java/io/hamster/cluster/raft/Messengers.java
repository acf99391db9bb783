package io.hamster.cluster.raft;

import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import io.hamster.testing.FreePorts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;
import org.jgroups.Message;
import org.jgroups.protocols.TCP;
import org.jgroups.stack.Protocol;
import org.jgroups.stack.ProtocolStack;
import org.jgroups.util.MessageBatch;

/** Several messengers in one process, on ports of the loopback address that were free a moment ago. */
final class Messengers implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);
    /** So long that no node counts as lost because the machine stood still for a moment. */
    static final Duration TIMEOUT = Duration.ofSeconds(15);
    /** For tests that wait until a silent node counts as lost. */
    static final Duration SHORT_TIMEOUT = Duration.ofSeconds(2);

    final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    final ExecutorService executor = Executors.newCachedThreadPool();
    private final Duration timeout;
    private final List<JGroupsMessenger> messengers = new ArrayList<>();
    private final Map<JGroupsMessenger, Members> members = new ConcurrentHashMap<>();

    Messengers() {
        this(TIMEOUT);
    }

    Messengers(Duration timeout) {
        this.timeout = timeout;
    }

    static List<Node> nodes(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> Node.of("node" + i, "127.0.0.1", FreePorts.next()))
                .toList();
    }

    JGroupsMessenger create(Node self, List<Node> nodes) {
        return create(self, nodes, Optional.empty());
    }

    JGroupsMessenger create(Node self, List<Node> nodes, Optional<ClusterTls> tls) {
        return add(new JGroupsMessenger(self, nodes, timeout, tls, scheduler, executor));
    }

    JGroupsMessenger add(JGroupsMessenger messenger) {
        messengers.add(messenger);
        return messenger;
    }

    List<JGroupsMessenger> start(List<Node> nodes) {
        List<JGroupsMessenger> started =
                nodes.stream().map(node -> create(node, nodes)).toList();
        started.forEach(this::start);
        awaitAlive(started, nodes.size());
        return started;
    }

    void start(JGroupsMessenger messenger) {
        messenger.start(latest -> members.put(messenger, latest));
    }

    Members members(JGroupsMessenger messenger) {
        return members.getOrDefault(messenger, Members.of(List.of(), List.of()));
    }

    void awaitAlive(List<JGroupsMessenger> all, int alive) {
        await().atMost(PATIENCE)
                .until(() -> all.stream().allMatch(each -> members(each).alive().size() == alive));
    }

    /** One of the protocols below a node's messages. */
    static <P extends Protocol> P protocol(JGroupsMessenger messenger, Class<P> type) {
        return messenger.session().orElseThrow().channel().getProtocolStack().findProtocol(type);
    }

    /** What the network does with a node from now on. */
    static Cut cut(JGroupsMessenger messenger) {
        ProtocolStack stack = messenger.session().orElseThrow().channel().getProtocolStack();
        Cut cut = new Cut();
        try {
            stack.insertProtocol(cut, ProtocolStack.Position.ABOVE, GuardedTcp.class);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
        return cut;
    }

    /** Closes the node's sockets as the end of its process would, without a word. */
    static void kill(JGroupsMessenger messenger) {
        cut(messenger);
        TCP tcp = (TCP)
                messenger.session().orElseThrow().channel().getProtocolStack().getTransport();
        tcp.clearConnections(false);
    }

    @Override
    public void close() {
        messengers.forEach(JGroupsMessenger::close);
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    /** Lets nothing through while it is closed. */
    static final class Cut extends Protocol {

        private volatile boolean closed = true;

        void mend() {
            closed = false;
        }

        @Override
        public Object up(Message message) {
            return closed ? null : up_prot.up(message);
        }

        @Override
        public void up(MessageBatch batch) {
            if (!closed) {
                up_prot.up(batch);
            }
        }

        @Override
        public Object down(Message message) {
            return closed ? null : down_prot.down(message);
        }
    }
}
