package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;

/** What a node is at the moment, in one word. */
final class Role {

    private Role() {}

    static String of(Cluster cluster) {
        if (cluster.isLeader()) {
            return "leader";
        }
        if (cluster.isFollower()) {
            return "follower";
        }
        return cluster.isCandidate() ? "candidate" : "none";
    }
}
