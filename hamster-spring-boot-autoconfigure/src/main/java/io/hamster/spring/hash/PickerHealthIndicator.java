package io.hamster.spring.hash;

import io.hamster.hash.PeerPicker;
import io.hamster.hash.PickerHealth;
import io.hamster.hash.PickerStats.PeerStats;
import io.hamster.spring.actuate.HamsterHealthPart;
import java.util.List;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/**
 * Up while enough peers are alive, degraded if they may be out of date since their source doesn't answer, unknown while
 * there are none, but down if that is for want of its answer: then no pick works. Answers from memory.
 */
final class PickerHealthIndicator extends AbstractHealthIndicator {

    private static final int MAX_LISTED = 20;

    private final PeerPicker picker;
    private final PeerSourceState source;

    PickerHealthIndicator(PeerPicker picker, PeerSourceState source) {
        this.picker = picker;
        this.source = source;
    }

    @Override
    protected void doHealthCheck(Health.Builder builder) {
        PickerHealth health = picker.health();
        boolean answering = source.isAnswering();
        builder.status(
                switch (health.status()) {
                    case HEALTHY -> answering ? Status.UP : HamsterHealthPart.DEGRADED;
                    case UNHEALTHY -> Status.DOWN;
                    case UNKNOWN -> answering ? Status.UNKNOWN : Status.DOWN;
                });
        List<String> dead = picker.stats().perPeer().stream()
                .filter(peer -> !peer.alive())
                .map(PeerStats::peer)
                .map(peer -> peer.id())
                .limit(MAX_LISTED)
                .toList();
        builder.withDetail("message", health.message())
                .withDetail("alive", health.alive())
                .withDetail("all", health.total())
                .withDetail("dead", dead);
        source.problem().ifPresent(problem -> builder.withDetail("degraded", problem));
    }
}
