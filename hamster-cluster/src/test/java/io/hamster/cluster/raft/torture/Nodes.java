package io.hamster.cluster.raft.torture;

import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Node;
import io.hamster.cluster.raft.RaftMember;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.lock.torture.HoldLog;
import io.hamster.testing.FreePorts;
import io.hamster.testing.JavaProcess;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** Processes that are the nodes of one cluster; each can be killed, paused, stopped and started again. For one thread. */
final class Nodes implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final List<RaftMember> members;
    private final Map<String, JavaProcess> running = new TreeMap<>();
    private final Map<String, NodeArguments> latest = new TreeMap<>();
    private final List<NodeArguments> lives = new ArrayList<>();
    private final AtomicInteger asked = new AtomicInteger();
    private UnaryOperator<NodeArguments> arguments = same -> same;
    private Map<String, List<String>> by = Map.of();

    Nodes(Path directory, String... names) {
        this(directory, members(names));
    }

    Nodes(Path directory, List<RaftMember> members) {
        this.directory = directory;
        this.members = members;
    }

    /** Changes what nodes are started with from now on. */
    Nodes with(UnaryOperator<NodeArguments> change) {
        arguments = change;
        return this;
    }

    /** Starts nodes by way of other commands. */
    Nodes by(Map<String, List<String>> commands) {
        by = commands;
        return this;
    }

    private static List<RaftMember> members(String... names) {
        return Stream.of(names)
                .map(name -> new RaftMember(Node.of(name, "127.0.0.1", FreePorts.next()), FreePorts.next()))
                .toList();
    }

    List<String> names() {
        return members.stream().map(member -> member.node().name()).toList();
    }

    void startAll() {
        names().forEach(this::start);
    }

    void start(String name) {
        long life = lives.stream().filter(other -> other.name().equals(name)).count() + 1;
        NodeArguments with = arguments.apply(new NodeArguments(
                name,
                name + "-life-" + life,
                members,
                log(name),
                directory,
                Duration.ZERO,
                false,
                RaftSettings.DEFAULT_LEASE));
        lives.add(with);
        latest.put(name, with);
        running.put(
                name,
                JavaProcess.start(
                        directory.resolve(name + ".output"),
                        by.getOrDefault(name, List.of()),
                        NodeProcess.class,
                        with.toList()));
    }

    /** The directory of a node's votes and log. */
    Path log(String name) {
        return directory.resolve(name);
    }

    void wipe(String name) {
        try (Stream<Path> files = Files.walk(log(name))) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What tells a node's life on its directory from that on another one. */
    String incarnation(String name) {
        try (DataInputStream in =
                new DataInputStream(Files.newInputStream(log(name).resolve("identity")))) {
            // Before it are the kind of the file, its version and the node's name.
            in.skipNBytes(Integer.BYTES + 1);
            in.readUTF();
            return in.readUTF();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill(String name) {
        running.remove(name).kill();
    }

    void stop(String name) {
        JavaProcess process = running.remove(name);
        process.end();
        if (process.exitValue() != 0) {
            throw new IllegalStateException(name + " ended with " + process.exitValue() + "; " + output(name));
        }
    }

    void pause(String name) {
        running.get(name).pause();
    }

    void resume(String name) {
        running.get(name).resume();
    }

    boolean isAlive(String name) {
        return running.containsKey(name) && running.get(name).isAlive();
    }

    /** Asks a node, and waits for the answer. */
    String ask(String name, String command) {
        return answer(name, tell(name, command));
    }

    /** Has a node do something; what names the answer. */
    int tell(String name, String command) {
        int id = asked.incrementAndGet();
        running.get(name).say(id + " " + command);
        return id;
    }

    String answer(String name, int id) {
        return await("the answer of " + name)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(5))
                .atMost(PATIENCE)
                .until(() -> find(name, id), Optional::isPresent)
                .orElseThrow();
    }

    private Optional<String> find(String name, int id) throws IOException {
        Path file = latest.get(name).answers();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.startsWith(id + " "))
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .findFirst();
    }

    /** Waits until all running nodes name the same leader, which is one of them; its name. */
    String awaitLeader() {
        return awaitLeader(List.copyOf(running.keySet()));
    }

    String awaitLeader(List<String> among) {
        return await("one leader of " + among)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .atMost(PATIENCE)
                .until(
                        () -> among.stream()
                                .map(name -> ask(name, "leader"))
                                .distinct()
                                .toList(),
                        leaders -> leaders.size() == 1 && among.contains(leaders.get(0)))
                .get(0);
    }

    List<String> others(String name) {
        return names().stream().filter(other -> !other.equals(name)).toList();
    }

    /** What the leaders of all lives so far believed. */
    LeaderLog.Contents leaders() {
        try {
            return LeaderLog.read(lives.stream().map(NodeArguments::leaderLog).toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    HoldLog.Contents holds() {
        return HoldLog.read(
                lives.stream().map(NodeArguments::holdLog).filter(Files::exists).toList());
    }

    String output(String name) {
        try {
            return Files.readString(directory.resolve(name + ".output"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void stopAll() {
        List.copyOf(running.keySet()).forEach(this::stop);
    }

    @Override
    public void close() {
        running.values().forEach(JavaProcess::close);
    }
}
