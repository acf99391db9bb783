package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.PayloadTooLargeException;
import io.hamster.cluster.raft.PendingRequests.Pending;
import java.net.BindException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jgroups.Address;
import org.jgroups.BytesMessage;
import org.jgroups.JChannel;
import org.jgroups.MergeView;
import org.jgroups.Message;
import org.jgroups.Message.Flag;
import org.jgroups.Message.TransientFlag;
import org.jgroups.Receiver;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One life of a messenger, on one channel: from joining the others to leaving them. */
final class JGroupsSession implements Receiver {

    private static final Logger log = LoggerFactory.getLogger(JGroupsSession.class);
    private static final String GROUP = "hamster";
    /** Larger ones are told without regard to how much is under way: they would never fit. */
    private static final long LARGE = JGroupsStack.MAX_TOLD / 8;

    private static final long CLOSE_SECONDS = 2;

    private final Node self;
    private final Map<String, Node> configured;
    private final JChannel channel;
    private final Map<Topic, Messenger.Handler> handlers;
    private final Coalesced announcement;
    private final PendingRequests requests = new PendingRequests();
    private final Sometimes complaints = new Sometimes(log);
    private final ReentrantLock views = new ReentrantLock();
    /** Held for reading by whoever delivers something; what comes after the end is dropped. */
    private final ReentrantReadWriteLock deliveries = new ReentrantReadWriteLock();
    /** Whether messages may have been missed before the latest view: from the beginning, and by a merge. */
    private final AtomicBoolean reunited = new AtomicBoolean(true);
    /** Guarded by {@link #views} for writing. */
    private volatile Sight sight;

    private volatile boolean ended;

    /**
     * Begins a session, which is yet to {@link #join}.
     *
     * @param announce takes the members after each view, one at a time, and at least after the last
     */
    JGroupsSession(
            Node self,
            Map<String, Node> configured,
            JChannel channel,
            Map<Topic, Messenger.Handler> handlers,
            Executor executor,
            Announcement announce) {
        this.self = self;
        this.configured = configured;
        this.channel = channel;
        this.handlers = handlers;
        this.sight = Sight.alone(self, configured);
        this.announcement =
                new Coalesced(executor, () -> deliver(() -> announce.members(sight, reunited.getAndSet(false))));
    }

    /** Binds the port and joins whoever is there. */
    void join() {
        try {
            channel.setName(self.name());
            channel.addAddressGenerator(() -> NodeAddress.of(self));
            channel.setReceiver(this);
            channel.connect(GROUP);
        } catch (Exception e) {
            throw describe(e);
        }
        requireNoDouble();
    }

