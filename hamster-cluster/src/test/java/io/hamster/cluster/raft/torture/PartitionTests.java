package io.hamster.cluster.raft.torture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.Node;
import io.hamster.cluster.raft.RaftMember;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** Three processes, each in a network of its own, between which packets are lost without an error. */
@Tag("torture")
@EnabledIf(value = "canMakeNetworks", disabledReason = "this machine doesn't let tests make network namespaces")
class PartitionTests {

    private static final List<String> NAMES = List.of("a", "b", "c");

    /** Much longer than an election, so that a leader which doesn't wait for the one before leads beside it. */
    private static final Duration LEASE = Duration.ofSeconds(3);

    @TempDir
    Path directory;

    private Networks networks;
    private Nodes nodes;

    static boolean canMakeNetworks() {
        return Networks.areAllowed();
    }

    @BeforeEach
    void start() {
        networks = new Networks(NAMES);
        nodes = new Nodes(
                        directory,
                        NAMES.stream()
                                .map(name -> new RaftMember(Node.of(name, networks.address(name), 7700), 7701))
                                .toList())
                .by(NAMES.stream().collect(Collectors.toMap(Function.identity(), networks::in)))
                .with(with -> new NodeArguments(
                        with.name(),
                        with.owner(),
                        with.members(),
                        with.directory(),
                        with.files(),
                        with.clockShift(),
                        with.contends(),
                        LEASE));
        nodes.startAll();
        nodes.awaitLeader();
    }

    @AfterEach
    void nobodyLedBesideAnother() {
        try {
            LeaderLog.Contents leaders = nodes.leaders();
            assertThat(leaders.history().violations()).isEmpty();
            assertThat(leaders.history().beliefs()).isNotEmpty();
            assertThat(leaders.unpaired()).isEmpty();
        } finally {
            nodes.close();
            networks.close();
        }
    }

    @Test
    void leaderCutOffFromBothStepsDownAndAnotherLeads() {
        String leader = nodes.awaitLeader();
        List<String> others = nodes.others(leader);
        others.forEach(other -> cutBoth(leader, other));

        String next = nodes.awaitLeader(others);
        await().atMost(Nodes.PATIENCE).until(() -> nodes.ask(leader, "leads").startsWith("false"));
        assertThat(nodes.ask(leader, "lock k PT30S PT2S")).startsWith("failed ");
        assertThat(nodes.ask(next, "lock k PT30S PT10S")).startsWith("granted ");

        others.forEach(other -> healBoth(leader, other));
        nodes.awaitLeader();
        await().atMost(Nodes.PATIENCE)
                .until(() -> nodes.ask(leader, "status k"), status -> status.contains(next + "-life-1"));
    }

    @Test
    void leaderThatOnlyHearsIsReplaced() {
        String leader = nodes.awaitLeader();
        List<String> others = nodes.others(leader);
        others.forEach(other -> networks.cut(leader, other));

        assertThat(nodes.awaitLeader(others)).isNotEqualTo(leader);

        others.forEach(other -> networks.heal(leader, other));
        nodes.awaitLeader();
    }

    @Test
    void leaderThatOnlySpeaksIsReplaced() {
        String leader = nodes.awaitLeader();
        List<String> others = nodes.others(leader);
        others.forEach(other -> networks.cut(other, leader));

        await().atMost(Nodes.PATIENCE).until(() -> nodes.ask(leader, "leads").startsWith("false"));
        assertThat(nodes.ask(leader, "lock k PT30S PT2S")).startsWith("failed ");

        others.forEach(other -> networks.heal(other, leader));
        nodes.awaitLeader();
    }

    @Test
    void followersCutOffFromEachOtherKeepTheirLeader() {
        String leader = nodes.awaitLeader();
        List<String> others = nodes.others(leader);
        cutBoth(others.get(0), others.get(1));

        others.forEach(other ->
                assertThat(nodes.ask(other, "lock " + other + " PT30S PT10S")).startsWith("granted "));

        healBoth(others.get(0), others.get(1));
        nodes.awaitLeader();
    }

    private void cutBoth(String one, String other) {
        networks.cut(one, other);
        networks.cut(other, one);
    }

    private void healBoth(String one, String other) {
        networks.heal(one, other);
        networks.heal(other, one);
    }
}
