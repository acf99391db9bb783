package io.hamster.cluster.raft;

import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/**
 * A voter: a node's name and its incarnation, which a new disk changes.
 *
 * @param id name, tilde, incarnation
 * @param address host and Raft port
 */
record Peer(String id, String address) {

    static Peer of(RaftMember member, String incarnation) {
        String host = member.node().host();
        String literal = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
        return new Peer(member.name() + "~" + incarnation, literal + ":" + member.raftPort());
    }

    static Peer of(RaftPeer peer) {
        return new Peer(peer.getId().toString(), peer.getAddress());
    }

    /** The name of the node that a voter's id belongs to. */
    static String name(String id) {
        int tilde = id.lastIndexOf('~');
        return tilde < 0 ? id : id.substring(0, tilde);
    }

    String name() {
        return name(id);
    }

    RaftPeer toRatis() {
        return RaftPeer.newBuilder()
                .setId(RaftPeerId.valueOf(id))
                .setAddress(address)
                .build();
    }
}
