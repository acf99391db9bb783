package io.hamster.cluster.raft;

import io.hamster.cache.lease.LeaseChannel;
import io.hamster.cache.lease.LeaseMessageRefusedException;
import io.hamster.cluster.PayloadTooLargeException;
import io.hamster.cluster.RemoteCallRejectedException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
        return messenger.request(member, Topic.LEASES, message, timeout).exceptionally(ClusterLeaseChannel::rethrow);
    }

    /** Bounds of this node are not the member's silence. */
    private static byte[] rethrow(Throwable failure) {
        Throwable why =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (why instanceof RemoteCallRejectedException || why instanceof PayloadTooLargeException) {
            throw new LeaseMessageRefusedException(String.valueOf(why.getMessage()), why);
        }
        throw why instanceof RuntimeException same ? same : new CompletionException(why);
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
