package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.Node;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.cluster.ClusterEngine;
import io.hamster.spring.cluster.ClusterMode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A cluster by way of Redis. Before it starts, a node whose name another process lives under is refused, if Redis can tell
 * that within a moment; a Redis that is away keeps nobody from starting.
 */
final class RedisClusterEngine implements ClusterEngine, SmartLifecycle {

    /** The last before the cluster itself starts. */
    static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 513;

    private static final Logger logger = LoggerFactory.getLogger(RedisClusterEngine.class);
    private static final long NAME_CHECK_MILLIS = 2000;
    private static final int RANDOM_DIGITS = 6;
    private static final int LONGEST_HOST = 90;

    private final LettuceConnectionFactory factory;
    private final GroupNames names;
    private final HamsterRedisClusterProperties properties;
    private final Duration timeout;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final TimeSource time;
    private volatile @Nullable Group group;
    private volatile boolean running;

    /**
     * @param timeout how long a silent member counts as alive
     * @param executor where connections are made, which blocks
     */
    RedisClusterEngine(
            LettuceConnectionFactory factory,
            GroupNames names,
            HamsterRedisClusterProperties properties,
            Duration timeout,
            ScheduledExecutorService scheduler,
            Executor executor,
            TimeSource time) {
        this.factory = factory;
        this.names = names;
        this.properties = properties;
        this.timeout = timeout;
        this.scheduler = scheduler;
        this.executor = executor;
        this.time = time;
    }

    private record Group(Node self, GroupLines lines, Announcements announcements) {}

    @Override
    public ClusterMode mode() {
        return ClusterMode.REDIS;
    }

    @Override
    public String description() {
        return "by way of redis";
    }

    @Override
    public Optional<Outage> outage() {
        Group asked = group;
        return asked == null
                ? Optional.empty()
                : asked.lines().awaySince().map(since -> new Outage("redis is away", since));
    }

    @Override
    public ClusterBuilder builder(Optional<Node> given, List<Node> nodes) {
        Node self = given.map(node -> nodes.contains(node) ? node : Node.of(node.name(), host(), 0))
                .orElseGet(RedisClusterEngine::unnamed);
        RedisLink link = new RedisLink(factory, scheduler, executor, primaries -> {});
        GroupLines lines = new GroupLines(link, names, UUID.randomUUID().toString(), time);
        Announcements announcements = new Announcements(lines, self, given.isPresent(), timeout);
        group = new Group(self, lines, announcements);
        return Cluster.builder(
                        self,
                        new RedisElector(self.name(), lines, ElectionTimes.of(properties), time, scheduler),
                        new RedisTransport(
                                self,
                                nodes,
                                lines,
                                announcements,
                                timeout,
                                properties.syncLeaderInterval(),
                                time,
                                scheduler))
                .time(time);
    }

    /** Not a name to be missed by once it has left. */
    private static Node unnamed() {
        String host = host();
        String random = UUID.randomUUID().toString().substring(0, RANDOM_DIGITS);
        return Node.of(host.substring(0, Math.min(host.length(), LONGEST_HOST)) + "-" + random, host, 0);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // A machine whose own name doesn't resolve.
            return "localhost";
        }
    }

    @Override
    public void start() {
        Group checked = group;
        running = true;
        if (checked == null) {
            return;
        }
        checked.lines().start();
        try {
            checked.announcements()
                    .namesake()
                    .get(NAME_CHECK_MILLIS, TimeUnit.MILLISECONDS)
                    .ifPresent(other -> refuse(checked, other));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            logger.debug(
                    "Redis can't tell whether node '{}' is there already",
                    checked.self().name(),
                    e);
        }
    }

    private void refuse(Group refused, Announcement other) {
        refused.lines().stop();
        throw new HamsterConfigurationException(
                "Node '" + refused.self().name() + "' at "
                        + refused.announcements().place() + " is alive already at " + other.place() + ".",
                "Give each process a name of its own with hamster.cluster.node-name, or none at all.");
    }

    /** The connections are ended by the cluster, which stops later. */
    @Override
    public void stop() {
        running = false;
    }

    /** Ends the connections of a cluster that never started. */
    void close() {
        Group last = group;
        if (last != null) {
            last.lines().stop();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
