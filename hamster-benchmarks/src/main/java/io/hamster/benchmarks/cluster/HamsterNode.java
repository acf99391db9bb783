package io.hamster.benchmarks.cluster;

import io.hamster.benchmarks.process.Child;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.cluster.RemoteCall;
import io.hamster.cluster.raft.RaftCluster;
import io.hamster.cluster.raft.RaftMember;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockUnavailableException;
import io.hamster.spring.codec.JacksonCodec;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.json.JsonMapper;

/** A node with the defaults: its name, the members, its directory, and whether it is watched. */
final class HamsterNode {

    private static final String ECHO = "echo";
    private static final String ARGUMENT = "x".repeat(100);
    private static final long TRY_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Cluster cluster;
    private final LockClient locks;
    private final Leaderships leaderships;

    private HamsterNode(Cluster cluster, LockClient locks) {
        this.cluster = cluster;
        this.locks = locks;
        this.leaderships = new Leaderships(cluster);
    }

    public static void main(String[] args) {
        Obedience.live(() -> live(args));
    }

    private static void live(String[] args) throws Exception {
        List<RaftMember> members = Group.members(args[1]);
        RaftMember self = members.stream()
                .filter(member -> member.node().name().equals(args[0]))
                .findFirst()
                .orElseThrow();
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
        ExecutorService executor = Executors.newCachedThreadPool();
        RaftCluster raft = RaftCluster.builder(
                        self, members, RaftSettings.of(Path.of(args[2]), true), scheduler, executor)
                .build();
        Cluster cluster = raft.clusterBuilder()
                .codec(new JacksonCodec(JsonMapper.builder().build()))
                .build();
        LockClient locks = LockClient.builder(raft.lockStore(), scheduler, executor)
                .node(args[0])
                .build();
        cluster.registerFunction(ECHO, String.class, text -> text);
        HamsterNode node = new HamsterNode(cluster, locks);
        if (args.length > 3 && args[3].equals(Group.WATCHED)) {
            node.leaderships.watch();
        }
        cluster.start();
        Obedience.obey(node::act);
        locks.close();
        cluster.close();
        Child.say(node.leaderships.text());
    }

    private String act(String[] words) throws Exception {
        return switch (words[0]) {
            case "leader" -> cluster.leader().map(Node::name).orElse("none");
            case "alive" -> Integer.toString(cluster.aliveNodeCount());
            case "leaderships" -> leaderships.text();
            case "grant" -> Long.toString(granted(words[1]));
            case "pairs" ->
                Double.toString(Load.perSecond(
                        Integer.parseInt(words[1]),
                        Long.parseLong(words[2]),
                        Long.parseLong(words[3]),
                        this::lockAndUnlock));
            case "calls" -> Load.percentiles(Integer.parseInt(words[2]), thread -> call(words[1]));
            default -> throw Obedience.unknown(words);
        };
    }

    private void lockAndUnlock(int thread) {
        LockHandle handle = locks.tryLock(LockRequest.of("key-" + thread)).orElseThrow();
        handle.unlock();
    }

    private void call(String node) {
        cluster.call(RemoteCall.function(ECHO)
                        .node(node)
                        .argument(ARGUMENT)
                        .returning(String.class)
                        .build())
                .orElseThrow();
    }

    /** When a lock was granted, asked for again and again until then. */
    private long granted(String key) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                locks.tryLock(LockRequest.of(key)).orElseThrow();
                return System.nanoTime();
            } catch (LockUnavailableException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(TRY_AGAIN_NANOS);
            }
        }
    }
}
