package io.hamster.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A transport that keeps what is sent and answers when a test does. */
public final class ScriptedTransport implements Transport {

    public record Sent(Node node, byte[] message, Duration timeout, CompletableFuture<byte[]> answer) {}

    private final List<Sent> sent = new CopyOnWriteArrayList<>();
    private final List<Node> nodes;
    private volatile @Nullable Receiver receiver;
    private volatile Runnable onRequest = () -> {};
    private volatile boolean closed;

    public ScriptedTransport(Node... nodes) {
        this.nodes = List.of(nodes);
    }

    public List<Sent> sent() {
        return sent;
    }

    public boolean closed() {
        return closed;
    }

    /** What its requests are to fail with. */
    public void failWith(RuntimeException error) {
        onRequest = () -> {
            throw error;
        };
    }

    public void failWith(Error error) {
        onRequest = () -> {
            throw error;
        };
    }

    public void alive(String... names) {
        receiver().membersChanged(Members.of(nodes, Arrays.asList(names)));
    }

    public byte[] receive(String from, byte[] message) {
        return receiver().received(from, message).toCompletableFuture().join();
    }

    public Receiver receiver() {
        Receiver to = receiver;
        if (to == null) {
            throw new IllegalStateException("not started");
        }
        return to;
    }

    @Override
    public void start(Receiver to) {
        receiver = to;
        closed = false;
        alive(nodes.stream().map(Node::name).toArray(String[]::new));
    }

    @Override
    public CompletionStage<byte[]> request(Node node, byte[] message, Duration timeout) {
        onRequest.run();
        Sent request = new Sent(node, message, timeout, new CompletableFuture<>());
        sent.add(request);
        return request.answer();
    }

    @Override
    public void close() {
        closed = true;
    }
}
