package io.hamster.spring.hash;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.Members;
import io.hamster.cluster.MembersListener;
import io.hamster.cluster.Node;
import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import io.hamster.hash.UnknownPeerException;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the ring as the cluster's members are, this node included: a node that is lost stays a peer, but a dead one.
 * Cluster nodes have no weight, so all peers have the usual one.
 */
final class ClusterPeers implements SmartLifecycle {

    /** Below the web server's, so that the ring is there before the first request and until the last. */
    static final int PHASE = 2048;

    private static final Logger logger = LoggerFactory.getLogger(ClusterPeers.class);

    private final Cluster cluster;
    private final PeerPicker picker;
    private final FollowedPeers peers;
    private final MembersListener listener = members -> adopt();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean following;

    ClusterPeers(Cluster cluster, PeerPicker picker) {
        this.cluster = cluster;
        this.picker = picker;
        this.peers = new FollowedPeers(picker);
    }

    @Override
    public void start() {
        lock.lock();
        try {
            following = true;
        } finally {
            lock.unlock();
        }
        // The listener first: a change after this reading of the members is told.
        cluster.addMembersListener(listener);
        adopt();
    }

    /** Takes the members as they are by now, not as they were told: an earlier state must not follow a later one. */
    private void adopt() {
        lock.lock();
        try {
            if (following) {
                adopt(cluster.members());
            }
        } finally {
            lock.unlock();
        }
    }

    private void adopt(Members members) {
        peers.follow(members.names().stream()
                .map(members::node)
                .flatMap(Optional::stream)
                .map(ClusterPeers::peer)
                .toList());
        members.alive().forEach(name -> tell(name, true));
        members.lost().forEach(name -> tell(name, false));
    }

    private void tell(String name, boolean alive) {
        try {
            picker.updatePeerStatus(name, alive);
        } catch (UnknownPeerException e) {
            // The other nodes' status counts all the same.
            logger.debug("Node {} is no peer: the application has removed it", name);
        }
    }

    private static Peer peer(Node node) {
        return new Peer(node.name(), node.address());
    }

    @Override
    public void stop() {
        cluster.removeMembersListener(listener);
        lock.lock();
        try {
            following = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return following;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
