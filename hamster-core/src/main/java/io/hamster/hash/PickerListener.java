package io.hamster.hash;

/**
 * Hears of changes in a picker, one at a time and those of a status in their order; should return soon. It is told on the
 * thread that makes or notices a change or, while another thread tells of an earlier one, on that. What it throws is
 * logged and goes no further.
 */
public interface PickerListener {

    /**
     * A peer was declared dead or alive, and wasn't before.
     *
     * @param peer the peer
     * @param alive whether it is alive now
     */
    default void statusChanged(Peer peer, boolean alive) {}

    /**
     * A pick met a dead owner for the first time since that peer died.
     *
     * @param owner the dead owner
     * @param alternative the peer that was picked instead
     */
    default void failedOver(Peer owner, Peer alternative) {}
}
