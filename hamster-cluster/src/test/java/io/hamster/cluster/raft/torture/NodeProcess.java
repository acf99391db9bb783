package io.hamster.cluster.raft.torture;

import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.cluster.RemoteCall;
import io.hamster.cluster.TextCodec;
import io.hamster.cluster.raft.RaftCluster;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStatus;
import io.hamster.lock.RetryStrategy;
import io.hamster.lock.torture.Contenders;
import io.hamster.lock.torture.HoldLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * One node of a cluster. It does what it is told by lines of its standard input, {@code id command argument…}, each on a
 * thread of its own, appends {@code id answer} to a file, and ends in an orderly way when the input does.
 */
final class NodeProcess implements AutoCloseable {

    /** Much shorter than a lease, so that an answer can come too late for one. */
    static final Duration COMMAND_TIMEOUT = Duration.ofMillis(500);
    /** Enough for a pause of this machine, and less than a slow function takes. */
    private static final Duration ECHO_TIMEOUT = Duration.ofMillis(2500);

    private static final String FAILED = "failed ";

    private final Cluster cluster;
    private final LockClient locks;
    private final FileChannel answers;
    private final Map<String, LockHandle> held = new ConcurrentHashMap<>();
    private final ColdKeys coldKeys;

    private NodeProcess(Cluster cluster, LockClient locks, ColdKeys coldKeys, Path answers) throws IOException {
        this.cluster = cluster;
        this.locks = locks;
        this.coldKeys = coldKeys;
        this.answers = FileChannel.open(answers, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    public static void main(String[] args) throws Exception {
        NodeArguments arguments = NodeArguments.parse(args);
        TimeSource time = new ShiftedTime(arguments.clockShift());
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
        ExecutorService executor = Executors.newCachedThreadPool();
        RaftCluster raft = RaftCluster.builder(
                        arguments.self(), arguments.members(), arguments.settings(), scheduler, executor)
                .time(time)
                .lockCommandTimeout(COMMAND_TIMEOUT)
                .build();
        Cluster cluster = raft.clusterBuilder().codec(new TextCodec()).build();
        try (LeaderLog leaderLog = new LeaderLog(arguments.owner(), arguments.leaderLog());
                HoldLog holdLog = new HoldLog(arguments.holdLog());
                cluster;
                LockClient locks = LockClient.builder(raft.lockStore(), scheduler, executor)
                        .time(time)
                        .node(arguments.owner())
                        .commandTimeout(COMMAND_TIMEOUT)
                        .build();
                ColdKeys coldKeys = new ColdKeys(arguments.owner(), arguments.files(), raft);
                NodeProcess node = new NodeProcess(cluster, locks, coldKeys, arguments.answers());
                LeaderWatch watch = new LeaderWatch(cluster, leaderLog)) {
            cluster.addJobTracker(leaderLog);
            cluster.registerFunction("echo", String.class, text -> text);
            cluster.registerFunction("sleep", Integer.class, NodeProcess::sleep);
            watch.start();
            cluster.start();
            Contenders contenders = new Contenders(locks, arguments.owner(), holdLog);
            if (arguments.contends()) {
                contenders.start(arguments.owner().hashCode());
            }
            node.obey(executor);
            contenders.end();
        } finally {
            scheduler.shutdownNow();
            executor.shutdownNow();
        }
    }

    private static String sleep(Integer millis) throws InterruptedException {
        Thread.sleep(millis);
        return "slept " + millis;
    }

    private void obey(ExecutorService executor) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.split(" ");
            executor.execute(() -> answer(words));
        }
    }

    private void answer(String[] words) {
        String answer;
        try {
            answer = act(words);
        } catch (Exception e) {
            answer = FAILED + e.getClass().getSimpleName() + ": " + e.getMessage();
        }
        try {
            answers.write(ByteBuffer.wrap((words[0] + " " + answer + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String act(String[] words) throws Exception {
        return switch (words[1]) {
            case "lock" -> lock(words[2], Duration.parse(words[3]), Duration.parse(words[4]));
            case "unlock" -> unlock(words[2]);
            case "status" -> locks.status(words[2]).map(NodeProcess::text).orElse("free");
            case "leader" -> cluster.leader().map(Node::name).orElse("none");
            case "leads" -> cluster.isLeader() + " " + cluster.term();
            case "members" -> String.join(",", cluster.aliveNodeNames());
            case "resign" -> Boolean.toString(cluster.resign().get());
            case "cold" -> coldKeys.ask(words[2]);
            case "echo" -> call("echo", words[2], words[3], ECHO_TIMEOUT);
            case "sleep" -> call("sleep", words[2], Integer.valueOf(words[3]), Duration.parse(words[4]));
            default -> throw new IllegalArgumentException(words[1]);
        };
    }

    private String call(String function, String node, Object argument, Duration timeout) {
        return cluster.call(RemoteCall.function(function)
                        .node(node)
                        .argument(argument)
                        .returning(String.class)
                        .timeout(timeout)
                        .build())
                .orElseThrow();
    }

    private static String text(LockStatus status) {
        return "held " + status.fence() + " " + status.owner();
    }

    private String lock(String key, Duration lease, Duration wait) {
        LockHandle handle = locks.lock(LockRequest.builder(key)
                .expiration(lease)
                .timeout(wait)
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMillis(50)))
                .build());
        held.put(key, handle);
        return "granted " + handle.fence();
    }

    private String unlock(String key) {
        Optional.ofNullable(held.remove(key)).orElseThrow().unlock();
        return "released";
    }

    @Override
    public void close() throws IOException {
        answers.close();
    }

    /** A clock that is wrong; what passes on it is right. */
    private record ShiftedTime(Duration shift) implements TimeSource {

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(shift);
        }
    }
}
