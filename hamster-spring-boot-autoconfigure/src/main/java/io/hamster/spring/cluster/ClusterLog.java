package io.hamster.spring.cluster;

import io.hamster.cluster.Cluster;
import io.hamster.cluster.ClusterEvent;
import io.hamster.cluster.ClusterListener;
import io.hamster.cluster.Members;
import io.hamster.cluster.MembersListener;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line for each change of leadership and of who is in reach. Quiet for a cluster of one. */
final class ClusterLog implements ClusterListener, MembersListener {

    private static final Logger logger = LoggerFactory.getLogger(ClusterLog.class);

    private final Cluster cluster;
    private final boolean isQuiet;
    /** Seen by one call at a time. */
    private volatile List<String> lost = List.of();

    ClusterLog(Cluster cluster, ClusterMode mode) {
        this.cluster = cluster;
        this.isQuiet = mode == ClusterMode.SINGLE;
    }

    @Override
    public void onEvent(ClusterEvent event) {
        if (isQuiet) {
            return;
        }
        String self = cluster.self().name();
        if (event instanceof ClusterEvent.SignMaster) {
            logger.info("Node {} leads in term {}", self, event.term());
        } else if (event instanceof ClusterEvent.SignFollower follower) {
            logger.info("Node {} follows {} in term {}", self, follower.leader(), event.term());
        } else if (event instanceof ClusterEvent.StopMaster stop) {
            logger.info("Node {} leads no longer: {}", self, text(stop.cause()));
        } else if (event instanceof ClusterEvent.ReleaseMaster release) {
            logger.warn("Node {} has lost its leader {}", self, release.leader());
        }
    }

    @Override
    public void onMembers(Members members) {
        List<String> before = lost;
        lost = members.lost();
        if (!isQuiet && !before.equals(lost)) {
            if (before.containsAll(lost)) {
                logger.info("{} of {} nodes are in reach, lost are {}", alive(members), all(members), lost);
            } else {
                logger.warn("{} of {} nodes are in reach, lost are {}", alive(members), all(members), lost);
            }
        }
    }

    private static int alive(Members members) {
        return members.alive().size();
    }

    private static int all(Members members) {
        return members.names().size();
    }

    private static String text(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
