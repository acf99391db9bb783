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

    /**
     * Whether the place answers, if only that it has no usable peer. One that does has no part in this instance's health,
     * whatever its {@link #problem()}: a registry that lists instances by their health would never list any of a service
     * that is down for want of them.
     *
     * @return false if it fails, or takes too long; by default whenever there is a problem
     */
    default boolean isAnswering() {
        return problem().isEmpty();
    }
}
