package io.hamster.hash;

/**
 * Whether a picker has enough alive peers.
 *
 * @param status the verdict
 * @param message why, in a sentence
 * @param alive peers that are alive and have virtual nodes, so that they take traffic
 * @param total all peers
 */
public record PickerHealth(Status status, String message, int alive, int total) {

    /** The verdict. */
    public enum Status {
        /** At least the required number of peers is alive. */
        HEALTHY,
        /** Fewer are. */
        UNHEALTHY,
        /** There are no peers to judge. */
        UNKNOWN
    }

    static PickerHealth of(int alive, int total, int required) {
        if (total == 0) {
            return new PickerHealth(Status.UNKNOWN, "No peers are configured", 0, 0);
        }
        String count = alive + " of " + total + " peers are alive and take traffic";
        return alive >= required
                ? new PickerHealth(Status.HEALTHY, count, alive, total)
                : new PickerHealth(Status.UNHEALTHY, count + "; at least " + required + " should", alive, total);
    }
}
