package io.hamster.cluster.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc.RaftServerProtocolServiceImplBase;
import org.apache.ratis.thirdparty.io.grpc.Server;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyServerBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/**
 * A voter that speaks Raft's protocol: it votes for whoever asks and takes whatever entries come, but breaks the
 * connection once before it acknowledges some of them.
 */
final class WireFollower implements AutoCloseable {

    private static final long NONE = -1;

    private final long losesAfter;
    private final Server server;
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong last = new AtomicLong(NONE);
    private volatile long lostTerm = NONE;

    /** Loses the first ones. */
    WireFollower(RaftMember at) {
        this(at, 0);
    }

    /**
     * Loses some later ones.
     *
     * @param acknowledged how often it takes entries before
     */
    WireFollower(RaftMember at, int acknowledged) {
        this.losesAfter = acknowledged;
        try {
            this.server = NettyServerBuilder.forAddress(
                            new InetSocketAddress(at.node().host(), at.raftPort()))
                    .addService(new Voter())
                    .build()
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean hasLost() {
        return lostTerm != NONE;
    }

    /** The term of the entries that it didn't acknowledge. */
    long lostTerm() {
        if (!hasLost()) {
            throw new IllegalStateException("No entry has come yet");
        }
        return lostTerm;
    }

    @Override
    public void close() {
        server.shutdownNow();
    }

    private static RaftRpcReplyProto to(RaftRpcRequestProto request) {
        return RaftRpcReplyProto.newBuilder()
                .setRequestorId(request.getRequestorId())
                .setReplyId(request.getReplyId())
                .setRaftGroupId(request.getRaftGroupId())
                .setCallId(request.getCallId())
                .setSuccess(true)
                .build();
    }

    private final class Voter extends RaftServerProtocolServiceImplBase {

        @Override
        public void requestVote(RequestVoteRequestProto request, StreamObserver<RequestVoteReplyProto> answers) {
            answers.onNext(RequestVoteReplyProto.newBuilder()
                    .setServerReply(to(request.getServerRequest()))
                    .setTerm(request.getCandidateTerm())
                    .build());
            answers.onCompleted();
        }

        @Override
        public StreamObserver<AppendEntriesRequestProto> appendEntries(
                StreamObserver<AppendEntriesReplyProto> answers) {
            return new Entries(answers);
        }
    }

    private final class Entries implements StreamObserver<AppendEntriesRequestProto> {

        private final StreamObserver<AppendEntriesReplyProto> answers;

        private Entries(StreamObserver<AppendEntriesReplyProto> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(AppendEntriesRequestProto request) {
            int count = request.getEntriesCount();
            long end = count == 0 ? last.get() : request.getEntries(count - 1).getIndex();
            last.set(end);
            if (count > 0 && taken.getAndIncrement() == losesAfter) {
                lostTerm = request.getLeaderTerm();
                answers.onError(Status.UNAVAILABLE.asRuntimeException());
                return;
            }
            answers.onNext(AppendEntriesReplyProto.newBuilder()
                    .setServerReply(to(request.getServerRequest()))
                    .setTerm(request.getLeaderTerm())
                    .setResult(AppendResult.SUCCESS)
                    .setNextIndex(end + 1)
                    .setMatchIndex(count == 0 ? NONE : end)
                    .setFollowerCommit(Math.min(end, request.getLeaderCommit()))
                    .setIsHearbeat(count == 0)
                    .build());
        }

        @Override
        public void onError(Throwable error) {
            // The leader is gone, or has connected anew.
        }

        @Override
        public void onCompleted() {
            answers.onCompleted();
        }
    }
}
