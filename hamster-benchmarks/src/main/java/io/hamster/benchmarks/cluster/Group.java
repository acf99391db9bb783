package io.hamster.benchmarks.cluster;

import io.hamster.benchmarks.process.Child;
import io.hamster.cluster.Node;
import io.hamster.cluster.raft.RaftMember;
import io.hamster.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Three JVMs with one main class, the nodes of one cluster. Asked one question at a time. */
final class Group implements AutoCloseable {

    static final String HOST = "127.0.0.1";
    static final List<String> HEAP = List.of("-Xms64m", "-Xmx256m");

    /** What a node may be told besides: to watch whether it leads. Not for others, for it takes processor time. */
    static final String WATCHED = "watched";

    private static final String SILENT = "-Dslf4j.internal.verbosity=ERROR";
    private static final List<String> NAMES = List.of("a", "b", "c");
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Class<?> main;
    private final List<String> more;
    private final Path directory;
    private final String members;
    private final Map<String, Child> running = new TreeMap<>();

    private Group(Class<?> main, List<String> more, Path directory, String members) {
        this.main = main;
        this.more = more;
        this.directory = directory;
        this.members = members;
    }

    /** Starts the nodes, on the disk that the build is on. */
    static Group start(Class<?> main, String... more) throws Exception {
        List<String> members = new ArrayList<>();
        for (String name : NAMES) {
            members.add(name + "=" + FreePorts.next() + "=" + FreePorts.next());
        }
        Group group = new Group(
                main,
                List.of(more),
                Files.createTempDirectory(Path.of("hamster-benchmarks", "target"), "cluster")
                        .toAbsolutePath(),
                String.join(",", members));
        try {
            for (String name : NAMES) {
                group.launch(name);
            }
            for (String name : NAMES) {
                group.node(name).hear();
            }
            group.awaitLeader();
            group.awaitMembers();
        } catch (Exception e) {
            group.close();
            throw e;
        }
        return group;
    }

    /** In a node: the members as its arguments name them. */
    static List<RaftMember> members(String argument) {
        return Arrays.stream(argument.split(","))
                .map(member -> member.split("="))
                .map(part ->
                        new RaftMember(Node.of(part[0], HOST, Integer.parseInt(part[1])), Integer.parseInt(part[2])))
                .toList();
    }

    private void launch(String name) throws IOException {
        List<String> options = new ArrayList<>(HEAP);
        options.add(SILENT);
        List<String> arguments =
                new ArrayList<>(List.of(name, members, directory.resolve(name).toString()));
        arguments.addAll(more);
        running.put(name, Child.start(options, main, arguments));
    }

    /** Starts a node that was killed or has ended. */
    void restart(String name) throws IOException {
        launch(name);
        node(name).hear();
    }

    Child node(String name) {
        return Objects.requireNonNull(running.get(name), name);
    }

    /** Forgets a node, which is the caller's to end from now on. */
    Child remove(String name) {
        return Objects.requireNonNull(running.remove(name), name);
    }

    List<String> others(String name) {
        return running.keySet().stream().filter(other -> !other.equals(name)).toList();
    }

    /** Waits until all running nodes name the same leader, one of them. */
    String awaitLeader() throws Exception {
        return awaitLeader(List.copyOf(running.keySet()));
    }

    /** Waits until messages reach every node from every other: some that started at once have to merge first. */
    private void awaitMembers() throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        for (String name : NAMES) {
            while (Integer.parseInt(node(name).ask("alive")) < NAMES.size()) {
                if (System.nanoTime() - end > 0) {
                    throw new IllegalStateException("Node '" + name + "' doesn't reach the others");
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
        }
    }

    String awaitLeader(List<String> among) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Set<String> named = new LinkedHashSet<>();
        while (System.nanoTime() - end < 0) {
            named.clear();
            for (String name : among) {
                named.add(node(name).ask("leader"));
            }
            if (named.size() == 1 && among.containsAll(named)) {
                return named.iterator().next();
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        throw new IllegalStateException("No leader among " + among + ", which name " + named);
    }

    /** The leaderships that a node has had. */
    List<Leaderships.Span> leaderships(String name) throws IOException {
        return Leaderships.parse(node(name).ask("leaderships"));
    }

    /** When the first leadership among these nodes began that did so after the given time; waits for it. */
    long firstAfter(long nanos, List<String> among) throws Exception {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() - end < 0) {
            List<Leaderships.Span> spans = new ArrayList<>();
            for (String name : among) {
                spans.addAll(leaderships(name));
            }
            var first = spans.stream()
                    .mapToLong(Leaderships.Span::from)
                    .filter(from -> from > nanos)
                    .min();
            if (first.isPresent()) {
                return first.getAsLong();
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
        throw new IllegalStateException("None of " + among + " became the leader");
    }

    @Override
    public void close() throws IOException {
        for (Child child : running.values()) {
            child.close();
            child.awaitEnd();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(Group::delete);
        }
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
