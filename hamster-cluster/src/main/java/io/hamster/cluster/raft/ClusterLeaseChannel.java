package io.hamster.cluster.raft;

import io.hamster.cache.lease.LeaseChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the nodes of a cluster ask each other about loads of caches. */
final class ClusterLeaseChannel implements LeaseChannel {

    private final String self;
    private final JGroupsMessenger messenger;

    /** The channel outlives the messenger's starts and never closes it. */
    ClusterLeaseChannel(String self, JGroupsMessenger messenger) {
        this.self = self;
        this.messenger = messenger;
    }

    @Override
    public String self() {
        return self;
    }

    @Override
    public CompletionStage<byte[]> request(String member, byte[] message, Duration timeout) {
        return messenger.request(member, Topic.LEASES, message, timeout);
    }

    /** Before the messenger starts. */
    @Override
    public void listen(Listener listener) {
        messenger.handle(
                Topic.LEASES, (from, message) -> CompletableFuture.completedFuture(listener.received(message)));
        messenger.onSight(sight -> listener.entered(
                sight.view().isEmpty()
                        ? View.none()
                        : new View(sight.view(), sight.members().alive())));
    }
}
