package io.hamster.cluster.raft;

import io.hamster.cluster.ClusterConfigurationException;
import io.hamster.file.DirectoryLock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.ratis.io.CorruptedFileException;
import org.apache.ratis.protocol.exceptions.ChecksumException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what is wrong before Ratis does, and what to do about what Ratis found. */
final class StartChecks {

    private static final Logger log = LoggerFactory.getLogger(StartChecks.class);

    private StartChecks() {}

    static Path storage(RaftSettings settings) {
        return settings.directory().resolve("raft");
    }

    static void directory(RaftSettings settings) {
        Path directory = settings.directory();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new ClusterConfigurationException("The directory " + directory + " can't be made (" + e
                    + "); give one that this process may write to");
        }
        if (!Files.isWritable(directory)) {
            throw new ClusterConfigurationException(
                    "The directory " + directory + " can't be written to; give one that this process may write to");
        }
    }

    static DirectoryLock lock(Path directory) {
        try {
            return DirectoryLock.take(directory)
                    .orElseThrow(() -> new ClusterConfigurationException("The directory " + directory
                            + " is used by another process or group; give each node a directory of its own"));
        } catch (IOException e) {
            throw new ClusterConfigurationException("The directory " + directory + " can't be locked (" + e
                    + "); give one that this process may write to");
        }
    }

    /** Whether there is a log, be it anybody's. */
    static boolean hasLog(RaftSettings settings) {
        return !groups(settings).isEmpty();
    }

    /** Ratis would open whatever group it finds. */
    static void onlyGroup(RaftSettings settings, UUID group) {
        for (Path found : groups(settings)) {
            if (!found.getFileName().toString().equals(group.toString())) {
                throw new ClusterConfigurationException("The directory " + settings.directory()
                        + " has the log of another group than " + group
                        + "; empty it to let the node join as a new member");
            }
        }
    }

    private static List<Path> groups(RaftSettings settings) {
        Path storage = storage(settings);
        if (!Files.isDirectory(storage)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(storage)) {
            return files.filter(Files::isDirectory).toList();
        } catch (IOException e) {
            throw new ClusterConfigurationException(
                    "The directory " + storage + " can't be read (" + e + "); make it readable for this process");
        }
    }

    /** Ratis would exit the JVM, and only once everything else is running. */
    static void port(RaftMember member) {
        String host = member.node().host();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(host, member.raftPort()));
        } catch (IOException e) {
            throw new ClusterConfigurationException("Node '" + member.name() + "' can't listen on " + host + ":"
                    + member.raftPort() + " (" + e.getMessage()
                    + "); give an address of this machine and a Raft port that is free");
        }
    }

    static ClusterConfigurationException refusal(RaftMember member, RaftSettings settings, Exception error) {
        log.debug("Ratis refused to start", error);
        if (isDamage(error)) {
            return new ClusterConfigurationException("The log or snapshot of node '" + member.name() + "' in "
                    + settings.directory() + " is damaged (" + rootMessage(error)
                    + "); it won't be used, since entries may be missing. Empty that directory and start again: the"
                    + " node rejoins as a new member while a majority of the others is running");
        }
        return new ClusterConfigurationException("Node '" + member.name() + "' couldn't start Raft in "
                + settings.directory() + " on " + member.node().host() + ":" + member.raftPort() + ": "
                + rootMessage(error));
    }

    private static boolean isDamage(@Nullable Throwable error) {
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof ChecksumException
                    || cause instanceof CorruptedFileException
                    || cause instanceof LogTail.LogDamagedException
                    || cause instanceof GroupSnapshots.SnapshotDamagedException
                    || String.valueOf(cause.getMessage()).startsWith("Failed to read segment file")) {
                return true;
            }
        }
        return false;
    }

    private static String rootMessage(Throwable error) {
        Throwable root = error;
        for (Throwable cause = error.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        return String.valueOf(root);
    }
}
