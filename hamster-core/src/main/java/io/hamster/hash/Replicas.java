package io.hamster.hash;

/**
 * How many virtual nodes a peer of weight 100 gets: a fixed number, or one that follows the number of peers. Immutable.
 */
public final class Replicas {

    private static final int MAX = 1000;
    private static final int AUTO = 0;

    private final int count;

    private Replicas(int count) {
        this.count = count;
    }

    /**
     * A fixed number.
     *
     * @param count 1 to 1000; more spread the load more evenly and use more memory
     * @return that many
     * @throws InvalidReplicasException if the number is out of range
     */
    public static Replicas of(int count) {
        if (count < 1 || count > MAX) {
            throw new InvalidReplicasException(
                    "Replicas must be from 1 to " + MAX + " or auto, but were " + count + "; 150 suits most");
        }
        return new Replicas(count);
    }

    /**
     * 300 up to 3 peers, 150 up to 10, else 100. When the number of peers passes one of these limits, every peer's
     * number of points changes and more keys move than one peer's.
     *
     * @return a number that follows the number of peers
     */
    public static Replicas auto() {
        return new Replicas(AUTO);
    }

    /**
     * Reads a configured value.
     *
     * @param text a number from 1 to 1000, or {@code auto}
     * @return what it says
     * @throws InvalidReplicasException if it is anything else
     */
    public static Replicas parse(String text) {
        String trimmed = text.trim();
        if (trimmed.equalsIgnoreCase("auto")) {
            return auto();
        }
        try {
            return of(Integer.parseInt(trimmed));
        } catch (NumberFormatException e) {
            throw new InvalidReplicasException(
                    "Replicas must be from 1 to " + MAX + " or auto, but were '" + text + "'; 150 suits most");
        }
    }

    /**
     * The number for a ring.
     *
     * @param peers how many peers with a weight above 0 it has
     * @return 1 to 1000
     */
    public int forPeers(int peers) {
        if (count != AUTO) {
            return count;
        }
        if (peers <= 3) {
            return 300;
        }
        return peers <= 10 ? 150 : 100;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Replicas that && count == that.count;
    }

    @Override
    public int hashCode() {
        return count;
    }

    @Override
    public String toString() {
        return count == AUTO ? "auto" : Integer.toString(count);
    }
}
