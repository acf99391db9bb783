package io.hamster.spring.cluster;

import io.hamster.cluster.ClusterEvent;
import io.hamster.cluster.ClusterListener;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Remembers since when no leader is known. Thread-safe: events come one at a time. */
final class LeaderlessSince implements ClusterListener {

    private volatile @Nullable Instant since;

    @Override
    public void onEvent(ClusterEvent event) {
        boolean hasLeader = event instanceof ClusterEvent.ElectionFinish
                || event instanceof ClusterEvent.SignMaster
                || event instanceof ClusterEvent.SignFollower;
        if (hasLeader) {
            since = null;
        } else if (since == null) {
            since = event.at();
        }
    }

    /** Empty while there is a leader, and until the cluster has started. */
    Optional<Instant> time() {
        return Optional.ofNullable(since);
    }
}
