package io.hamster.cluster;

/**
 * Work that a {@link DefaultJobTracker} repeats: one kind on the leader, another on its followers. The callbacks come
 * before the first and after the last run of their kind.
 */
public interface Caller {

    /**
     * Runs on the leader, repeatedly. Interrupted when leadership is lost.
     *
     * @throws Exception whatever went wrong; logged, and the next run comes as usual
     */
    default void masterCall() throws Exception {}

    /**
     * Runs on followers, repeatedly. Interrupted when the leader changes.
     *
     * @param leader the leader's name
     * @throws Exception whatever went wrong; logged, and the next run comes as usual
     */
    default void slaverCall(String leader) throws Exception {}

    /**
     * This node leads; {@link #masterCall} is about to begin.
     *
     * @param term the term it leads in
     */
    default void onStartedLeading(long term) {}

    /** This node no longer leads; {@link #masterCall} has ended, or didn't within the tracker's stop timeout. */
    default void onStoppedLeading() {}

    /**
     * This node follows a leader; {@link #slaverCall} is about to begin.
     *
     * @param leader the leader's name
     */
    default void onNewLeader(String leader) {}

    /** The leader is out of reach; {@link #slaverCall} has ended, or didn't within the tracker's stop timeout. */
    default void onReleaseMaster() {}
}
