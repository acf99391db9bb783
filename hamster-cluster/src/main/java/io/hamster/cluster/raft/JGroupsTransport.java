package io.hamster.cluster.raft;

import io.hamster.cluster.Node;
import io.hamster.cluster.Transport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Carries remote calls over the messenger, which starts and closes with it: it is the first to start and the last to close. */
final class JGroupsTransport implements Transport {

    private static final byte[] NOTHING = {};

    private final JGroupsMessenger messenger;
    private volatile @Nullable Receiver receiver;

    JGroupsTransport(JGroupsMessenger messenger) {
        this.messenger = messenger;
        messenger.handle(Topic.FUNCTIONS, this::received);
    }

    /** Blocks to bind and to join, unlike others. */
    @Override
    public void start(Receiver to) {
        receiver = to;
        messenger.start(to::membersChanged);
    }

    @Override
    public CompletionStage<byte[]> request(Node node, byte[] message, Duration timeout) {
        return messenger.request(node.name(), Topic.FUNCTIONS, message, timeout);
    }

    @Override
    public void close() {
        messenger.close();
    }

    private CompletionStage<byte[]> received(String from, byte[] message) {
        Receiver to = receiver;
        return to == null ? CompletableFuture.completedFuture(NOTHING) : to.received(from, message);
    }
}
