package io.hamster.spring.hash;

import java.util.Optional;

/** Whether the place that the peers come from answers; for health. A bean of this type is asked, and never waits. */
@FunctionalInterface
public interface PeerSourceState {

    /**
     * Why the peers may be out of date.
     *
     * @return what is wrong since when, in a sentence; empty if nothing is
     */
    Optional<String> problem();
}
