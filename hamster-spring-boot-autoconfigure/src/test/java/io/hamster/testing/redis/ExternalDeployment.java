package io.hamster.testing.redis;

import io.hamster.testing.redis.RedisTest.Topology;
import java.net.URI;
import java.util.List;

/**
 * A server that somebody else runs.
 *
 * @param uri its address
 */
record ExternalDeployment(URI uri) implements RedisDeployment {

    @Override
    public Topology topology() {
        return Topology.STANDALONE;
    }

    @Override
    public List<URI> addresses() {
        return List.of(uri);
    }

    @Override
    public List<RedisServer> servers() {
        return List.of();
    }

    @Override
    public String description() {
        return "Redis " + version(uri) + " (HAMSTER_TEST_REDIS_URI)";
    }

    static String version(URI address) {
        try (Resp redis = Resp.connect(address.getHost(), address.getPort())) {
            String version = ((String) redis.command("INFO", "server"))
                    .lines()
                    .filter(line -> line.startsWith("redis_version:"))
                    .findFirst()
                    .orElse("redis_version:unknown");
            return version.substring("redis_version:".length());
        }
    }

    @Override
    public void close() {
        // Not ours to stop.
    }
}