    private RuntimeException describe(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof BindException) {
                return new ClusterConfigurationException("Node '" + self.name() + "' can't take messages at "
                        + self.address() + ": another process has the port (" + cause.getMessage()
                        + "); stop that or give the node another port");
            }
        }
        return failure instanceof RuntimeException known
                ? known
                : new IllegalStateException("Node '" + self.name() + "' couldn't join the others", failure);
    }

    private void requireNoDouble() {
        View view = channel.getView();
        Node other = view == null ? null : doubleIn(view).orElse(null);
        if (other != null) {
            throw new ClusterConfigurationException("There is a node '" + self.name() + "' at " + other.address()
                    + " already, and this one is at " + place(self) + "; give each a name of its own");
        }
    }

    /** Another node by this one's name. A former life of this node, which isn't missed yet, is where this one is. */
    private Optional<Node> doubleIn(View view) {
        return view.getMembers().stream()
                .filter(member -> !member.equals(channel.getAddress()))
                .flatMap(member -> NodeAddress.node(member).stream())
                .filter(node ->
                        node.name().equals(self.name()) && !node.address().equals(place(self)))
                .findFirst();
    }

    CompletionStage<byte[]> request(String node, Topic topic, byte[] message, Duration timeout) {
        Address to = sight.addresses().get(node);
        if (to == null) {
            return CompletableFuture.failedFuture(
                    new NodeUnreachableException("Node '" + node + "' isn't in reach; nothing was sent", null));
        }
        Pending request;
        byte[] bytes;
        try {
            requireSize(message);
            request = requests.enter(topic, node, to, message.length, timeout);
            bytes = new Envelope(topic, Envelope.Kind.REQUEST, request.id(), message).encode();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        try {
            send(to, topic, bytes);
        } catch (Exception e) {
            requests.fail(request, new NodeUnreachableException("Nothing could be sent to node '" + node + "'", e));
        }
        // A view that came after the address was looked up may have been too early to find the request.
        if (ended || !sight.has(to)) {
            requests.retain(address -> !ended && sight.has(address));
        }
        return request.answer();
    }

    void tell(String node, Topic topic, byte[] message) {
        Address to = sight.addresses().get(node);
        if (to != null) {
            tryToSend(to, new Envelope(topic, Envelope.Kind.TELL, 0, message));
        }
    }

    /** Drops the message if the others are too far behind: waiting for them isn't for the caller. */
    void tellAll(Topic topic, byte[] message) {
        tryToSend(null, new Envelope(topic, Envelope.Kind.TELL, 0, message));
    }

    private void tryToSend(@Nullable Address to, Envelope message) {
        try {
            requireSize(message.body());
            send(to, message.topic(), message.encode());
        } catch (Exception e) {
            complaints.warn("A message about " + message.topic() + " couldn't be sent: " + e.getMessage());
        }
    }

    private void send(@Nullable Address to, Topic topic, byte[] bytes) throws Exception {
        Message message = new BytesMessage(to, bytes).setFlag(TransientFlag.DONT_LOOPBACK, TransientFlag.DONT_BLOCK);
        boolean inOrder = topic == Topic.GROUP || topic == Topic.CACHES && to == null;
        if (!inOrder) {
            message.setFlag(Flag.OOB);
        }
        if (to != null || bytes.length > LARGE) {
            message.setFlag(Flag.NO_FC);
        }
        channel.send(message);
    }

    private static void requireSize(byte[] message) {
        if (message.length > JGroupsStack.MAX_MESSAGE - Envelope.OVERHEAD) {
            throw new PayloadTooLargeException("A message has " + message.length + " bytes; at most "
                    + (JGroupsStack.MAX_MESSAGE - Envelope.OVERHEAD) + " are allowed");
        }
    }

    @Override
    public void receive(Message message) {
        Address from = message.getSrc();
        String name = sender(from);
        if (name == null) {
            return;
        }
        Envelope envelope = message.hasArray()
                ? Envelope.decode(message.getArray(), message.getOffset(), message.getLength())
                        .orElse(null)
                : null;
        if (envelope == null) {
            complaints.warn("Node '" + name + "' sent a message that this node can't read; is it of another version?");
            return;
        }
        switch (envelope.kind()) {
            case ANSWER -> requests.answered(envelope.id(), from, envelope.body());
            case TELL -> deliver(() -> handle(name, envelope.topic(), envelope.body()));
            case REQUEST ->
                deliver(() -> handle(name, envelope.topic(), envelope.body())
                        .whenComplete((answer, error) -> answer(from, envelope, answer, error)));
        }
    }

    private @Nullable String sender(Address from) {
        Sight now = sight;
        String name = now.names().get(from);
        if (name != null) {
            return name;
        }
        // The view that it is in may be on its way. But of two with one name, only the one in sight is heard.
        Node node = NodeAddress.node(from).orElse(null);
        if (node == null) {
            return null;
        }
        Node known = now.members().node(node.name()).orElse(node);
        return place(known).equals(node.address()) ? node.name() : null;
    }

    private static String place(Node node) {
        return Node.of(node.name(), node.host(), node.port()).address();
    }

    private CompletionStage<byte[]> handle(String from, Topic topic, byte[] message) {
        Messenger.Handler handler = handlers.get(topic);
        if (handler == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("Nobody takes messages about " + topic));
        }
        try {
            return handler.received(from, message);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void answer(Address to, Envelope request, byte @Nullable [] answer, @Nullable Throwable error) {
        if (answer == null) {
            complaints.warn("A request about " + request.topic() + " gets no answer: " + error);
        } else if (!ended) {
            tryToSend(to, new Envelope(request.topic(), Envelope.Kind.ANSWER, request.id(), answer));
        }
    }

    /** A message of this node to itself. */
    CompletionStage<byte[]> handleOwn(Topic topic, byte[] message) {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        deliver(() -> handle(self.name(), topic, message).whenComplete((bytes, error) -> {
            if (error == null) {
                answer.complete(bytes);
            } else {
                answer.completeExceptionally(error);
            }
        }));
        return answer;
    }

    private void deliver(Runnable delivery) {
        deliveries.readLock().lock();
        try {
            if (!ended) {
                delivery.run();
            }
        } finally {
            deliveries.readLock().unlock();
        }
    }

    @Override
    public void viewAccepted(View view) {
        views.lock();
        try {
            sight = Sight.of(view, self, channel.getAddress(), configured);
        } finally {
            views.unlock();
        }
        log.debug("Node '{}' is in {}", self.name(), view);
        if (view instanceof MergeView) {
            reunited.set(true);
        }
        doubleIn(view)
                .ifPresent(other -> complaints.warn("Node '" + self.name() + "' at " + other.address()
                        + " has the name of this one, at " + place(self) + "; give each a name of its own"));
        requests.retain(sight::has);
        announcement.wake();
    }

    /** Ends the requests that nobody waits for any more. */
    void sweep() {
        try {
            requests.sweep();
        } catch (Throwable e) {
            // Thrown on, it would end the sweeps for good.
            log.warn("Requests that nobody waits for couldn't be ended for now", e);
        }
    }

    JChannel channel() {
        return channel;
    }

    int pending() {
        return requests.size();
    }

    /** Leaves the others. Nothing more is delivered once this has returned. */
    void end() {
        ended = true;
        requests.retain(address -> false);
        channel.close();
        // What this thread itself delivers can't be waited for.
        if (deliveries.getReadHoldCount() == 0) {
            awaitDeliveries();
        }
    }

    private void awaitDeliveries() {
        try {
            if (deliveries.writeLock().tryLock(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                deliveries.writeLock().unlock();
            } else {
                log.warn("A handler of messages still runs {} s after its node was closed", CLOSE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes the members after a view. */
    @FunctionalInterface
    interface Announcement {

        /**
         * Views have come in.
         *
         * @param reunited whether one of them put together nodes that had been without each other
         */
        void members(Sight latest, boolean reunited);
    }
}
