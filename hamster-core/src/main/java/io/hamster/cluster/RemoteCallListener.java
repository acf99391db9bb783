package io.hamster.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Watches remote calls, on both sides: the seam for meters and tracing. What it throws is logged and changes nothing.
 * Thread-safe.
 */
public interface RemoteCallListener {

    /**
     * A call is about to be made. Runs on the calling thread.
     *
     * @param node the called node's name
     * @param function the called function
     * @param headers what travels with the call; mutable. A W3C {@code traceparent}, or else a B3 header, gives the
     *     call its trace id
     * @return told once how it went
     */
    default Outgoing calling(String node, String function, Map<String, String> headers) {
        return (took, error) -> {};
    }

    /**
     * A function is about to run here. Runs on the thread that runs it.
     *
     * @param caller the calling node's name
     * @param function the called function
     * @param headers what travelled with the call
     * @return told once how it went, on the same thread
     */
    default Incoming running(String caller, String function, Map<String, String> headers) {
        return error -> {};
    }

    /** A call under way. */
    @FunctionalInterface
    interface Outgoing {

        /**
         * The call is over.
         *
         * @param took from when it was made
         * @param error what went wrong, often a {@link ClusterException}; empty if nothing did
         */
        void finished(Duration took, Optional<Throwable> error);
    }

    /** A function that runs. */
    @FunctionalInterface
    interface Incoming {

        /**
         * The function has ended.
         *
         * @param error what it threw; empty if nothing
         */
        void finished(Optional<Throwable> error);
    }
}
