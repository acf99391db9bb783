package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterEvent;
import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;

/**
 * Shows this node's view of its cluster: who leads, who is alive, and what happened lately. Where unrestricted access is
 * allowed, it has this node hand leadership over too.
 */
@WebEndpoint(id = "hamstercluster", defaultAccess = Access.READ_ONLY)
final class ClusterEndpoint {

    private static final int STATUS_CONFLICT = 409;

    private final Cluster cluster;
    private final ClusterMode mode;
    private final Supplier<Optional<String>> waitingFor;
    private final RecentEvents events;

    ClusterEndpoint(Cluster cluster, ClusterMode mode, Supplier<Optional<String>> waitingFor, RecentEvents events) {
        this.cluster = cluster;
        this.mode = mode;
        this.waitingFor = waitingFor;
        this.events = events;
    }

    /**
     * The cluster as this node sees it.
     *
     * @param leader the leader's name; {@code null} if none is known
     * @param waitingFor why there is no leader yet, where more is known about it
     * @param nodes all that it knows of, in reach or not
     * @param functions names of those that this node answers
     * @param jobTrackers names of those that follow leadership here
     * @param events the latest first
     */
    record View(
            String mode,
            String node,
            String role,
            @Nullable String leader,
            long term,
            @Nullable String waitingFor,
            List<NodeView> nodes,
            List<String> functions,
            List<String> jobTrackers,
            List<Event> events) {}

    /** A node, as its name, where it is reached, and whether it is. */
    record NodeView(String name, String address, boolean alive) {}

    /**
     * Something that happened.
     *
     * @param leader who led then; {@code null} if it isn't about that
     * @param cause why leading here ended; {@code null} for other events
     */
    record Event(
            Instant at,
            String event,
            long term,
            @Nullable String leader,
            @Nullable String cause) {}

    record Problem(String error) {}

    /** What this node can be told to do. */
    enum Action {
        /** To hand leadership over. */
        RESIGN
    }

    @ReadOperation
    View cluster() {
        Members members = cluster.members();
        return new View(
                text(mode),
                cluster.self().name(),
                Role.of(cluster),
                cluster.leader().map(Node::name).orElse(null),
                cluster.term(),
                waitingFor.get().orElse(null),
                members.names().stream().map(name -> node(members, name)).toList(),
                cluster.functionNames(),
                cluster.jobTrackerNames(),
                events.latestFirst().stream().map(ClusterEndpoint::described).toList());
    }

    /** Has this node hand leadership over, and waits for that. It may lead again later. */
    @WriteOperation
    WebEndpointResponse<Object> act(Action action) {
        return switch (action) {
            case RESIGN -> resign();
        };
    }

    /** As long as the cluster takes, which bounds it. */
    private WebEndpointResponse<Object> resign() {
        return cluster.resign().handle(this::answer).join();
    }

    private WebEndpointResponse<Object> answer(@Nullable Boolean handedOver, @Nullable Throwable error) {
        if (error != null) {
            Throwable cause =
                    error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
            return problem(
                    "Leadership couldn't be handed over: " + cause.getMessage(),
                    WebEndpointResponse.STATUS_SERVICE_UNAVAILABLE);
        }
        return Boolean.TRUE.equals(handedOver)
                ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT)
                : problem("Node '" + cluster.self().name() + "' doesn't lead" + whoDoes(), STATUS_CONFLICT);
    }

    private String whoDoes() {
        return cluster.leader().map(leader -> "; '" + leader.name() + "' does").orElse("; nobody does");
    }

    private static WebEndpointResponse<Object> problem(String error, int status) {
        return new WebEndpointResponse<>(new Problem(error), status);
    }

    private static NodeView node(Members members, String name) {
        String address = members.node(name).map(Node::address).orElse("");
        return new NodeView(name, address, members.alive().contains(name));
    }

    private static Event described(ClusterEvent event) {
        return new Event(event.at(), event.getClass().getSimpleName(), event.term(), leader(event), cause(event));
    }

    private static @Nullable String leader(ClusterEvent event) {
        if (event instanceof ClusterEvent.ElectionFinish finish) {
            return finish.leader();
        }
        if (event instanceof ClusterEvent.SignFollower follower) {
            return follower.leader();
        }
        return event instanceof ClusterEvent.ReleaseMaster release ? release.leader() : null;
    }

    private static @Nullable String cause(ClusterEvent event) {
        return event instanceof ClusterEvent.StopMaster stop ? text(stop.cause()) : null;
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
