package io.hamster.spring.hash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hamster.TimeSource;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import io.hamster.cluster.ScriptedElector;
import io.hamster.cluster.ScriptedTransport;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerStats.PeerStats;
import io.hamster.hash.RingPeerPicker;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.cluster.HamsterClusterAutoConfiguration;
import io.hamster.testing.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class ClusterPeersTests {

    private static final Node A = Node.of("a", "10.0.0.1", 1);
    private static final Node B = Node.of("b", "10.0.0.2", 2);
    private static final Node C = Node.of("c", "10.0.0.3", 3);

    private final ManualTime time = new ManualTime();
    private final ScriptedElector elector = new ScriptedElector();
    private final ScriptedTransport transport = new ScriptedTransport(A, B);
    private final Cluster cluster = Cluster.builder(A, elector, transport)
            .time(time)
            .scheduler(time.scheduler())
            .executor(Runnable::run)
            .build();
    private final PeerPicker picker = RingPeerPicker.builder().build();
    private final ClusterPeers peers = new ClusterPeers(cluster, picker);

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    HamsterAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class,
                    HamsterHashAutoConfiguration.class))
            .withPropertyValues("hamster.hash.source=cluster");

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void hasThisNodeBeforeTheClusterHasStarted() {
        peers.start();

        assertThat(picker.peers())
                .extracting(Peer::id, Peer::address, Peer::weight)
                .containsExactly(tuple("a", "10.0.0.1:1", 100));
    }

    @Test
    void takesInWhoJoinsAndLetsGoWhoLeaves() {
        peers.start();
        cluster.start();
        assertThat(alive()).containsExactly("a", "b");

        members(List.of(A, B, C), "a", "b", "c");
        assertThat(alive()).containsExactly("a", "b", "c");

        members(List.of(A, C), "a", "c");
        assertThat(alive()).containsExactly("a", "c");
        assertThat(picker.peerCount()).isEqualTo(2);
    }

    @Test
    void keepsANodeThatIsLostAsADeadPeer() {
        peers.start();
        cluster.start();
        members(List.of(A, B), "a");
        assertThat(picker.peerCount()).isEqualTo(2);
        assertThat(alive()).containsExactly("a");

        members(List.of(A, B), "a", "b");
        assertThat(alive()).containsExactly("a", "b");
    }

    @Test
    void missesNothingThatChangedBeforeItWasRegistered() {
        cluster.start();
        members(List.of(A, B, C), "a", "c");

        peers.start();

        assertThat(picker.peerCount()).isEqualTo(3);
        assertThat(alive()).containsExactly("a", "c");
    }

    @Test
    void takesANodesNewAddress() {
        peers.start();
        cluster.start();
        Node moved = Node.of("b", "10.0.0.9", 2);

        members(List.of(A, moved), "a", "b");

        assertThat(picker.peer("b")).map(Peer::address).contains("10.0.0.9:2");
    }

    @Test
    void leavesThePeersOfTheApplicationAlone() {
        picker.addPeers(new Peer("mine", "m:1"));
        peers.start();
        cluster.start();
        members(List.of(A), "a");

        assertThat(alive()).containsExactly("a", "mine");
    }

    @Test
    void followsTheOthersThoughTheApplicationRemovedANode() {
        peers.start();
        cluster.start();
        members(List.of(A, B, C), "a", "b", "c");
        picker.removePeers("b");

        members(List.of(A, B, C), "a", "b");

        assertThat(alive()).containsExactly("a");
        assertThat(picker.peer("c")).isPresent();
    }

    @Test
    void followsTheOthersThoughTheApplicationRemovesANodeMeanwhile() {
        ClusterPeers racing = new ClusterPeers(cluster, removingBeforeItsStatus("a"));
        racing.start();
        cluster.start();

        members(List.of(A, B, C), "a", "b");

        assertThat(alive()).containsExactly("b");
        assertThat(picker.peer("c")).isPresent();
        racing.stop();
    }

    @Test
    void followsNoMoreOnceStopped() {
        peers.start();
        cluster.start();
        peers.stop();

        members(List.of(A, B, C), "a", "b", "c");

        assertThat(peers.isRunning()).isFalse();
        assertThat(alive()).containsExactly("a", "b");
    }

    @Test
    void hasTheOneNodeInSingleMode() {
        runner.withPropertyValues("hamster.cluster.enabled=true").run(context -> {
            String self = context.getBean(Cluster.class).self().name();
            assertThat(context.getBean(PeerPicker.class).pickPeer("key").id()).isEqualTo(self);
            assertThat(context.getBeansOfType(HamsterFeature.class).get("hamsterHashFeature"))
                    .isEqualTo(new HamsterFeature("peers", "from cluster by hamster"));
        });
    }

    @Test
    void followsUntilTheContextCloses() {
        elector.onResign(() -> elector.resigned().complete(null));
        runner.withPropertyValues("hamster.cluster.enabled=true")
                .withBean(TimeSource.class, () -> time)
                .withBean(Cluster.class, () -> cluster)
                .run(context -> {
                    PeerPicker made = context.getBean(PeerPicker.class);
                    members(List.of(A, B, C), "a", "b", "c");
                    assertThat(made.peers()).extracting(Peer::id).containsExactly("a", "b", "c");

                    context.close();
                    cluster.start();
                    members(List.of(A), "a");

                    assertThat(made.peerCount()).isEqualTo(3);
                });
    }

    @Test
    void refusesAClusterThatIsOff() {
        runner.run(context -> assertThat(context.getStartupFailure())
                .rootCause()
                .isInstanceOf(HamsterConfigurationException.class)
                .hasMessageContaining("hamster.hash.source is 'cluster', but the cluster is off")
                .hasMessageContaining("hamster.cluster.enabled: true"));
    }

    @Test
    void refusesAListOfPeersAndAHealthCheckBesideTheCluster() {
        ApplicationContextRunner on = runner.withPropertyValues("hamster.cluster.enabled=true");
        on.withPropertyValues("hamster.hash.peers[0].id=a", "hamster.hash.peers[0].address=a:1")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("hamster.hash.source is 'cluster', but hamster.hash.peers lists peers"));
        on.withPropertyValues("hamster.hash.health-check.enabled=true")
                .run(context -> assertThat(context.getStartupFailure())
                        .rootCause()
                        .hasMessageContaining("hamster.hash.health-check.enabled"));
    }

    /** The picker, from which a peer goes just before its status is told. */
    private PeerPicker removingBeforeItsStatus(String id) {
        return (PeerPicker) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {PeerPicker.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("updatePeerStatus") && arguments[0].equals(id)) {
                        picker.removePeers(id);
                    }
                    try {
                        return method.invoke(picker, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void members(List<Node> nodes, String... alive) {
        transport.receiver().membersChanged(Members.of(nodes, List.of(alive)));
    }

    private List<String> alive() {
        return picker.stats().perPeer().stream()
                .filter(PeerStats::alive)
                .map(PeerStats::peer)
                .map(Peer::id)
                .toList();
    }
}
