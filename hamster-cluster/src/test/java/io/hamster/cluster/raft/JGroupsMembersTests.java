package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jgroups.protocols.pbcast.STABLE;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who counts as a member, and who listens where. */
class JGroupsMembersTests {

    private final Messengers all = new Messengers();

    @AfterEach
    void close() {
        all.close();
    }

    @Test
    void missesANodeThatWasKilled() {
        List<Node> nodes = Messengers.nodes(3);
        List<JGroupsMessenger> messengers = all.start(nodes);
        AtomicInteger disruptions = new AtomicInteger();
        messengers.get(0).onDisruption(disruptions::incrementAndGet);
        CompletableFuture<byte[]> asked = messengers
                .get(0)
                .request("node3", Topic.FUNCTIONS, new byte[0], Messengers.PATIENCE)
                .toCompletableFuture();

        Messengers.kill(messengers.get(2));

        all.awaitAlive(messengers.subList(0, 2), 2);
        assertThat(all.members(messengers.get(0)).lost()).containsExactly("node3");
        await().atMost(Messengers.PATIENCE)
                .untilAsserted(() -> assertThat(disruptions).hasPositiveValue());
        assertThat(asked)
                .failsWithin(Messengers.PATIENCE)
                .withThrowableThat()
                .withCauseInstanceOf(NodeUnreachableException.class);
    }

    @Test
    void takesANodeBackThatWasKilled() {
        List<Node> nodes = Messengers.nodes(3);
        List<JGroupsMessenger> messengers = all.start(nodes);
        Messengers.kill(messengers.get(0));
        messengers.get(0).close();
        JGroupsMessenger next = all.create(nodes.get(0), nodes);
        next.handle(Topic.GROUP, (from, message) -> CompletableFuture.completedFuture(message));

        all.start(next);

        List<JGroupsMessenger> now = List.of(next, messengers.get(1), messengers.get(2));
        all.awaitAlive(now, 3);
        await().atMost(Messengers.PATIENCE)
                .until(() -> now.stream()
                        .allMatch(each ->
                                each.session().orElseThrow().channel().getView().size() == 3));
        assertThat(messengers
                        .get(1)
                        .request("node1", Topic.GROUP, new byte[] {1}, Messengers.PATIENCE)
                        .toCompletableFuture())
                .succeedsWithin(Messengers.PATIENCE)
                .isEqualTo(new byte[] {1});
    }

    @Test
    void mergesAfterAPartition() {
        try (Messengers impatient = new Messengers(Messengers.SHORT_TIMEOUT)) {
            List<Node> nodes = Messengers.nodes(3);
            List<JGroupsMessenger> messengers = impatient.start(nodes);
            AtomicInteger disruptions = new AtomicInteger();
            messengers.get(0).onDisruption(disruptions::incrementAndGet);
            Messengers.Cut cut = Messengers.cut(messengers.get(0));
            impatient.awaitAlive(messengers.subList(0, 1), 1);
            impatient.awaitAlive(messengers.subList(1, 3), 2);
            await().atMost(Messengers.PATIENCE)
                    .untilAsserted(() -> assertThat(disruptions).hasPositiveValue());
            int before = disruptions.get();

            cut.mend();

            impatient.awaitAlive(messengers, 3);
            await().atMost(Messengers.PATIENCE)
                    .untilAsserted(() -> assertThat(disruptions).hasValueGreaterThan(before));
        }
    }

    @Test
    void tellsTheMembersOneAtATimeAndTheLastInTheEnd() {
        List<Node> nodes = Messengers.nodes(3);
        JGroupsMessenger watching = all.create(nodes.get(0), nodes);
        AtomicInteger telling = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        List<Members> told = new CopyOnWriteArrayList<>();
        watching.start(members -> {
            if (telling.getAndIncrement() != 0) {
                overlaps.incrementAndGet();
            }
            told.add(members);
            telling.decrementAndGet();
        });
        JGroupsMessenger two = all.create(nodes.get(1), nodes);
        JGroupsMessenger three = all.create(nodes.get(2), nodes);

        all.start(two);
        all.start(three);
        two.close();

        await().atMost(Messengers.PATIENCE)
                .untilAsserted(
                        () -> assertThat(told.get(told.size() - 1).alive()).containsExactly("node1", "node3"));
        assertThat(told.get(0).names()).containsExactly("node1", "node2", "node3");
        assertThat(overlaps).hasValue(0);
    }

    /** What was told to all is kept until each has said that it got it, which the coordinator collects. */
    @Test
    void agreesOnWhatAllHaveGot() {
        List<JGroupsMessenger> messengers = all.start(Messengers.nodes(3));

        await().atMost(Messengers.PATIENCE).untilAsserted(() -> {
            messengers.forEach(each -> Messengers.protocol(each, STABLE.class).gc());
            assertThat(messengers)
                    .allSatisfy(each -> assertThat(
                                    Messengers.protocol(each, STABLE.class).getStabilityReceived())
                            .isPositive());
        });
    }

