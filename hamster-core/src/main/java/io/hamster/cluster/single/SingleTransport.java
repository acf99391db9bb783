package io.hamster.cluster.single;

import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.Transport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Knows this node alone; calls to it never leave the cluster. */
final class SingleTransport implements Transport {

    private final Node self;

    SingleTransport(Node self) {
        this.self = self;
    }

    @Override
    public void start(Receiver receiver) {
        receiver.membersChanged(Members.of(List.of(self), List.of(self.name())));
    }

    @Override
    public CompletionStage<byte[]> request(Node node, byte[] message, Duration timeout) {
        return CompletableFuture.failedFuture(
                new NodeUnreachableException("Node '" + node.name() + "' is not in this cluster of one", null));
    }

    @Override
    public void close() {}
}
