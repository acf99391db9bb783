package io.hamster.cluster.raft;

import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.cluster.TextCodec;
import io.hamster.lock.LockStatus;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockToken;
import io.hamster.testing.FreePorts;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.IntStream;

/** Three whole nodes in one process, over real sockets and disks. Number 0 leads, once they have been put in order. */
final class RealNodes implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(3);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<RaftCluster> parts = new ArrayList<>();
    private final List<Cluster> clusters = new ArrayList<>();

    RealNodes(Path directory) {
        List<RaftMember> members = IntStream.range(0, 3)
                .mapToObj(i -> new RaftMember(Node.of("node-" + i, "127.0.0.1", FreePorts.next()), FreePorts.next()))
                .toList();
        for (RaftMember member : members) {
            RaftCluster part = RaftCluster.builder(
                            member,
                            members,
                            RaftSettings.of(directory.resolve(member.name()), true),
                            scheduler,
                            executor)
                    // Nobody is to load alone because the machine stood still for a moment.
                    .leasePatience(Duration.ofMinutes(1))
                    .build();
            parts.add(part);
            clusters.add(part.clusterBuilder().codec(new TextCodec()).build());
        }
        clusters.forEach(Cluster::start);
        int leader = awaitLeader();
        parts.add(0, parts.remove(leader));
        clusters.add(0, clusters.remove(leader));
    }

    /** Waits until all nodes agree who leads; its number now. */
    int awaitLeader() {
        return await().atMost(PATIENCE)
                .until(this::agreedLeader, OptionalInt::isPresent)
                .getAsInt();
    }

    private OptionalInt agreedLeader() {
        boolean agreed = clusters.stream().allMatch(Cluster::isReady)
                && clusters.stream()
                                .map(cluster -> cluster.leader().map(Node::name))
                                .distinct()
                                .count()
                        == 1;
        // Whoever is named may have lost its lease since.
        return IntStream.range(0, clusters.size())
                .filter(i -> agreed && clusters.get(i).isLeader())
                .findFirst();
    }

    Cluster cluster(int node) {
        return clusters.get(node);
    }

    RaftCluster part(int node) {
        return parts.get(node);
    }

    /** The node's store, but for its end: it serves all tests. */
    LockStore store(int node) {
        LockStore store = parts.get(node).lockStore();
        return (LockStore) Proxy.newProxyInstance(
                LockStore.class.getClassLoader(), new Class<?>[] {LockStore.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    /** Frees all locks, for the next test, also of those who were left waiting for the one that most tests use. */
    void freeAll(String waitedFor, LockToken fresh) {
        LockStore store = parts.get(0).lockStore();
        await().atMost(PATIENCE).until(() -> {
            List<LockStatus> held = store.list(10_000).toCompletableFuture().get();
            for (LockStatus status : held) {
                store.forceRelease(status.key()).toCompletableFuture().get();
            }
            return held.isEmpty();
        });
        Ask ask = new Ask(waitedFor, fresh, "nobody", Duration.ofSeconds(1), Duration.ZERO);
        await().atMost(PATIENCE)
                .until(() -> store.acquire(ask).toCompletableFuture().get() instanceof LockStore.Answer.Granted);
        await().atMost(PATIENCE)
                .until(() -> store.release(waitedFor, fresh, Duration.ZERO)
                        .toCompletableFuture()
                        .get());
    }

    @Override
    public void close() {
        clusters.forEach(Cluster::close);
        scheduler.shutdownNow();
        executor.shutdownNow();
    }
}
