package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/** Up while there is a leader, and nothing that its next lease depends on is known to be away. Answers from memory. */
final class ClusterHealthIndicator extends AbstractHealthIndicator {

    private final Cluster cluster;
    private final ClusterMode mode;
    private final Supplier<Optional<String>> waitingFor;
    private final Supplier<Optional<ClusterEngine.Outage>> outage;
    private final LeaderlessSince leaderless;

    ClusterHealthIndicator(
            Cluster cluster,
            ClusterMode mode,
            Supplier<Optional<String>> waitingFor,
            Supplier<Optional<ClusterEngine.Outage>> outage,
            LeaderlessSince leaderless) {
        this.cluster = cluster;
        this.mode = mode;
        this.waitingFor = waitingFor;
        this.outage = outage;
        this.leaderless = leaderless;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        Members members = cluster.members();
        var leader = cluster.leader();
        if (cluster.isClosed()) {
            builder.outOfService().withDetail("reason", "the cluster is closed");
        } else {
            outage.get()
                    .ifPresentOrElse(
                            away -> builder.down()
                                    .withDetail("reason", away.reason())
                                    .withDetail("since", away.since()),
                            () -> judge(builder, leader.isPresent(), members));
        }
        leader.map(Node::name).ifPresent(name -> builder.withDetail("leader", name));
        builder.withDetail("mode", mode.name().toLowerCase(Locale.ROOT))
                .withDetail("node", cluster.self().name())
                .withDetail("role", Role.of(cluster))
                .withDetail("term", cluster.term())
                .withDetail("alive", members.alive().size())
                .withDetail("all", members.names().size())
                .withDetail("lost", members.lost());
    }

    private void judge(Health.Builder builder, boolean hasLeader, Members members) {
        if (hasLeader) {
            builder.up();
        } else {
            builder.down().withDetail("reason", waitingFor.get().orElseGet(() -> reason(members)));
            leaderless.time().ifPresent(since -> builder.withDetail("since", since));
        }
    }

    private static String reason(Members members) {
        return members.alive().size() * 2 <= members.names().size()
                ? "no leader: " + members.alive().size() + " of "
                        + members.names().size() + " nodes are in reach"
                : "no leader is known";
    }
}
