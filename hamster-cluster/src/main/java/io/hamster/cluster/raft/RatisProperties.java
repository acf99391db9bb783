package io.hamster.cluster.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** Ratis' settings. Its defaults already make votes and log durable, ask before standing, and refuse a damaged log. */
final class RatisProperties {

    /** The largest command; a batch of them still fits into a message. */
    static final int MAX_COMMAND_BYTES = 1 << 20;

    /** How many proposals may wait for a majority at once. */
    static final int MAX_PENDING = 4096;

    private static final SizeInBytes BATCH = SizeInBytes.valueOf("4MB");
    private static final SizeInBytes MESSAGE = SizeInBytes.valueOf("16MB");
    private static final SizeInBytes SEGMENT = SizeInBytes.valueOf("4MB");
    private static final SizeInBytes CHUNK = SizeInBytes.valueOf("1MB");
    private static final int TRIES_PER_ELECTION = 3;
    private static final Duration LONGEST_TRY = Duration.ofSeconds(1);
    private static final Duration LEAST_STEP_DOWN = Duration.ofSeconds(1);

    private RatisProperties() {}

    static RaftProperties of(RaftMember self, RaftSettings settings, Path storage) {
        RaftProperties properties = new RaftProperties();
        // Clients and administrators, whom nobody serves, share the servers' address; Ratis would listen on all
        // otherwise.
        GrpcConfigKeys.Server.setHost(properties, self.node().host());
        GrpcConfigKeys.Server.setPort(properties, self.raftPort());
        GrpcConfigKeys.Client.setHost(properties, self.node().host());
        GrpcConfigKeys.Client.setPort(properties, self.raftPort());
        GrpcConfigKeys.Admin.setHost(properties, self.node().host());
        GrpcConfigKeys.Admin.setPort(properties, self.raftPort());
        GrpcConfigKeys.setMessageSizeMax(properties, MESSAGE);

        RaftServerConfigKeys.setStorageDir(properties, List.of(storage.toFile()));
        RaftServerConfigKeys.setRemovedGroupsDir(
                properties, storage.resolveSibling("removed").toFile());
        elections(properties, settings);
        log(properties);
        followers(properties, settings);
        snapshots(properties, settings);

        RaftServerConfigKeys.Write.setElementLimit(properties, MAX_PENDING);
        // Every proposal has an id of its own and is never sent twice.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, duration(Duration.ofSeconds(2)));
        return properties;
    }

    static Parameters parameters(Optional<ClusterTls> tls, VotersOnly voters, ForcedOnly acknowledgements) {
        Parameters parameters = new Parameters();
        // The one that is added last is asked first.
        GrpcConfigKeys.Server.setServicesCustomizer(
                parameters,
                (builder, types) -> builder.intercept(acknowledgements).intercept(voters));
        tls.ifPresent(with -> {
            GrpcTlsConfig config = new GrpcTlsConfig(with.keys(), with.trust(), true);
            GrpcConfigKeys.TLS.setConf(parameters, config);
            GrpcConfigKeys.Server.setTlsConf(parameters, config);
            GrpcConfigKeys.Client.setTlsConf(parameters, config);
            GrpcConfigKeys.Admin.setTlsConf(parameters, config);
        });
        return parameters;
    }

    private static void elections(RaftProperties properties, RaftSettings settings) {
        TimeDuration min = duration(settings.electionTimeoutMin());
        TimeDuration max = duration(settings.electionTimeoutMax());
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, max);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, min);
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, max);
        Duration stepDown = settings.electionTimeoutMax().multipliedBy(2);
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(
                properties, duration(stepDown.compareTo(LEAST_STEP_DOWN) < 0 ? LEAST_STEP_DOWN : stepDown));
        // A process that was paused for a minute is expected to go on, not to leave the group.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(36_500, TimeUnit.DAYS));
    }

    private static void log(RaftProperties properties) {
        RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SEGMENT);
        RaftServerConfigKeys.Log.setPreallocatedSize(properties, SEGMENT);
        RaftServerConfigKeys.Log.setCorruptionPolicy(properties, RaftServerConfigKeys.Log.CorruptionPolicy.EXCEPTION);
        // Left on, a follower acknowledges entries that it hasn't got: those that come with one it is just writing.
        RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
        RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, BATCH);
        RaftServerConfigKeys.Log.Appender.setSnapshotChunkSizeMax(properties, CHUNK);
        // A node that is away gets a snapshot; the log mustn't grow for as long as it is.
        RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    }

    private static void followers(RaftProperties properties, RaftSettings settings) {
        // A node that is back needs to hear from its leader some three times until it is up to date, and more often
        // than it would stand for election. By default it is tried every 5 s after half a minute's absence.
        long pause =
                Math.min(LONGEST_TRY.toMillis(), settings.electionTimeoutMin().toMillis() / TRIES_PER_ELECTION);
        // Each try of a node that can't be reached counts twice. What follows after minutes goes on for ever.
        RaftServerConfigKeys.Log.Appender.setRetryPolicy(
                properties,
                "1ms,10," + Math.max(1, pause) + "ms,6000," + LONGEST_TRY.toMillis() + "ms," + Integer.MAX_VALUE);
    }

    private static void snapshots(RaftProperties properties, RaftSettings settings) {
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, true);
        RaftServerConfigKeys.Snapshot.setAutoTriggerThreshold(properties, settings.snapshotEvery());
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
    }

    static TimeDuration duration(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
