package io.hamster.spring.cluster;

import io.hamster.TimeSource;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.lease.ClusterLeases;
import io.hamster.cache.lease.LeaseChannel;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.cluster.ScriptedElector;
import io.hamster.cluster.ScriptedTransport;
import io.hamster.cluster.raft.ClusterTls;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A group whose leader is whom a test says, and whose locks are in memory. */
final class ScriptedGroup implements RaftEngineFactory {

    private static final long LEASE = Duration.ofDays(1).toNanos();

    final List<RaftMembers> made = new ArrayList<>();
    final ManualTime lockTime = new ManualTime();
    final MemoryLockStore locks = new MemoryLockStore(lockTime, lockTime.scheduler());
    final Loopback channel = new Loopback();
    final ClusterLeases leases =
            new ClusterLeases(new Alone(), TimeSource.system(), lockTime.scheduler(), ClusterLeases.DEFAULT_PATIENCE);
    final ScriptedElector elector = new ScriptedElector();
    ScriptedTransport transport = new ScriptedTransport();

    @Nullable
    RaftSettings settings;

    Optional<ClusterTls> tls = Optional.empty();
    Duration lockCommandTimeout = Duration.ZERO;
    volatile Optional<String> waitingFor = Optional.empty();

    ScriptedGroup() {
        elector.onResign(() -> elector.resigned().complete(null));
    }

    @Override
    public RaftGroup create(
            RaftMembers members, RaftSettings settings, Optional<ClusterTls> tls, Duration lockCommandTimeout) {
        made.add(members);
        this.settings = settings;
        this.tls = tls;
        this.lockCommandTimeout = lockCommandTimeout;
        transport = new ScriptedTransport(
                members.all().stream().map(member -> member.node()).toArray(Node[]::new));
        return new RaftGroup(
                members.names(),
                Cluster.builder(members.self().node(), elector, transport).time(TimeSource.system()),
                locks,
                channel,
                leases,
                () -> waitingFor);
    }

    /** Of one node, which is all that there is. */
    private static final class Alone implements LeaseChannel {

        @Override
        public String self() {
            return "a";
        }

        @Override
        public CompletionStage<byte[]> request(String member, byte[] message, Duration timeout) {
            throw new IllegalStateException("There is no node '" + member + "'");
        }

        @Override
        public void listen(Listener listener) {
            listener.entered(new View("alone", List.of(self())));
        }
    }

    void leads(long term) {
        elector.leads(term, System.nanoTime() + LEASE);
    }

    /** Brings each message back to its sender. */
    static final class Loopback implements InvalidationChannel {

        final List<byte[]> sent = new CopyOnWriteArrayList<>();
        private volatile Consumer<byte[]> listener = message -> {};

        @Override
        public CompletionStage<Void> send(byte[] message) {
            sent.add(message);
            listener.accept(message);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void listen(Consumer<byte[]> messages, Runnable disrupted) {
            listener = messages;
        }

        @Override
        public void close() {}
    }
}
