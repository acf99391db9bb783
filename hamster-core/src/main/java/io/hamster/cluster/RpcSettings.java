package io.hamster.cluster;

import java.time.Duration;

/**
 * Bounds of remote calls.
 *
 * @param timeout how long a call that doesn't say waits for its answer; 1 ms to 1 day
 * @param maxPayload the largest argument or result in bytes, encoded; 1 kB to 64 MB
 * @param maxInFlight how many calls made here may be under way at once, 1 to 1 000 000; one more is refused
 * @param concurrency how many calls of one function run here at once; 1 to 10 000. Each function has its own share, so
 *     that a slow one delays no other
 * @param queue how many calls of one function wait here for their turn; 0 to 1 000 000; one more is refused, as is one with
 *     which those that wait would hold more than 16 times {@code maxPayload}
 */
public record RpcSettings(Duration timeout, int maxPayload, int maxInFlight, int concurrency, int queue) {

    /** 3 s; 1 MB; 10 000 calls under way; of each function 16 running and 1000 waiting. */
    public static final RpcSettings DEFAULTS = new RpcSettings(Duration.ofSeconds(3), 1 << 20, 10_000, 16, 1000);

    /**
     * Checks the values.
     *
     * @param timeout how long a call waits
     * @param maxPayload the largest argument or result in bytes
     * @param maxInFlight how many calls may be under way
     * @param concurrency how many calls of one function run at once
     * @param queue how many calls of one function wait
     * @throws ClusterConfigurationException if a value is out of range
     * @throws io.hamster.InvalidExpirationException if the timeout is
     */
    public RpcSettings {
        RemoteCall.requireTimeout("timeout", timeout);
        requireRange("maxPayload", maxPayload, 1 << 10, 64 << 20);
        requireRange("maxInFlight", maxInFlight, 1, 1_000_000);
        requireRange("concurrency", concurrency, 1, 10_000);
        requireRange("queue", queue, 0, 1_000_000);
    }

    long maxQueuedBytes() {
        return 16L * maxPayload;
    }

    private static void requireRange(String what, int value, int min, int max) {
        if (value < min || value > max) {
            throw new ClusterConfigurationException(what + " is " + value + "; give " + min + " to " + max);
        }
    }
}