    @Test
    void knowsAnyNodeWhereNoneIsConfigured() {
        Node one = Messengers.nodes(1).get(0);
        Node two = Node.of("ü".repeat(100), "127.0.0.1", FreePorts.next());
        List<JGroupsMessenger> messengers = Stream.of(one, two)
                .map(node -> all.add(new JGroupsMessenger(
                        node,
                        List.of(),
                        Finder.configured(List.of(one, two)),
                        Messengers.TIMEOUT,
                        Optional.empty(),
                        all.scheduler,
                        all.executor)))
                .toList();

        messengers.forEach(all::start);

        all.awaitAlive(messengers, 2);
        assertThat(all.members(messengers.get(0)).node(two.name())).contains(two);
    }

    @Test
    void doesNotHearANodeThatIsNotConfigured() {
        List<Node> nodes = Messengers.nodes(2);
        List<JGroupsMessenger> messengers = all.start(nodes);
        Node stranger = Node.of("stranger", "127.0.0.1", FreePorts.next());
        List<Node> withStranger = new ArrayList<>(nodes);
        withStranger.add(stranger);
        JGroupsMessenger strange = all.create(stranger, withStranger);

        all.start(strange);

        all.awaitAlive(List.of(strange), 1);
        assertThat(strange.request("node1", Topic.GROUP, new byte[0], Messengers.PATIENCE)
                        .toCompletableFuture())
                .failsWithin(Messengers.PATIENCE);
        assertThat(all.members(messengers.get(0)).names()).containsExactly("node1", "node2");
        assertThat(messengers.get(0).session().orElseThrow().channel().getView().size())
                .isEqualTo(2);
    }

    @Test
    void refusesANodeThatIsNotAmongTheNodes() {
        List<Node> nodes = Messengers.nodes(2);

        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(() -> all.create(Node.of("other", "127.0.0.1", 1), nodes))
                .withMessageContaining("'other'")
                .withMessageContaining("node1, node2");
    }

    @Test
    void refusesAnotherNodeByTheSameName() {
        List<Node> nodes = Messengers.nodes(2);
        List<JGroupsMessenger> messengers = all.start(nodes);
        Node second = Node.of("node2", "127.0.0.1", FreePorts.next());

        assertThatExceptionOfType(ClusterConfigurationException.class)
                .isThrownBy(
                        () -> all.create(second, List.of(nodes.get(0), second)).start(members -> {}))
                .withMessageContaining("'node2' at " + nodes.get(1).address())
                .withMessageContaining(second.address());
        messengers.get(1).handle(Topic.GROUP, (from, message) -> CompletableFuture.completedFuture(message));
        assertThat(messengers
                        .get(0)
                        .request("node2", Topic.GROUP, new byte[0], Messengers.PATIENCE)
                        .toCompletableFuture())
                .succeedsWithin(Messengers.PATIENCE);
    }

    @Test
    void isInNoViewOnceItsStartHasFailed() {
        List<Node> nodes = Messengers.nodes(2);
        all.start(nodes);
        Node second = Node.of("node2", "127.0.0.1", FreePorts.next());
        List<String> views = new CopyOnWriteArrayList<>();
        JGroupsMessenger refused = all.create(second, List.of(nodes.get(0), second));
        refused.onSight(sight -> views.add(sight.view()));

        assertThatExceptionOfType(ClusterConfigurationException.class).isThrownBy(() -> all.start(refused));

        assertThat(views).last().isEqualTo("");
    }

    @Test
    void namesThePortThatIsInUse() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Node node = Node.of("node1", "127.0.0.1", taken.getLocalPort());

            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> all.create(node, List.of(node)).start(members -> {}))
                    .withMessageContaining("127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void namesTheHostThatIsNotThisMachine() {
        for (String host : List.of("192.0.2.1", "0.0.0.0", "no-such-host.invalid")) {
            Node node = Node.of("node1", host, 7800);

            assertThatExceptionOfType(ClusterConfigurationException.class)
                    .isThrownBy(() -> all.create(node, List.of(node)).start(members -> {}))
                    .withMessageContaining(host + ":7800");
        }
    }

    @Test
    void listensOnItsConfiguredAddressOnly() throws IOException {
        assumeThat(Path.of("/proc/net/tcp")).exists();
        Set<String> before = listening();
        List<Node> nodes = Messengers.nodes(2);

        all.start(nodes);

        Set<String> opened = listening();
        opened.removeAll(before);
        assertThat(opened)
                .containsExactlyInAnyOrderElementsOf(nodes.stream()
                        .map(node -> String.format("%04X", node.port()))
                        .toList());
    }

    /** The ports that this process listens on, with the address where that isn't the loopback's. */
    private static Set<String> listening() throws IOException {
        Set<String> own = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            for (Path file : files.toList()) {
                if (Files.isSymbolicLink(file)) {
                    try {
                        own.add(Files.readSymbolicLink(file).toString());
                    } catch (IOException e) {
                        // Closed meanwhile, so it listens no more.
                        continue;
                    }
                }
            }
        }
        Set<String> found = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            if (!Files.exists(Path.of(table))) {
                continue;
            }
            for (String line : Files.readAllLines(Path.of(table))) {
                String[] fields = line.trim().split("\\s+");
                if (fields[3].equals("0A") && own.contains("socket:[" + fields[9] + "]")) {
                    String address = fields[1].substring(0, fields[1].indexOf(':'));
                    String port = fields[1].substring(fields[1].indexOf(':') + 1);
                    boolean isLoopback =
                            address.equals("0100007F") || address.equals("0000000000000000FFFF00000100007F");
                    found.add(isLoopback ? port : address + ":" + port);
                }
            }
        }
        return found;
    }
}
