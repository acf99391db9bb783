package io.hamster.spring.cluster;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.spring.HamsterConfigurationException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Properties of a node in a cluster by Raft. By default a new leader is found within some 1.4 s after the old one was
 * killed: the longest election timeout, an election and the lease.
 *
 * @param directory Where this node keeps its votes, its log and its snapshots: a directory on a local disk that outlasts
 *     the process, for this node alone. Required with mode cluster.
 * @param bootstrap Whether this node may found the group if its directory is empty, together with all the other nodes, all
 *     empty as well. To be set for the first start of a group only.
 * @param electionTimeoutMin How long a leader is silent at least before another node stands for election; 50ms to 1m.
 * @param electionTimeoutMax The most of it; longer than the least, at most 1m.
 * @param lease How long a leader leads after its last confirmation was sent. The next one waits until that is over if the
 *     lease wasn't released; 100ms to 1m.
 * @param snapshotEvery After how many entries the state is written and the log before it dropped; 1000 to 10000000.
 */
@ConfigurationProperties("hamster.cluster.raft")
public record HamsterRaftProperties(
        @Nullable String directory,
        @DefaultValue("false") boolean bootstrap,
        @DefaultValue("300ms") Duration electionTimeoutMin,
        @DefaultValue("600ms") Duration electionTimeoutMax,
        @DefaultValue("750ms") Duration lease,
        @DefaultValue("100000") long snapshotEvery) {

    private static final String PREFIX = "hamster.cluster.raft.";
    private static final String DIRECTORY = PREFIX + "directory";

    /**
     * Checks the values.
     *
     * @param directory a path or absent
     * @param bootstrap any
     * @param electionTimeoutMin 50ms to 1m
     * @param electionTimeoutMax longer than the least, at most 1m
     * @param lease 100ms to 1m
     * @param snapshotEvery 1000 to 10000000
     * @throws HamsterConfigurationException if one is out of range
     */
    public HamsterRaftProperties {
        Path any = directory == null ? Path.of("") : path(directory);
        settings(
                any,
                bootstrap,
                electionTimeoutMin,
                electionTimeoutMax,
                lease,
                snapshotEvery,
                RaftSettings.DEFAULT_TIMEOUT);
    }

    /**
     * The settings, for a node that needs them.
     *
     * @param timeout the cluster's
     * @throws HamsterConfigurationException if there is no directory, or the timeout is too short for this mode
     */
    RaftSettings toSettings(Duration timeout) {
        if (directory == null) {
            throw new HamsterConfigurationException(
                    "hamster.cluster.mode is 'cluster', but " + DIRECTORY + " isn't set.",
                    "Set it to a directory on a local disk that outlasts the process, one for each node. A node that loses"
                            + " its votes could vote twice:\n\n    " + DIRECTORY + ": /var/lib/my-application/raft");
        }
        return settings(
                path(directory), bootstrap, electionTimeoutMin, electionTimeoutMax, lease, snapshotEvery, timeout);
    }

    private static Path path(String directory) {
        try {
            if (!directory.isBlank()) {
                return Path.of(directory);
            }
        } catch (InvalidPathException e) {
            throw new HamsterConfigurationException(
                    DIRECTORY + " is '" + directory + "', which is no path: " + e.getReason() + ".",
                    "Give a directory on a local disk.",
                    e);
        }
        throw new HamsterConfigurationException(DIRECTORY + " is empty.", "Give a directory on a local disk.");
    }

    private static RaftSettings settings(
            Path directory,
            boolean bootstrap,
            Duration electionTimeoutMin,
            Duration electionTimeoutMax,
            Duration lease,
            long snapshotEvery,
            Duration timeout) {
        try {
            return new RaftSettings(
                    directory, bootstrap, electionTimeoutMin, electionTimeoutMax, lease, snapshotEvery, timeout);
        } catch (ClusterConfigurationException e) {
            // Core's message begins with its own name of the value, which is the property's in camel case.
            String[] words = String.valueOf(e.getMessage()).split(" ", 2);
            String property = words[0].equals("timeout")
                    ? "hamster.cluster.timeout"
                    : PREFIX + DataObjectPropertyName.toDashedForm(words[0]);
            throw new HamsterConfigurationException(property + " " + words[1] + ".", "Correct the property.", e);
        }
    }
}
