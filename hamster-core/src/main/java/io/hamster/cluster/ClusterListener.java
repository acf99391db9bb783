package io.hamster.cluster;

/** Learns of every {@link ClusterEvent}, one at a time and in order. */
@FunctionalInterface
public interface ClusterListener {

    /**
     * Takes an event. A slow or throwing listener delays no other; one that falls 1000 events behind misses the
     * newest until it catches up, and a warning says so.
     *
     * @param event what happened
     */
    void onEvent(ClusterEvent event);
}
