package io.hamster.testing.redis;

import io.hamster.testing.redis.RedisTest.Topology;
import java.net.URI;
import java.util.List;

/** A running Redis of one topology. */
public interface RedisDeployment extends AutoCloseable {

    /** Name under which the sentinels know their primary. */
    String SENTINEL_MASTER = "hamster";

    /**
     * The topology.
     *
     * @return what was started
     */
    Topology topology();

    /**
     * The addresses a client is configured with: the server, the sentinels, or the cluster's nodes.
     *
     * @return host and port of each
     */
    List<URI> addresses();

    /**
     * The data-bearing servers, to stop, pause and start again. Empty for a server that the tests don't own.
     *
     * @return servers in the order of their start; in a Sentinel deployment the first was the first primary
     */
    List<RedisServer> servers();

    /**
     * Where it came from and its version.
     *
     * @return text to print
     */
    String description();

    @Override
    void close();
}
