package io.hamster.cluster.raft;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who this node is, as kept beside its log.
 *
 * @param name the node's name
 * @param incarnation new with every empty directory
 * @param group the group it belongs to, or {@code null} as long as it belongs to none
 * @param founders the voters that the group began with, if this node is one of them
 * @param started whether its log was ever opened as a member's
 */
record Identity(String name, String incarnation, @Nullable UUID group, List<Peer> founders, boolean started) {

    Identity {
        founders = List.copyOf(founders);
    }

    static Identity candidate(String name) {
        return new Identity(name, String.format("%016x", new SecureRandom().nextLong()), null, List.of(), false);
    }

    Identity member(UUID of, List<Peer> foundedBy) {
        return new Identity(name, incarnation, of, foundedBy, false);
    }

    Identity begun() {
        return new Identity(name, incarnation, group, founders, true);
    }

    boolean isMember() {
        return group != null;
    }

    Peer peer(RaftMember self) {
        return Peer.of(self, incarnation);
    }

    /** The group that exactly these voters found; the same for each of them. */
    static UUID groupOf(List<Peer> founders) {
        StringBuilder ids = new StringBuilder();
        founders.stream().map(Peer::id).sorted().forEach(id -> ids.append(id).append('\n'));
        return UUID.nameUUIDFromBytes(ids.toString().getBytes(StandardCharsets.UTF_8));
    }
}
