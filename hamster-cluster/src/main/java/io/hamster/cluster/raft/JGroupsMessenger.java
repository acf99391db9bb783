package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jgroups.JChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages over JGroups, on one port. Requests and answers go past each other; only what is told to all about caches
 * keeps its order. Answers and messages come on JGroups' threads: what hangs on them must not block.
 */
final class JGroupsMessenger implements Messenger, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(JGroupsMessenger.class);
    private static final long SWEEP_MILLIS = 250;

    private final Node self;
    private final Map<String, Node> nodes = new TreeMap<>();
    private final Duration timeout;
    private final Optional<ClusterTls> tls;
    private final Finder finder;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Map<Topic, Handler> handlers = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> reunions = new CopyOnWriteArrayList<>();
    private final List<Consumer<Sight>> sights = new CopyOnWriteArrayList<>();
    private final ReentrantLock lifecycle = new ReentrantLock();
    private volatile @Nullable Running running;

    /** Among a list of nodes, this one included. No other may speak; an empty list knows nobody and lets everyone. */
    JGroupsMessenger(
            Node self,
            List<Node> nodes,
            Duration timeout,
            Optional<ClusterTls> tls,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this(self, nodes, Finder.configured(nodes), timeout, tls, scheduler, executor);
    }

    /**
     * Begins with nothing; {@link #start} does.
     *
     * @param self this node; its host and port are where it listens, and nowhere else
     * @param nodes those that may take part, or none if every node may
     * @param finder how the others are found
     * @param timeout how long a silent member counts as alive; at least 500 ms
     * @param scheduler for short work
     * @param executor tells of changed members and runs what this node sends to itself
     */
    JGroupsMessenger(
            Node self,
            List<Node> nodes,
            Finder finder,
            Duration timeout,
            Optional<ClusterTls> tls,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.self = self;
        this.finder = finder;
        this.timeout = timeout;
        this.tls = tls;
        this.scheduler = scheduler;
        this.executor = executor;
        for (Node node : nodes) {
            if (this.nodes.putIfAbsent(node.name(), node) != null) {
                throw new ClusterConfigurationException(
                        "Two nodes are named '" + node.name() + "'; give each a name of its own");
            }
        }
        if (!nodes.isEmpty() && !this.nodes.containsKey(self.name())) {
            throw new ClusterConfigurationException("This node, '" + self.name() + "', isn't among the nodes "
                    + this.nodes.keySet() + "; add it, or the others won't listen to it");
        }
    }

    /**
     * Starts to take part. Blocks only to bind the port and to join those who are there, some seconds at most.
     *
     * @param members told who is in reach, at least once; one call at a time, and never of older members after newer
     * @throws ClusterConfigurationException if this node can't listen where it should, or its name is taken
     */
    void start(Consumer<Members> members) {
        lifecycle.lock();
        try {
            if (running != null) {
                throw new IllegalStateException("Node '" + self.name() + "' takes part already");
            }
            InetAddress host = ownAddress();
            GuardedSockets sockets = new GuardedSockets(tls, timeout, scheduler);
            JChannel channel = channel(host, sockets);
            JGroupsSession session =
                    new JGroupsSession(self, Map.copyOf(nodes), channel, handlers, executor, (latest, reunited) -> {
                        if (reunited) {
                            reunions.forEach(JGroupsMessenger::tellSafely);
                        }
                        sights.forEach(listener -> tellSafely(() -> listener.accept(latest)));
                        tellSafely(() -> members.accept(latest.members()));
                        listeners.forEach(JGroupsMessenger::tellSafely);
                    });
            sockets.start();
            Future<?> sweep =
                    scheduler.scheduleWithFixedDelay(session::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
            Running begun = new Running(session, sockets, sweep);
            running = begun;
            try {
                session.join();
            } catch (RuntimeException e) {
                end(begun);
                throw e;
            }
        } finally {
            lifecycle.unlock();
        }
    }

    /** One who fails mustn't keep the next from knowing who is in reach: there may be no other view for days. */
    private static void tellSafely(Runnable told) {
        try {
            told.run();
        } catch (Throwable e) {
            log.warn("Somebody who was told of the nodes in reach failed", e);
        }
    }

    private JChannel channel(InetAddress host, GuardedSockets sockets) {
        try {
            return JGroupsStack.channel(host, self.port(), timeout, finder, nodes.keySet(), sockets);
        } catch (Exception e) {
            throw new IllegalStateException("JGroups can't be set up for node '" + self.name() + "'", e);
        }
    }

    private InetAddress ownAddress() {
        InetAddress host;
        boolean isOwn;
        try {
            host = InetAddress.getByName(self.host());
            isOwn = host.isLoopbackAddress()
                    || (!host.isAnyLocalAddress() && NetworkInterface.getByInetAddress(host) != null);
        } catch (UnknownHostException e) {
            throw new ClusterConfigurationException("Node '" + self.name() + "' can't take messages at "
                    + self.address() + ": the host can't be resolved; give a name or an address of this machine");
        } catch (SocketException e) {
            throw new IllegalStateException("The addresses of this machine can't be read", e);
        }
        if (!isOwn) {
            throw new ClusterConfigurationException("Node '" + self.name() + "' can't take messages at "
                    + self.address() + ": " + host.getHostAddress()
                    + " isn't an address of this machine; give one that others reach it by");
        }
        if (tls.isEmpty() && !host.isLoopbackAddress()) {
            log.warn(
                    "Node '{}' takes messages at {} WITHOUT TLS: whoever reaches that port can act as a node of this"
                            + " cluster. Configure certificates, or see to it that nobody else reaches it",
                    self.name(),
                    self.address());
        }
        return host;
    }

    /** Stops taking part. Nothing more is delivered once it has returned; {@link #start} may follow. */
    @Override
    public void close() {
        lifecycle.lock();
        try {
            Running ending = running;
            if (ending != null) {
                end(ending);
            }
        } finally {
            lifecycle.unlock();
        }
    }

    /** Ends a life, which may have come into a view before its start failed. */
    private void end(Running ending) {
        running = null;
        ending.end();
        Sight nobody = Sight.alone(self, nodes);
        sights.forEach(listener -> listener.accept(nobody));
    }

    boolean isRunning() {
        return running != null;
    }

    @Override
    public CompletionStage<byte[]> request(String node, Topic topic, byte[] message, Duration patience) {
        Running now = running;
        if (now == null) {
            return CompletableFuture.failedFuture(new NodeUnreachableException(
                    "Nothing was sent to node '" + node + "': this node, '" + self.name() + "', isn't running", null));
        }
        return node.equals(self.name())
                ? toSelf(now.session, topic, message)
                : now.session.request(node, topic, message, patience);
    }

    @Override
    public void tell(String node, Topic topic, byte[] message) {
        Running now = running;
        if (now == null) {
            return;
        }
        if (node.equals(self.name())) {
            toSelf(now.session, topic, message);
        } else {
            now.session.tell(node, topic, message);
        }
    }

    @Override
    public void tellAll(Topic topic, byte[] message) {
        Running now = running;
        if (now != null) {
            now.session.tellAll(topic, message);
        }
    }

    private CompletionStage<byte[]> toSelf(JGroupsSession session, Topic topic, byte[] message) {
        try {
            return CompletableFuture.supplyAsync(() -> session.handleOwn(topic, message), executor)
                    .thenCompose(answer -> answer);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new NodeUnreachableException("The executor of node '" + self.name() + "' refuses work", e));
        }
    }

    @Override
    public void handle(Topic topic, Handler handler) {
        if (handlers.putIfAbsent(topic, handler) != null) {
            throw new IllegalStateException("Messages about " + topic + " have a handler");
        }
    }

    @Override
    public void onDisruption(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Adds somebody who is told when this node has joined the others, or nodes have found each other again: what they sent
     * before may not have come through. Unlike {@link #onDisruption}, not when a node joins or is lost.
     */
    void onReunion(Runnable listener) {
        reunions.add(listener);
    }

    /**
     * Adds somebody who is told of each view, but for those that others have replaced at once, and of one without an id when
     * this node has left or couldn't join; one call at a time.
     */
    void onSight(Consumer<Sight> listener) {
        sights.add(listener);
    }

    /** The names of the configured nodes but this one. */
    List<String> others() {
        return nodes.keySet().stream().filter(name -> !name.equals(self.name())).toList();
    }

    /** The life that goes on, for tests that cut it short. */
    Optional<JGroupsSession> session() {
        return Optional.ofNullable(running).map(Running::session);
    }

    /** What ends with the messenger. */
    private record Running(JGroupsSession session, GuardedSockets sockets, Future<?> sweep) {

        private void end() {
            sweep.cancel(false);
            session.end();
            sockets.close();
        }
    }
}
