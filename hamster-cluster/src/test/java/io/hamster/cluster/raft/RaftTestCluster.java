package io.hamster.cluster.raft;

import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Real Raft nodes on loopback, in one process, with messages by method calls. */
final class RaftTestCluster implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path root;
    private final Supplier<ReplicatedPart> locks;
    private final Function<RaftSettings, RaftSettings> tuning;
    private final Function<String, Optional<ClusterTls>> tls;
    private final LoopbackNetwork network = new LoopbackNetwork();
    private final Map<String, TestNode> nodes = new LinkedHashMap<>();
    private final List<RaftMember> members;

    /**
     * Nodes with these names, none of them started.
     *
     * @param root where each has a directory
     */
    RaftTestCluster(Path root, String... names) {
        this(root, settings -> settings, names);
    }

    RaftTestCluster(
            Path root,
            Supplier<ReplicatedPart> locks,
            Function<RaftSettings, RaftSettings> tuning,
            Function<String, Optional<ClusterTls>> tls,
            String... names) {
        this.root = root;
        this.locks = locks;
        this.tuning = tuning;
        this.tls = tls;
        this.members = Stream.of(names)
                .map(name -> new RaftMember(Node.of(name, "127.0.0.1", FreePorts.next()), FreePorts.next()))
                .toList();
        members.forEach(member -> nodes.put(member.name(), new TestNode(member)));
    }

    RaftTestCluster(Path root, Function<RaftSettings, RaftSettings> tuning, String... names) {
        this(root, RecordingPart::new, tuning, name -> Optional.empty(), names);
    }

    /** Settings with which no leader is replaced because the machine stood still for a moment. */
    static RaftSettings steady(RaftSettings settings) {
        // Who is alone is elected at once, and replaced by nobody.
        boolean alone = settings.electionTimeoutMin().compareTo(RaftSettings.DEFAULT_ELECTION_TIMEOUT_MIN) < 0;
        return new RaftSettings(
                settings.directory(),
                settings.bootstrap(),
                alone ? settings.electionTimeoutMin() : Duration.ofSeconds(2),
                alone ? settings.electionTimeoutMax() : Duration.ofSeconds(4),
                Duration.ofSeconds(10),
                settings.snapshotEvery(),
                settings.timeout());
    }

    /** Founds the group and waits for its leader. */
    RaftTestCluster startAll() {
        nodes.values().forEach(node -> node.start(true));
        awaitLeader();
        return this;
    }

    TestNode node(String name) {
        return nodes.get(name);
    }

    Collection<TestNode> nodes() {
        return nodes.values();
    }

    LoopbackNetwork network() {
        return network;
    }

    List<RaftMember> members() {
        return members;
    }

    Optional<TestNode> leader() {
        return nodes.values().stream().filter(TestNode::orders).findFirst();
    }

    /** The node that orders the entries, once there is one that all running nodes know. */
    TestNode awaitLeader() {
        await().atMost(PATIENCE)
                .until(() -> leader().isPresent()
                        && nodes.values().stream()
                                .filter(TestNode::runs)
                                .allMatch(node -> node.group().leader().equals(leader().map(TestNode::name))));
        return leader().orElseThrow();
    }

    /** Somebody's leadership, which may be over by now. */
    record Led(TestNode node, long term) {}

    /** The leader, seen to lead in its term: who is known to all may have been replaced since. */
    Led led() {
        return await().atMost(PATIENCE)
                .until(
                        () -> nodes.values().stream()
                                .flatMap(node -> node.led().stream())
                                .findFirst(),
                        Optional::isPresent)
                .orElseThrow();
    }

    /** A node that doesn't order the entries. */
    TestNode follower() {
        TestNode leader = awaitLeader();
        return nodes.values().stream()
                .filter(node -> node.runs() && node != leader)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        stopAll();
        network.close();
    }

    /** Stops all nodes at once, none handing anything over. */
    void stopAll() {
        CompletableFuture.allOf(nodes.values().stream()
                        .map(node -> CompletableFuture.runAsync(node::stop))
                        .toArray(CompletableFuture[]::new))
                .join();
    }

    /** One node, which may be stopped and started again. */
    final class TestNode {

        private RaftMember member;
        private @Nullable ScheduledExecutorService scheduler;
        private @Nullable ExecutorService executor;
        private volatile @Nullable RaftGroup group;
        private @Nullable LeadershipPart leadership;
        private @Nullable ReplicatedPart part;

        private TestNode(RaftMember member) {
            this.member = member;
        }

        void start(boolean bootstrap) {
            scheduler = Executors.newSingleThreadScheduledExecutor();
            executor = Executors.newCachedThreadPool();
            leadership = new LeadershipPart(TimeSource.system());
            part = locks.get();
            group = new RaftGroup(
                    member,
                    members,
                    settings(bootstrap),
                    tls.apply(member.name()),
                    Map.of(GroupLog.Part.LEADERSHIP, leadership, GroupLog.Part.LOCKS, part),
                    network.join(member.name()),
                    TimeSource.system(),
                    scheduler,
                    executor);
            try {
                group.start();
            } catch (RuntimeException e) {
                stop();
                throw e;
            }
        }

        /** Stops without handing anything over. */
        void stop() {
            RaftGroup running = group;
            group = null;
            if (running != null) {
                network.leave(member.name());
                running.close();
                scheduler.shutdownNow();
                executor.shutdown();
            }
        }

        /** Takes a stopped node to another Raft port, which the others aren't told. */
        void move() {
            member = new RaftMember(member.node(), FreePorts.next());
        }

        /** Loses the disk of a stopped node. */
        void wipe() {
            if (!Files.exists(directory())) {
                return;
            }
            try (Stream<Path> files = Files.walk(directory())) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        RaftSettings settings(boolean bootstrap) {
            RaftSettings defaults = RaftSettings.of(directory(), bootstrap);
            // There is nobody else to hear from.
            boolean alone = members.size() == 1;
            return tuning.apply(new RaftSettings(
                    defaults.directory(),
                    bootstrap,
                    alone ? Duration.ofMillis(50) : defaults.electionTimeoutMin(),
                    alone ? Duration.ofMillis(100) : defaults.electionTimeoutMax(),
                    defaults.lease(),
                    1000,
                    Duration.ofSeconds(2)));
        }

        String name() {
            return member.name();
        }

        RaftMember member() {
            return member;
        }

        Path directory() {
            return root.resolve(member.name());
        }

        boolean runs() {
            return group != null;
        }

        boolean orders() {
            RaftGroup running = group;
            return running != null && running.role().kind() == GroupRole.Kind.LEADER;
        }

        private Optional<Led> led() {
            RaftGroup running = group;
            GroupRole role = running == null ? GroupRole.OUTSIDE : running.role();
            return role.kind() == GroupRole.Kind.LEADER ? Optional.of(new Led(this, role.term())) : Optional.empty();
        }

        RaftGroup group() {
            return group;
        }

        LeadershipPart leadership() {
            return leadership;
        }

        ReplicatedPart part() {
            return part;
        }

        RecordingPart recording() {
            return (RecordingPart) part;
        }

        ScheduledExecutorService scheduler() {
            return scheduler;
        }

        /** An elector of this node, not started. */
        RaftElector elector() {
            return new RaftElector(name(), group, leadership, settings(false), TimeSource.system(), scheduler);
        }

        /** Proposes a command for the recording part, again until it is agreed on; it counts once. */
        RecordingPart.Applied propose(String command) {
            byte[] once = RecordingPart.once(command);
            return await().atMost(PATIENCE)
                    .ignoreExceptions()
                    .until(() -> RecordingPart.Applied.of(tryPropose(once)), applied -> applied.count() > 0);
        }

        /** Proposes once. */
        byte[] tryPropose(byte[] command) throws Exception {
            return group.propose(GroupLog.Part.LOCKS, command, Duration.ofSeconds(5))
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        /** The part's state, once this node has applied as much as another. */
        void awaitSameAs(TestNode other) {
            await().atMost(PATIENCE)
                    .until(() -> recording().summary().equals(other.recording().summary()));
        }
    }
}
