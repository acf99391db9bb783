package io.hamster.testing.redis;

import io.hamster.testing.redis.RedisTest.Topology;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * Processes on this machine. Where one class has them for itself, every write is on disk before it is answered, so that a
 * killed server keeps its data, and another server soon stands in for it. Where classes share them nobody kills them, and
 * a machine that stands still for a while isn't to be taken for a server that has gone.
 */
final class LocalDeployment implements RedisDeployment {

    private static final int SLOTS = 16384;

    private final RedisExecutable executable;
    private final Topology topology;
    private final boolean isExclusive;
    private final Path directory = Directories.create();
    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedisServer> sentinels = new ArrayList<>();

    private LocalDeployment(RedisExecutable executable, Topology topology, boolean isExclusive) {
        this.executable = executable;
        this.topology = topology;
        this.isExclusive = isExclusive;
    }

    /**
     * Starts one.
     *
     * @param isExclusive whether its servers may be killed
     */
    static LocalDeployment start(RedisExecutable executable, Topology topology, boolean isExclusive) {
        LocalDeployment deployment = new LocalDeployment(executable, topology, isExclusive);
        try {
            switch (topology) {
                case STANDALONE -> deployment.startServer();
                case SENTINEL -> deployment.startSentinel();
                case CLUSTER -> deployment.startCluster();
            }
            return deployment;
        } catch (RuntimeException e) {
            deployment.close();
            throw e;
        }
    }

    private RedisServer startServer(String... more) {
        int port = Ports.next();
        Path home = directory.resolve("server-" + port);
        List<String> arguments = new ArrayList<>(List.of(
                "--port",
                Integer.toString(port),
                "--bind",
                "127.0.0.1",
                "--dir",
                home.toString(),
                "--save",
                "",
                "--appendonly",
                isExclusive ? "yes" : "no",
                "--appendfsync",
                "always",
                "--maxmemory-policy",
                "noeviction"));
        arguments.addAll(List.of(more));
        RedisServer server = new RedisServer(executable.path(), port, home, arguments);
        servers.add(server);
        server.start();
        return server;
    }

    private void startSentinel() {
        RedisServer primary = startServer();
        for (int i = 0; i < 2; i++) {
            RedisServer replica = startServer("--replicaof", "127.0.0.1", Integer.toString(primary.port()));
            until(
                    replica,
                    "the replica to follow",
                    redis -> info(redis, "replication").contains("master_link_status:up"));
        }
        for (int i = 0; i < 3; i++) {
            sentinels.add(startSentinel(primary.port()));
        }
        for (RedisServer sentinel : sentinels) {
            until(
                    sentinel,
                    "the sentinels to know each other",
                    redis -> info(redis, "sentinel").contains("slaves=2,sentinels=3"));
        }
    }

    private RedisServer startSentinel(int primary) {
        int port = Ports.next();
        Path home = directory.resolve("sentinel-" + port);
        Path configuration = home.resolve("sentinel.conf");
        try {
            Files.createDirectories(home);
            Files.writeString(
                    configuration,
                    String.join(
                            "\n",
                            "port " + port,
                            "bind 127.0.0.1",
                            "dir " + home,
                            "sentinel monitor " + SENTINEL_MASTER + " 127.0.0.1 " + primary + " 2",
                            "sentinel down-after-milliseconds " + SENTINEL_MASTER + " " + (isExclusive ? 1000 : 60_000),
                            "sentinel failover-timeout " + SENTINEL_MASTER + " 5000",
                            ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        RedisServer sentinel =
                new RedisServer(executable.path(), port, home, List.of(configuration.toString(), "--sentinel"));
        sentinel.start();
        return sentinel;
    }

    private void startCluster() {
        for (int i = 0; i < 3; i++) {
            startServer("--cluster-enabled", "yes", "--cluster-node-timeout", "15000");
        }
        int share = SLOTS / servers.size() + 1;
        for (int i = 0; i < servers.size(); i++) {
            List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            for (int slot = i * share; slot < Math.min(SLOTS, (i + 1) * share); slot++) {
                command.add(Integer.toString(slot));
            }
            try (Resp redis = servers.get(i).connect()) {
                redis.command(command.toArray(String[]::new));
                redis.command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
                redis.command(
                        "CLUSTER",
                        "MEET",
                        "127.0.0.1",
                        Integer.toString(servers.get(0).port()));
            }
        }
        for (RedisServer server : servers) {
            until(server, "the cluster to be whole", redis -> {
                String info = (String) redis.command("CLUSTER", "INFO");
                return info.contains("cluster_state:ok") && info.contains("cluster_known_nodes:3");
            });
        }
    }

    private interface Condition {
        boolean holds(Resp redis);
    }

    private static void until(RedisServer server, String what, Condition condition) {
        Callable<Boolean> check = () -> {
            try (Resp redis = server.connect()) {
                return condition.holds(redis);
            }
        };
        Waiting.until(what, check);
    }

    private static String info(Resp redis, String section) {
        return (String) redis.command("INFO", section);
    }

    @Override
    public Topology topology() {
        return topology;
    }

    @Override
    public List<URI> addresses() {
        return (topology == Topology.SENTINEL ? sentinels : servers)
                .stream()
                        .map(server -> URI.create("redis://127.0.0.1:" + server.port()))
                        .toList();
    }

    @Override
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    @Override
    public String description() {
        return "Redis " + executable.version() + " (" + executable.source() + ")";
    }

    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
        Directories.delete(directory);
    }
}
