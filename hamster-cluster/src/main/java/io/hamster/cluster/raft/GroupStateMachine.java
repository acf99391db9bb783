package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies entries to the parts and keeps their snapshots. Ratis appends under the lock of its log and applies, takes
 * and loads snapshots on one thread of its own.
 */
final class GroupStateMachine extends BaseStateMachine {

    private static final Logger log = LoggerFactory.getLogger(GroupStateMachine.class);
    private static final byte[] NO_ANSWER = new byte[0];

    private final Map<GroupLog.Part, ReplicatedPart> parts;
    private final Ordering ordering;
    private final Events events;
    private final Sometimes refusals = new Sometimes(log);
    private final TableTime time;
    private final GroupSnapshots snapshots;
    private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
    private final Replacements replacements = new Replacements();
    private volatile RaftServer.@Nullable Division division;
    private volatile long configurationTerm;

    GroupStateMachine(Map<GroupLog.Part, ReplicatedPart> parts, TimeSource clock, Ordering ordering, Events events) {
        this.parts = Map.copyOf(parts);
        this.ordering = ordering;
        this.events = events;
        this.time = new TableTime(clock);
        this.snapshots = new GroupSnapshots(this.parts, time);
    }

    /** What Ratis tells; on any of its threads, and never blocking them. */
    interface Events {

        /** Leader, term or members may have changed. */
        void changed();

        /** The log can't be written any more. */
        void failed(Throwable cause);

        /**
         * A newer release wrote what this one can't read: this node goes no further. Ratis is about to end by itself,
         * and mustn't be closed before {@link #ended}.
         *
         * @param what an entry or a snapshot, as it reads in a sentence
         */
        void outdated(String what, UnknownFormatException cause);

        /** Nothing is applied any more. */
        void ended();
    }

    @Override
    public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage) throws IOException {
        super.initialize(server, groupId, raftStorage);
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            storage.init(raftStorage);
                            load();
                        },
                        IOException.class);
    }

    @Override
    public void pause() {
        getLifeCycle().transition(LifeCycle.State.PAUSING);
        getLifeCycle().transition(LifeCycle.State.PAUSED);
    }

    @Override
    public void reinitialize() throws IOException {
        storage.loadLatestSnapshot();
        getLifeCycle().startAndTransition(this::load, IOException.class);
    }

    /** Told once nothing is applied any more, by whoever ends this. */
    @Override
    public void close() throws IOException {
        super.close();
        events.ended();
    }

    private void load() throws IOException {
        SingleFileSnapshotInfo snapshot = storage.getLatestSnapshot();
        if (snapshot == null) {
            snapshots.reset();
            setLastAppliedTermIndex(TermIndex.INITIAL_VALUE);
            return;
        }
        Path file = snapshot.getFile().getPath();
        try {
            snapshots.read(file);
        } catch (UnknownFormatException e) {
            events.outdated("a snapshot", e);
            throw e;
        }
        setLastAppliedTermIndex(snapshot.getTermIndex());
        log.debug("Loaded snapshot {}", file);
    }

    @Override
    public StateMachineStorage getStateMachineStorage() {
        return storage;
    }

    @Override
    public long takeSnapshot() throws IOException {
        TermIndex last = getLastAppliedTermIndex();
        if (last.getIndex() < 0) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        Path file = storage.getSnapshotFile(last.getTerm(), last.getIndex()).toPath();
        if (!Files.exists(file)) {
            snapshots.write(file);
        }
        MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
        storage.updateLatestSnapshot(
                new SingleFileSnapshotInfo(new FileInfo(file, digest), last.getTerm(), last.getIndex()));
        return last.getIndex();
    }

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) {
        byte[] entry = request.getMessage().getContent().toByteArray();
        // Wrapped, not copied: the stamp goes into these bytes when the entry's place in the log is known.
        TransactionContext transaction = TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setLogData(UnsafeByteOperations.unsafeWrap(entry))
                .setStateMachineContext(entry)
                .build();
        try {
            LogEntry.read(ByteBuffer.wrap(entry), parts);
        } catch (UnknownFormatException e) {
            refusals.warn("An entry wasn't taken into the log: " + e.getMessage()
                    + ". Run the same release of Hamster on all nodes");
            transaction.setException(e);
        }
        return transaction;
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws IOException {
        if (transaction.getStateMachineContext() instanceof byte[] entry) {
            LogEntry.stamp(entry, time, division().getInfo().getCurrentTerm());
        }
        return transaction;
    }

    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        ByteString data = entry.getStateMachineLogEntry().getLogData();
        byte[] answer = apply(entry.getTerm(), entry.getIndex(), read(entry.getIndex(), data));
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        return CompletableFuture.completedFuture(Message.valueOf(UnsafeByteOperations.unsafeWrap(answer)));
    }

    /** Throwing here makes Ratis stop for good, which is what keeps the state from going on without the entry. */
    private LogEntry read(long index, ByteString data) {
        try {
            return LogEntry.read(data.asReadOnlyByteBuffer(), parts);
        } catch (UnknownFormatException e) {
            events.outdated("entry " + index + " of the log", e);
            throw new UncheckedIOException("Entry " + index + " of the log can't be applied: " + e.getMessage(), e);
        }
    }

    private byte[] apply(long term, long index, LogEntry entry) {
        long now = time.apply(entry.stamp());
        ReplicatedPart part = parts.get(entry.part());
        if (part == null) {
            return NO_ANSWER;
        }
        boolean leading = ordering.lasts();
        return part.apply(new ReplicatedPart.Entry(index, term, now, leading), entry.command());
    }

    @Override
    public CompletableFuture<Void> truncate(long first) {
        return replacements.begin(first);
    }

    @Override
    public CompletableFuture<Void> flush(long last) {
        replacements.forcing();
        return super.flush(last);
    }

    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        configurationTerm = term;
        events.changed();
    }

    @Override
    public void notifyLeaderReady() {
        // Ratis gets here right after the configuration that a leader begins its term with.
        long term = configurationTerm;
        ordering.begins(term);
        if (!leads(term)) {
            // It was deposed meanwhile and said so before.
            ordering.ends();
        }
        events.changed();
    }

    private boolean leads(long term) {
        try {
            DivisionInfo info = division().getInfo();
            return info.isLeader() && info.getCurrentTerm() == term;
        } catch (IOException e) {
            log.debug("The group was closed while it made this node its leader", e);
            return false;
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pending) {
        ordering.ends();
        events.changed();
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        events.changed();
    }

    @Override
    public void notifyLogFailed(Throwable cause, @Nullable LogEntryProto entry) {
        events.failed(cause);
    }

    /** Of this log's entries. */
    Replacements replacements() {
        return replacements;
    }

    private RaftServer.Division division() throws IOException {
        RaftServer.Division known = division;
        if (known == null) {
            known = getServer().join().getDivision(getGroupId());
            division = known;
        }
        return known;
    }

    /** For tests: the time of the entry applied last. */
    long tableTime() {
        return time.applied();
    }
}
