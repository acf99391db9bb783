package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Settings of a node of the group. The defaults find a new leader within {@code electionTimeoutMax + lease} and an
 * election, some 1.4 s, after the leader was killed.
 *
 * @param directory where votes, log and snapshots are kept; this node's alone
 * @param bootstrap whether a node with an empty directory may found the group, with all the others, all empty as well
 * @param electionTimeoutMin how long a leader is silent at least before another stands for election; 50 ms to 1 min
 * @param electionTimeoutMax the most of it, above the minimum
 * @param lease how long a leader leads after its last confirmation was sent; if it wasn't released, the next one waits
 *     for it from when that confirmation came to it; 100 ms to 1 min
 * @param snapshotEvery after how many entries the state is written and the log before it dropped; 1000 to 10 000 000
 * @param timeout how long a silent member counts as alive, and a start with an empty directory waits for a member that
 *     knows the group; 500 ms to 1 h
 */
public record RaftSettings(
        Path directory,
        boolean bootstrap,
        Duration electionTimeoutMin,
        Duration electionTimeoutMax,
        Duration lease,
        long snapshotEvery,
        Duration timeout) {

    /** 300 to 600 ms. */
    public static final Duration DEFAULT_ELECTION_TIMEOUT_MIN = Duration.ofMillis(300);

    /** The most of the default election timeout. */
    public static final Duration DEFAULT_ELECTION_TIMEOUT_MAX = Duration.ofMillis(600);

    /** 750 ms. */
    public static final Duration DEFAULT_LEASE = Duration.ofMillis(750);

    /** 100 000 entries. */
    public static final long DEFAULT_SNAPSHOT_EVERY = 100_000;

    /** 10 s. */
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(10);

    /**
     * Checks the values.
     *
     * @param directory where votes, log and snapshots are kept
     * @param bootstrap whether an empty node may found the group
     * @param electionTimeoutMin the least election timeout
     * @param electionTimeoutMax the most
     * @param lease the leader's lease
     * @param snapshotEvery entries between snapshots
     * @param timeout how long a silent member counts as alive
     * @throws ClusterConfigurationException if a value is out of range
     */
    public RaftSettings {
        requireRange("electionTimeoutMin", electionTimeoutMin, Duration.ofMillis(50), Duration.ofMinutes(1));
        requireRange("electionTimeoutMax", electionTimeoutMax, electionTimeoutMin, Duration.ofMinutes(1));
        if (electionTimeoutMax.equals(electionTimeoutMin)) {
            throw new ClusterConfigurationException(
                    "electionTimeoutMax is " + electionTimeoutMax
                            + ", no more than the minimum; leave room between them, so that nodes don't stand for election at once");
        }
        requireRange("lease", lease, Duration.ofMillis(100), Duration.ofMinutes(1));
        requireRange("timeout", timeout, Duration.ofMillis(500), Duration.ofHours(1));
        if (snapshotEvery < 1000 || snapshotEvery > 10_000_000) {
            throw new ClusterConfigurationException("snapshotEvery is " + snapshotEvery + "; give 1000 to 10000000");
        }
    }

    /**
     * The defaults.
     *
     * @param directory where votes, log and snapshots are kept
     * @param bootstrap whether an empty node may found the group
     * @return settings with the default of everything else
     */
    public static RaftSettings of(Path directory, boolean bootstrap) {
        return new RaftSettings(
                directory,
                bootstrap,
                DEFAULT_ELECTION_TIMEOUT_MIN,
                DEFAULT_ELECTION_TIMEOUT_MAX,
                DEFAULT_LEASE,
                DEFAULT_SNAPSHOT_EVERY,
                DEFAULT_TIMEOUT);
    }

    private static void requireRange(String what, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new ClusterConfigurationException(what + " is " + value + "; give " + min + " to " + max);
        }
    }
}
