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
     * A number that the server counts.
     *
     * @param section of {@code INFO}
     * @param name of the number
     * @return its value
     */
    public long counted(String section, String name) {
        try (Resp redis = server.connect()) {
            String info = (String) redis.command("INFO", section);
            return info.lines()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line ->
                            Long.parseLong(line.substring(name.length() + 1).strip()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("INFO " + section + " has no " + name));
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
