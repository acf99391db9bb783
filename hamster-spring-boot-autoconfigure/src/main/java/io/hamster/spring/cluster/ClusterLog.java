package io.hamster.spring.cluster;

import io.hamster.cluster.Members;
import io.hamster.cluster.MembersListener;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line for each change of who is in reach. Quiet for a cluster of one. The cluster itself has one for each change of
 * leadership, and knows which of them is amiss.
 */
final class ClusterLog implements MembersListener {

    private static final Logger logger = LoggerFactory.getLogger(ClusterLog.class);

    private final boolean isQuiet;
    /** Seen by one call at a time. */
    private volatile List<String> lost = List.of();

    ClusterLog(ClusterMode mode) {
        this.isQuiet = mode == ClusterMode.SINGLE;
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
}
