package io.hamster.cluster;

/**
 * Work that follows leadership. Calls come one at a time and in order; {@link #onStartedLeading} and
 * {@link #onStoppedLeading} strictly alternate, the cluster's close included. A leadership, or a leader, that was over
 * before a busy tracker could be told of it is not told at all: a start never comes late.
 *
 * <p>A callback may block, for instance to work while this node leads; it delays this tracker's later callbacks only.
 * What it throws is logged, and it counts as called. {@link #onStartedLeading} is interrupted as soon as this node no
 * longer leads, any callback if it hasn't returned within the stop timeout of a cluster that closes or resigns.
 */
public interface JobTracker {

    /**
     * Names this tracker in logs.
     *
     * @return the class name unless overridden; that of an anonymous class tells where it is
     */
    default String name() {
        return ClassNames.of(getClass());
    }

    /**
     * This node leads. Whoever works in here for long has to heed its interrupt: others may lead by then.
     *
     * @param term the term it leads in; the fence for effects outside the cluster
     */
    default void onStartedLeading(long term) {}

    /** This node no longer leads. Leadership is handed over once every tracker has returned from here, or too late. */
    default void onStoppedLeading() {}

    /**
     * Whether what this tracker did while this node led has ended. Asked after {@link #onStoppedLeading} has returned: if
     * not, the lease isn't released but runs out, and no other node leads before. Must not block.
     *
     * @return {@code true} unless overridden
     */
    default boolean hasStopped() {
        return true;
    }

    /**
     * This node follows a leader.
     *
     * @param leader the leader's name
     */
    default void onNewLeader(String leader) {}

    /** The leader that {@link #onNewLeader} named is out of reach. */
    default void onReleaseMaster() {}
}
