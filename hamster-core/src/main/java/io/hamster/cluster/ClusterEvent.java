package io.hamster.cluster;

import java.time.Instant;

/**
 * A change of this node's place in its cluster. Elections alternate: an {@link ElectionStart}, then an
 * {@link ElectionFinish}, then {@link SignMaster} or {@link SignFollower}. Each {@link SignMaster} is followed by
 * exactly one {@link StopMaster} before the next.
 */
public sealed interface ClusterEvent {

    /**
     * When it was noticed.
     *
     * @return wall-clock time of this node
     */
    Instant at();

    /**
     * The term it belongs to.
     *
     * @return the term known at that moment
     */
    long term();

    /**
     * The cluster was started.
     *
     * @param at when it was noticed
     * @param term the last term known
     */
    record StartUp(Instant at, long term) implements ClusterEvent {}

    /**
     * There is no leader as far as this node knows.
     *
     * @param at when it was noticed
     * @param term the last term known
     */
    record ElectionStart(Instant at, long term) implements ClusterEvent {}

    /**
     * There is a leader.
     *
     * @param at when it was noticed
     * @param term the leader's term
     * @param leader the leader's name
     */
    record ElectionFinish(Instant at, long term, String leader) implements ClusterEvent {}

    /**
     * This node leads.
     *
     * @param at when it was noticed
     * @param term the term it leads in
     */
    record SignMaster(Instant at, long term) implements ClusterEvent {}

    /**
     * This node no longer leads.
     *
     * @param at when it was noticed
     * @param term the term it led in
     * @param cause why it no longer leads
     */
    record StopMaster(Instant at, long term, Cause cause) implements ClusterEvent {

        /** Why a leader no longer leads. */
        public enum Cause {
            /** The elector said that another leads, or that nobody does. */
            DEPOSED,
            /** The lease ran out before it was confirmed again: a pause, a lost network, a lost quorum. */
            LEASE_EXPIRED,
            /** {@link Cluster#resign()} or {@link Cluster#withdraw()}. */
            RESIGNED,
            /** {@link Cluster#close()}. */
            CLOSED
        }
    }

    /**
     * This node follows another.
     *
     * @param at when it was noticed
     * @param term the leader's term
     * @param leader the leader's name
     */
    record SignFollower(Instant at, long term, String leader) implements ClusterEvent {}

    /**
     * The leader that this node followed is out of reach, or has stepped down with no successor yet.
     *
     * @param at when it was noticed
     * @param term the term it led in
     * @param leader its name
     */
    record ReleaseMaster(Instant at, long term, String leader) implements ClusterEvent {}

    /**
     * The cluster was closed.
     *
     * @param at when it was noticed
     * @param term the last term known
     */
    record Close(Instant at, long term) implements ClusterEvent {}
}
