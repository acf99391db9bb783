package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.Node;
import java.util.List;
import java.util.Map;
import org.jgroups.Address;
import org.jgroups.util.ByteArrayDataInputStream;
import org.jgroups.util.ByteArrayDataOutputStream;
import org.jgroups.util.UUID;
import org.jgroups.util.Util;
import org.junit.jupiter.api.Test;

/** What is made of the addresses in a view. */
class SightTests {

    private static final Node A = Node.of("a", "127.0.0.1", 1);
    private static final Node B = Node.of("b", "127.0.0.1", 2);
    private static final Node ELSEWHERE = Node.of("b", "127.0.0.1", 3);
    private static final Map<String, Node> BOTH = Map.of("a", A, "b", B);

    @Test
    void keepsTheNameInTheAddressOnItsWay() throws Exception {
        for (String name : List.of("a", "node with spaces", "€".repeat(100))) {
            Node node = Node.of(name, "::1", 65_535);
            ByteArrayDataOutputStream out = new ByteArrayDataOutputStream();
            Util.writeAddress(NodeAddress.of(node), out);

            Address read = Util.readAddress(new ByteArrayDataInputStream(out.buffer(), 0, out.position()));

            assertThat(NodeAddress.name(read)).isEqualTo(name);
            assertThat(NodeAddress.node(read)).contains(node);
        }
        assertThat(NodeAddress.node(UUID.randomUUID())).isEmpty();
        assertThat(NodeAddress.node(null)).isEmpty();
    }

    @Test
    void takesTheLaterOfTwoLivesOfANode() {
        Address own = NodeAddress.of(A);
        Address former = NodeAddress.of(B);
        Address now = NodeAddress.of(B);

        Sight sight = Sight.of("v", List.of(former, own, now), A, own, BOTH);

        assertThat(sight.addresses()).containsEntry("b", now).containsEntry("a", own);
        assertThat(sight.has(former)).isFalse();
        assertThat(sight.members().alive()).containsExactly("a", "b");
    }

    @Test
    void takesTheConfiguredOneOfTwoNodesWithOneName() {
        Address own = NodeAddress.of(A);
        Address configured = NodeAddress.of(B);
        Address other = NodeAddress.of(ELSEWHERE);

        assertThat(Sight.of("v", List.of(own, configured, other), A, own, BOTH).addresses())
                .containsEntry("b", configured);
        assertThat(Sight.of("v", List.of(own, other, configured), A, own, BOTH).addresses())
                .containsEntry("b", configured);
    }

    @Test
    void takesTheFirstOfTwoNodesWithOneNameWhereNoneIsConfigured() {
        Address own = NodeAddress.of(A);
        Address first = NodeAddress.of(ELSEWHERE);

        Sight sight = Sight.of("v", List.of(own, first, NodeAddress.of(B)), A, own, Map.of());

        assertThat(sight.addresses()).containsEntry("b", first);
        assertThat(sight.members().node("b")).contains(ELSEWHERE);
    }

    @Test
    void takesNobodyElseForItself() {
        Address own = NodeAddress.of(A);

        Sight sight = Sight.of("v", List.of(NodeAddress.of(A), own, NodeAddress.of(A)), A, own, BOTH);

        assertThat(sight.addresses()).containsOnly(Map.entry("a", own));
        assertThat(sight.members().lost()).containsExactly("b");
    }

    @Test
    void ignoresWhoeverIsNotConfigured() {
        Address own = NodeAddress.of(A);
        Address stranger = NodeAddress.of(Node.of("c", "127.0.0.1", 4));

        Sight sight = Sight.of("v", List.of(own, stranger, UUID.randomUUID()), A, own, BOTH);

        assertThat(sight.members().names()).containsExactly("a", "b");
        assertThat(sight.has(stranger)).isFalse();
    }
}
