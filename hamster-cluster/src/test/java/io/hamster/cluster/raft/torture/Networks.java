package io.hamster.cluster.raft.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A network of its own for each node (Linux' network namespaces), joined by a bridge, in which one can be made deaf to
 * another: what it sends there gets an address that nobody has, so it is lost on the way without an error. Needs root.
 */
final class Networks implements AutoCloseable {

    private static final String PREFIX = "10.213.77.";

    private final String id = "h" + ProcessHandle.current().pid() % 100_000;
    private final Map<String, Integer> hosts = new TreeMap<>();
    private final List<List<String>> undo = new ArrayList<>();

    Networks(List<String> names) {
        try {
            String bridge = id + "br";
            run("ip", "link", "add", bridge, "type", "bridge");
            undo.add(List.of("ip", "link", "del", bridge));
            run("ip", "link", "set", bridge, "up");
            for (String name : names) {
                add(name, bridge);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whether this machine lets tests make networks. */
    static boolean areAllowed() {
        try (Networks networks = new Networks(List.of("probe"))) {
            return networks.hosts.size() == 1;
        } catch (IllegalStateException | UncheckedIOException e) {
            return false;
        }
    }

    private void add(String name, String bridge) {
        int host = hosts.size() + 1;
        String namespace = namespace(name);
        String inside = id + "e" + host;
        String outside = id + "v" + host;
        run("ip", "netns", "add", namespace);
        undo.add(List.of("ip", "netns", "del", namespace));
        run("ip", "link", "add", outside, "type", "veth", "peer", "name", inside);
        undo.add(List.of("ip", "link", "del", outside));
        run("ip", "link", "set", outside, "master", bridge, "up");
        run("ip", "link", "set", inside, "netns", namespace);
        run("ip", "-n", namespace, "addr", "add", PREFIX + host + "/24", "dev", inside);
        run("ip", "-n", namespace, "link", "set", inside, "up");
        run("ip", "-n", namespace, "link", "set", "lo", "up");
        hosts.put(name, host);
    }

    private String namespace(String name) {
        return id + "-" + name;
    }

    String address(String name) {
        return PREFIX + hosts.get(name);
    }

    /** The command that starts another in a node's network. */
    List<String> in(String name) {
        return List.of("ip", "netns", "exec", namespace(name));
    }

    /** What one node sends to the other is lost from now on. */
    void cut(String from, String to) {
        run(neighbour(from, to, "replace", "lladdr", "02:00:00:00:00:fe", "nud", "permanent"));
    }

    void heal(String from, String to) {
        run(neighbour(from, to, "del"));
    }

    private String[] neighbour(String from, String to, String what, String... more) {
        List<String> command = new ArrayList<>(
                List.of("ip", "-n", namespace(from), "neigh", what, address(to), "dev", id + "e" + hosts.get(from)));
        command.addAll(List.of(more));
        return command.toArray(String[]::new);
    }

    private static void run(String... command) {
        int status = status(List.of(command));
        if (status != 0) {
            throw new IllegalStateException(String.join(" ", command) + " ended with " + status);
        }
    }

    private static int status(List<String> command) {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", e);
        }
    }

    /** Takes away what there is of it, whether or not all of it was made; a link goes with its network. */
    @Override
    public void close() {
        for (int i = undo.size() - 1; i >= 0; i--) {
            status(undo.get(i));
        }
        undo.clear();
    }
}
