package io.hamster.cluster.raft;

import io.hamster.cluster.raft.LostAcknowledgements.Awaited;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ratis' server with this node's voter and its one group. Calls that Ratis may block in are made on other threads. */
final class RatisNode implements LostAcknowledgements.Node, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RatisNode.class);
    /** Each is given the time of an election. */
    private static final int TRANSFERS = 4;

    private static final long CLOSING_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final long CLOSING_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Peer self;
    private final RaftPeerId id;
    private final RaftGroupId group;
    private final RaftSettings settings;
    private final Ordering ordering;
    /** Whoever closes it too waits for the one who does. */
    private final ReentrantLock closing = new ReentrantLock();

    private final RaftServer server;
    private final RaftServer.Division division;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final AtomicBoolean admitting = new AtomicBoolean();

    /**
     * Starts the server.
     *
     * @param founders the voters the group begins with; none if this node waits to be taken into one
     */
    RatisNode(
            RaftMember member,
            RaftSettings settings,
            Optional<ClusterTls> tls,
            Peer self,
            UUID group,
            List<Peer> founders,
            GroupStateMachine machine,
            Ordering ordering) {
        RatisManners.mind();
        this.self = self;
        this.id = RaftPeerId.valueOf(self.id());
        this.group = RaftGroupId.valueOf(group);
        this.settings = settings;
        this.ordering = ordering;
        Path storage = StartChecks.storage(settings);
        StartChecks.onlyGroup(settings, group);
        StartChecks.port(member);
        ForcedOnly acknowledgements = new ForcedOnly(machine.replacements());
        @Nullable RaftServer built = null;
        try {
            LogTail.mend(storage.resolve(group.toString()));
            built = RaftServer.newBuilder()
                    .setServerId(id)
                    .setGroup(RaftGroup.valueOf(
                            this.group, founders.stream().map(Peer::toRatis).toList()))
                    .setStateMachine(machine)
                    .setProperties(RatisProperties.of(member, settings, storage))
                    .setParameters(RatisProperties.parameters(tls, new VotersOnly(self), acknowledgements))
                    .setOption(RaftStorage.StartupOption.RECOVER)
                    .build();
            built.start();
            this.server = built;
            this.division = built.getDivision(this.group);
            acknowledgements.serve(division.getRaftLog());
        } catch (IOException | RuntimeException e) {
            closeQuietly(built);
            throw StartChecks.refusal(member, settings, e);
        } catch (Error e) {
            // Out of threads, say.
            closeQuietly(built);
            throw e;
        }
    }

    Peer self() {
        return self;
    }

    /** The voters, once they are known. */
    List<Peer> voters() {
        Collection<RaftPeer> peers = division.getRaftConf().getCurrentPeers();
        return peers.stream().map(Peer::of).toList();
    }

    boolean isVoter() {
        return division.getRaftConf().getCurrentPeers().stream()
                .anyMatch(peer -> peer.getId().equals(id));
    }

    /** Where the other voters look for this one, if it isn't there any more: addresses are part of what the group agreed on. */
    Optional<String> formerAddress() {
        List<Peer> voters = voters();
        return voters.size() <= 1
                ? Optional.empty()
                : voters.stream()
                        .filter(voter -> voter.id().equals(self.id()))
                        .map(Peer::address)
                        .filter(address -> !address.equals(self.address()))
                        .findFirst();
    }

    /** Whether the server ended by itself: its voter was replaced by another, or it failed. */
    boolean hasEnded() {
        LifeCycle.State state = division.getInfo().getLifeCycleState();
        return state.isClosingOrClosed() || state == LifeCycle.State.EXCEPTION;
    }

    GroupRole role() {
        DivisionInfo info = division.getInfo();
        if (!info.getLifeCycleState().isRunning()) {
            return GroupRole.OUTSIDE;
        }
        long term = info.getCurrentTerm();
        if (info.isLeader()) {
            return ordering.term() == term ? GroupRole.leading(term) : GroupRole.electing(term);
        }
        RaftPeerId leader = info.getLeaderId();
        return info.isFollower() && leader != null && !leader.equals(id)
                ? GroupRole.following(term, Peer.name(leader.toString()))
                : GroupRole.electing(term);
    }

    /** Proposes an entry here; fails with what Ratis says if this node doesn't lead, or no longer. */
    CompletableFuture<byte[]> submit(byte[] entry) {
        RaftClientRequest request = RaftClientRequest.newBuilder()
                .setClientId(client)
                .setServerId(id)
                .setGroupId(group)
                .setCallId(calls.incrementAndGet())
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        return answered(() -> server.submitClientRequestAsync(request))
                .thenApply(reply -> reply.getMessage().getContent().toByteArray());
    }

    /**
     * Takes a voter in, in place of an earlier incarnation of its node. Fails unless this node leads, and if the earlier
     * incarnation is this node or was heard of just now: then two processes have the same name.
     */
    CompletableFuture<Void> admit(Peer joining) {
        List<Peer> voters = voters();
        if (voters.stream().anyMatch(voter -> voter.id().equals(joining.id()))) {
            return CompletableFuture.completedFuture(null);
        }
        if (!admitting.compareAndSet(false, true)) {
            return CompletableFuture.failedFuture(new IOException("another voter is being taken in"));
        }
        try {
            return replace(voters, joining).whenComplete((done, error) -> admitting.set(false));
        } catch (Throwable e) {
            // Ratis starts threads for whoever joins, and there may be none.
            admitting.set(false);
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletableFuture<Void> replace(List<Peer> voters, Peer joining) {
        List<String> alive = alive();
        if (joining.name().equals(self.name()) || alive.stream().map(Peer::name).anyMatch(joining.name()::equals)) {
            return CompletableFuture.failedFuture(new IOException("node '" + joining.name() + "' is alive as another"
                    + " voter; give each process a name and a directory of its own"));
        }
        List<Peer> next = new ArrayList<>(voters);
        next.removeIf(voter -> voter.name().equals(joining.name()));
        next.add(joining);
        log.info("Taking {} into the group in place of {}", joining, without(voters, next));
        SetConfigurationRequest.Arguments arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInCurrentConf(toRatis(voters))
                .setServersInNewConf(toRatis(next))
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .build();
        SetConfigurationRequest request =
                new SetConfigurationRequest(client, id, group, calls.incrementAndGet(), arguments);
        return answered(() -> server.setConfigurationAsync(request)).thenApply(reply -> null);
    }

    /**
     * Hands leadership to another voter that was heard of just now, or gives it up if none takes it; fails if none is in
     * reach.
     */
    CompletableFuture<Void> transfer() {
        return transfer(0);
    }

    private CompletableFuture<Void> transfer(int attempt) {
        // Anew each time: whoever was behind may have caught up, and whoever was there may be gone.
        List<String> successors = alive();
        if (successors.isEmpty()) {
            return CompletableFuture.failedFuture(new IOException("no other voter of the group is in reach"));
        }
        String successor = successors.get(attempt % successors.size());
        return transferTo(RaftPeerId.valueOf(successor)).exceptionallyCompose(error -> {
            log.debug("{} couldn't hand leadership to {}", self, successor, error);
            return attempt + 1 < TRANSFERS ? transfer(attempt + 1) : stepDown();
        });
    }

    /** After a transfer that failed at once, Ratis takes no more entries until there has been another election. */
    private CompletableFuture<Void> stepDown() {
        return transferTo(null);
    }

    /** A successor that is {@code null} leaves it to an election. */
    private CompletableFuture<Void> transferTo(@Nullable RaftPeerId successor) {
        TransferLeadershipRequest request = new TransferLeadershipRequest(
                client,
                id,
                group,
                calls.incrementAndGet(),
                successor,
                settings.electionTimeoutMin().toMillis());
        return answered(() -> server.transferLeadershipAsync(request)).thenApply(reply -> null);
    }

    /** Has the other voters connected to anew, unless this node leads them: then Ratis takes care of that. */
    void reconnect() {
        for (Peer voter : voters()) {
            if (!voter.equals(self) && !division.getInfo().isLeader()) {
                log.debug("{} knows of no leader and connects to {} anew", self, voter);
                server.getServerRpc()
                        .handleException(RaftPeerId.valueOf(voter.id()), new IOException("no leader is known"), true);
            }
        }
    }

    @Override
    public Optional<Awaited> awaited() {
        DivisionInfo info = division.getInfo();
        if (!info.getLifeCycleState().isRunning() || !info.isLeader() || info.isLeaderReady()) {
            return Optional.empty();
        }
        long[] matches = info.getFollowerMatchIndices();
        long[] nexts = info.getFollowerNextIndices();
        LogFront front = front();
        TermIndex last = front.last();
        if (matches == null || nexts == null || last == null || !front.takesOthers()) {
            return Optional.empty();
        }
        long lately = settings.electionTimeoutMax().toMillis();
        return Followers.anyOwesAnswer(answers(info), matches, nexts, last.getIndex(), lately)
                ? Optional.of(new Awaited(
                        front.term(),
                        last.getIndex(),
                        Arrays.stream(matches).boxed().toList()))
                : Optional.empty();
    }

    @Override
    public boolean hasAgreed() {
        return division.getInfo().getLifeCycleState().isRunning() && front().isAgreed();
    }

    private LogFront front() {
        long term = division.getInfo().getCurrentTerm();
        RaftLog entries = division.getRaftLog();
        return new LogFront(
                term,
                entries.getLastEntryTermIndex(),
                entries.getTermIndex(entries.getLastCommittedIndex()),
                entries.getFlushIndex());
    }

    @Override
    public void startOver(Awaited inVain) {
        if (awaited().filter(inVain::equals).isEmpty()) {
            return;
        }
        log.warn(
                "{} was elected in term {} and has waited long for its first entry to be acknowledged; having another"
                        + " election",
                self,
                inVain.term());
        stepDown().exceptionally(error -> {
            log.debug("{} couldn't give leadership up", self, error);
            return null;
        });
    }

    private static List<ServerRpcProto> answers(DivisionInfo info) {
        return info.getRoleInfoProto().getLeaderInfo().getFollowerInfoList();
    }

    /** The other voters that answered this leader lately, those first that could lead at once. */
    private List<String> alive() {
        DivisionInfo info = division.getInfo();
        return Followers.successors(
                answers(info),
                info.getFollowerMatchIndices(),
                settings.electionTimeoutMax().toMillis());
    }

    @Override
    public void close() {
        closing.lock();
        try {
            closeQuietly(server);
            ordering.ends();
            awaitClosed();
        } finally {
            closing.unlock();
        }
    }

    /** A server that ended by itself closes on a thread of its own, and keeps the directory until then. */
    private void awaitClosed() {
        long deadline = System.nanoTime() + CLOSING_NANOS;
        while (division.getInfo().getLifeCycleState() == LifeCycle.State.CLOSING
                && System.nanoTime() - deadline < 0
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(CLOSING_LOOK_NANOS);
        }
        if (division.getInfo().getLifeCycleState() == LifeCycle.State.CLOSING) {
            log.warn("{} hasn't closed yet; its directory may be in use for a while", self);
        }
    }

    private static CompletableFuture<RaftClientReply> answered(Call call) {
        CompletableFuture<RaftClientReply> reply;
        try {
            reply = call.send();
        } catch (IOException | RuntimeException | OutOfMemoryError e) {
            // The error is what is thrown where there is no thread.
            return CompletableFuture.failedFuture(e);
        }
        return reply.thenCompose(answer -> answer.isSuccess()
                ? CompletableFuture.completedFuture(answer)
                : CompletableFuture.failedFuture(answer.getException()));
    }

    @FunctionalInterface
    private interface Call {
        CompletableFuture<RaftClientReply> send() throws IOException;
    }

    private static List<RaftPeer> toRatis(List<Peer> peers) {
        return peers.stream().map(Peer::toRatis).toList();
    }

    private static List<Peer> without(List<Peer> all, List<Peer> some) {
        return all.stream().filter(peer -> !some.contains(peer)).toList();
    }

    /** For tests. */
    RaftLog raftLog() {
        return division.getRaftLog();
    }

    private static void closeQuietly(@Nullable RaftServer server) {
        if (server == null) {
            return;
        }
        try {
            server.close();
        } catch (IOException | RuntimeException | Error e) {
            log.warn("Ratis failed to close", e);
        }
    }
}
