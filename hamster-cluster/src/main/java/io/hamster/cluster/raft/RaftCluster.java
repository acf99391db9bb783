package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.lease.ClusterLeases;
import io.hamster.cache.store.CacheStoreFactory;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterBuilder;
import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Node;
import io.hamster.lock.LockStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * This node's part of the group, from which everything that the nodes share is reached. It runs from the start to the
 * close of the cluster that {@link #clusterBuilder} builds: before and after, locks are unavailable and invalidations
 * aren't sent.
 */
public final class RaftCluster {

    private final ClusterBuilder clusterBuilder;
    private final RaftLockStore lockStore;
    private final InvalidationChannel invalidationChannel;
    private final CacheStoreFactory loadLeases;
    private final RaftGroup group;

    private RaftCluster(Builder from) {
        Node node = from.self.node();
        Optional<ClusterTls> tls = Optional.ofNullable(from.tls);
        JGroupsMessenger messenger = new JGroupsMessenger(
                node,
                from.members.stream().map(RaftMember::node).toList(),
                from.settings.timeout(),
                tls,
                from.scheduler,
                from.executor);
        LeadershipPart leadership = new LeadershipPart(from.time);
        LockTable locks = new LockTable();
        group = new RaftGroup(
                from.self,
                from.members,
                from.settings,
                tls,
                Map.of(GroupLog.Part.LEADERSHIP, leadership, GroupLog.Part.LOCKS, locks),
                messenger,
                from.time,
                from.scheduler,
                from.executor);
        lockStore = new RaftLockStore(
                node.name(),
                group,
                locks,
                messenger,
                from.time,
                from.scheduler,
                from.executor,
                from.lockCommandTimeout);
        RaftElector elector = new RaftElector(node.name(), group, leadership, from.settings, from.time, from.scheduler);
        invalidationChannel = new ClusterInvalidationChannel(messenger, from.executor);
        loadLeases = new ClusterLeases(
                new ClusterLeaseChannel(node.name(), messenger), from.time, from.scheduler, from.leasePatience);
        clusterBuilder = Cluster.builder(node, new GroupElector(group, elector), new JGroupsTransport(messenger))
                .time(from.time)
                .scheduler(from.scheduler)
                .executor(from.executor);
    }

    /**
     * Begins this node's part.
     *
     * @param self this node, one of the members
     * @param members every node of the group, this one included
     * @param settings how it takes part
     * @param scheduler wakes at deadlines; nothing blocks on it. Not closed
     * @param executor runs work that may take a while; it must not make tasks wait for each other. Not closed
     * @return a builder
     * @throws ClusterConfigurationException if this node isn't among the members, or two of them have one name
     */
    public static Builder builder(
            RaftMember self,
            List<RaftMember> members,
            RaftSettings settings,
            ScheduledExecutorService scheduler,
            Executor executor) {
        return new Builder(self, members, settings, scheduler, executor);
    }

    /**
     * The cluster to be: elector, transport and clock are set.
     *
     * @return the same builder each time
     */
    public ClusterBuilder clusterBuilder() {
        return clusterBuilder;
    }

    /**
     * Where the group keeps its locks.
     *
     * @return the same store each time
     */
    public LockStore lockStore() {
        return lockStore;
    }

    /**
     * What tells the other nodes' caches of changes.
     *
     * @return the same channel each time
     */
    public InvalidationChannel invalidationChannel() {
        return invalidationChannel;
    }

    /**
     * What has the nodes' caches share their loads.
     *
     * @return the same factory each time
     */
    public CacheStoreFactory loadLeases() {
        return loadLeases;
    }

    /**
     * Why there is no group yet.
     *
     * @return what is waited for, such as {@code nodes [b, c] to be reached}, and why; empty once there is one
     */
    public Optional<String> waitingFor() {
        return group.waitingFor();
    }

    /** Collects what a {@link RaftCluster} works with. Not thread-safe. */
    public static final class Builder {

        private static final Duration DEFAULT_COMMAND_TIMEOUT = Duration.ofSeconds(2);

        private final RaftMember self;
        private final List<RaftMember> members;
        private final RaftSettings settings;
        private final ScheduledExecutorService scheduler;
        private final Executor executor;
        private @Nullable ClusterTls tls;
        private TimeSource time = TimeSource.system();
        private Duration lockCommandTimeout = DEFAULT_COMMAND_TIMEOUT;
        private Duration leasePatience = ClusterLeases.DEFAULT_PATIENCE;

        private Builder(
                RaftMember self,
                List<RaftMember> members,
                RaftSettings settings,
                ScheduledExecutorService scheduler,
                Executor executor) {
            this.self = self;
            this.members = List.copyOf(members);
            requireNames(self, this.members);
            this.settings = settings;
            this.scheduler = scheduler;
            this.executor = executor;
        }

        private static void requireNames(RaftMember self, List<RaftMember> members) {
            Set<String> names = new HashSet<>();
            for (RaftMember member : members) {
                if (!names.add(member.name())) {
                    throw new ClusterConfigurationException(
                            "Two members are named '" + member.name() + "'; give each node a name of its own");
                }
            }
            if (!members.contains(self)) {
                throw new ClusterConfigurationException("This node, " + self + ", isn't one of the members " + names
                        + "; give the same members on all nodes");
            }
        }

        /**
         * What nodes prove themselves to each other with.
         *
         * @param tls default: nothing, and nothing is encrypted
         * @return this
         */
        public Builder tls(ClusterTls tls) {
            this.tls = tls;
            return this;
        }

        /**
         * The clock of leases and timeouts.
         *
         * @param time default: this process's
         * @return this
         */
        public Builder time(TimeSource time) {
            this.time = time;
            return this;
        }

        /**
         * How long the group may take to answer the lock store's commands.
         *
         * @param timeout 1 ms to 1 min; default: 2 s
         * @return this
         * @throws ClusterConfigurationException if it is out of range
         */
        public Builder lockCommandTimeout(Duration timeout) {
            // What is to be applied in an hour is refused as meant for another table.
            if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(Duration.ofMinutes(1)) > 0) {
                throw new ClusterConfigurationException("lockCommandTimeout is " + timeout + "; give 1 ms to 1 min");
            }
            this.lockCommandTimeout = timeout;
            return this;
        }

        /** For how long the owner of a cache's key is waited for before this node loads for itself. */
        Builder leasePatience(Duration patience) {
            this.leasePatience = patience;
            return this;
        }

        /**
         * Makes this node's part of the group. Nothing starts yet.
         *
         * @return runs with the cluster that is built from it
         */
        public RaftCluster build() {
            return new RaftCluster(this);
        }
    }
}
