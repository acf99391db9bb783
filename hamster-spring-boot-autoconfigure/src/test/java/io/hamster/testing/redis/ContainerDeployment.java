package io.hamster.testing.redis;

import io.hamster.testing.redis.RedisTest.Topology;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** One server in a container: newer than what machines have installed, and nothing has to be installed for it. */
final class ContainerDeployment implements RedisDeployment {

    private static final DockerImageName IMAGE = DockerImageName.parse("redis:8");
    private static final int PORT = 6379;

    private final GenericContainer<?> container;

    private ContainerDeployment(GenericContainer<?> container) {
        this.container = container;
    }

    static boolean isPossible() {
        return DockerClientFactory.instance().isDockerAvailable();
    }

    /** Empty, with the reason printed, where Docker is but has no such image and can't get it. */
    static Optional<RedisDeployment> start() {
        GenericContainer<?> container = new GenericContainer<>(IMAGE)
                .withExposedPorts(PORT)
                .withCommand("redis-server", "--save", "", "--maxmemory-policy", "noeviction");
        try {
            container.start();
            return Optional.of(new ContainerDeployment(container));
        } catch (ContainerLaunchException e) {
            container.stop();
            System.out.println("@RedisTest: Docker starts no " + IMAGE + ": " + e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public Topology topology() {
        return Topology.STANDALONE;
    }

    @Override
    public List<URI> addresses() {
        return List.of(URI.create("redis://" + container.getHost() + ":" + container.getMappedPort(PORT)));
    }

    @Override
    public List<RedisServer> servers() {
        return List.of();
    }

    @Override
    public String description() {
        return "Redis " + ExternalDeployment.version(addresses().get(0)) + " (" + IMAGE + " in Docker)";
    }

    @Override
    public void close() {
        container.stop();
    }
}
