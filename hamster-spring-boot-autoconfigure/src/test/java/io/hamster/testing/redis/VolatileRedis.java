package io.hamster.testing.redis;

import java.nio.file.Path;
import java.util.List;

/** A Redis of its own that keeps nothing on disk: what benchmarks compare clients on. */
public final class VolatileRedis implements AutoCloseable {

    private final Path directory = Directories.create();
    private final RedisServer server;
    private final String description;

    private VolatileRedis(RedisExecutable executable) {
        int port = Ports.next();
        description = "Redis " + executable.version();
        server = new RedisServer(
                executable.path(),
                port,
                directory,
                List.of(
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--dir",
                        directory.toString(),
                        "--save",
                        "",
                        "--appendonly",
                        "no"));
    }

    /**
     * Starts the server that tests would start.
     *
     * @return a running server
     * @throws IllegalStateException if there is none here
     */
    public static VolatileRedis start() {
        VolatileRedis redis = new VolatileRedis(RedisExecutable.find()
                .orElseThrow(() -> new IllegalStateException("No Redis here: put redis-server on the PATH")));
        redis.server.start();
        return redis;
    }

    /**
     * The port.
     *
     * @return on 127.0.0.1
     */
    public int port() {
        return server.port();
    }

    /**
     * Its version.
     *
     * @return text to print
     */
    public String description() {
        return description;
    }

    /**
     * How often the server found something to read on a connection.
     *
     * @return since its start
     */
    public long reads() {
        return number("stats", "total_reads_processed:");
    }

    /**
     * How many scripts were run.
     *
     * @return since its start
     */
    public long scripts() {
        return calls("evalsha") + calls("eval");
    }

    /**
     * How often a command was carried out, also by scripts.
     *
     * @param command its name, in lower case
     * @return since its start
     */
    public long calls(String command) {
        return number("commandstats", "cmdstat_" + command + ":calls=");
    }

    /** The digits after a prefix in INFO; 0 if no line begins with it. */
    private long number(String section, String prefix) {
        try (Resp redis = server.connect()) {
            String info = (String) redis.command("INFO", section);
            return info.lines()
                    .filter(line -> line.startsWith(prefix))
                    .map(line -> line.substring(prefix.length()).split("\\D", 2)[0])
                    .mapToLong(Long::parseLong)
                    .sum();
        }
    }

    /**
     * How many keys it has.
     *
     * @return the size of its database
     */
    public long keys() {
        try (Resp redis = server.connect()) {
            return (Long) redis.command("DBSIZE");
        }
    }

    @Override
    public void close() {
        server.close();
        Directories.delete(directory);
    }
}
