package io.hamster.cluster.raft;

import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.RemoteCallRejectedException;
import io.hamster.cluster.RemoteCallTimeoutException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jgroups.Address;

/**
 * The requests made here that wait for their answers, each topic within bounds of its own. Each ends once: by its answer,
 * by the loss of its node, or by {@link #sweep} some time after its timeout. Thread-safe.
 */
final class PendingRequests {

    static final int MAX_REQUESTS = 65_536;
    static final long MAX_BYTES = 256L << 20;

    private final AtomicLong ids = new AtomicLong();
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final Map<Topic, Load> loads = new EnumMap<>(Topic.class);

    PendingRequests() {
        for (Topic topic : Topic.values()) {
            loads.put(topic, new Load(new AtomicInteger(), new AtomicLong()));
        }
    }

    /** Adds a request, which is yet to be sent. */
    Pending enter(Topic topic, String node, Address to, int size, Duration timeout) {
        Load load = load(topic);
        int requests = load.requests.incrementAndGet();
        long bytes = load.bytes.addAndGet(size);
        if (requests > MAX_REQUESTS || bytes > MAX_BYTES) {
            load.leave(size);
            throw new RemoteCallRejectedException("Nothing was sent to node '" + node + "': " + (requests - 1)
                    + " requests with " + (bytes - size) + " bytes wait for their answers here; at most " + MAX_REQUESTS
                    + " with " + MAX_BYTES + " bytes may");
        }
        Pending request = new Pending(ids.incrementAndGet(), topic, node, to, size, timeout);
        pending.put(request.id, request);
        return request;
    }

    /** Takes an answer; whatever isn't awaited from that sender is ignored. */
    void answered(long id, Address from, byte[] answer) {
        Pending request = pending.get(id);
        if (request != null && request.to.equals(from) && leave(request)) {
            request.answer.complete(answer);
        }
    }

    void fail(Pending request, Throwable why) {
        if (leave(request)) {
            request.answer.completeExceptionally(why);
        }
    }

    /** Ends those whose node is no longer in reach. */
    void retain(Predicate<Address> reachable) {
        // One for all of a node's requests: there may be many, and each would collect the same stack.
        Map<String, NodeUnreachableException> lost = new HashMap<>();
        for (Pending request : pending.values()) {
            if (!reachable.test(request.to)) {
                fail(request, lost.computeIfAbsent(request.node, PendingRequests::lost));
            }
        }
    }

    private static NodeUnreachableException lost(String node) {
        return new NodeUnreachableException(
                "Node '" + node + "' was lost before it answered; it may have got the request", null);
    }

    /** Ends those that have timed out. */
    void sweep() {
        long now = System.nanoTime();
        for (Pending request : pending.values()) {
            if (now - request.deadline >= 0) {
                fail(
                        request,
                        new RemoteCallTimeoutException("Node '" + request.node + "' didn't answer within "
                                + request.timeout.toMillis() + " ms; it may have got the request"));
            }
        }
    }

    int size() {
        return pending.size();
    }

    private boolean leave(Pending request) {
        if (!pending.remove(request.id, request)) {
            return false;
        }
        load(request.topic).leave(request.size);
        return true;
    }

    private Load load(Topic topic) {
        return Objects.requireNonNull(loads.get(topic));
    }

    /** How much of a topic is under way. */
    private record Load(AtomicInteger requests, AtomicLong bytes) {

        private void leave(int size) {
            requests.decrementAndGet();
            bytes.addAndGet(-size);
        }
    }

    /** A request under way. */
    static final class Pending {

        private final long id;
        private final Topic topic;
        private final String node;
        private final Address to;
        private final int size;
        private final Duration timeout;
        private final long deadline;
        private final CompletableFuture<byte[]> answer = new CompletableFuture<>();

        private Pending(long id, Topic topic, String node, Address to, int size, Duration timeout) {
            this.id = id;
            this.topic = topic;
            this.node = node;
            this.to = to;
            this.size = size;
            this.timeout = timeout;
            this.deadline = System.nanoTime() + timeout.toNanos();
        }

        long id() {
            return id;
        }

        CompletableFuture<byte[]> answer() {
            return answer;
        }
    }
}
