package io.hamster.cluster.raft;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.proto.RaftProtos.TermIndexProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/** Speaks to a node as its leader would, entry by entry. What isn't answered in time is an error. */
final class WireLeader implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** An entry's place in the log. */
    record At(long term, long index) {

        static final At BEGIN = new At(0, -1);
    }

    private final Peer self;
    private final Peer follower;
    private final UUID group;
    private final ManagedChannel channel;
    private long calls;

    WireLeader(Peer self, Peer follower, UUID group, RaftMember at) {
        this.self = self;
        this.follower = follower;
        this.group = group;
        this.channel = NettyChannelBuilder.forAddress(at.node().host(), at.raftPort())
                .usePlaintext()
                .build();
    }

    Stream stream() {
        return new Stream();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }

    /** One of the streams of a leader; answers to its entries come in their order. */
    final class Stream {

        private final BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        private final StreamObserver<AppendEntriesRequestProto> requests =
                RaftServerProtocolServiceGrpc.newStub(channel).appendEntries(new Answers(answers));

        /**
         * Sends the entries of a term that follow another entry.
         *
         * @param last the index of the last of them
         * @param bytes the size of each
         */
        Stream append(At previous, long term, long last, int bytes) {
            AppendEntriesRequestProto.Builder request = AppendEntriesRequestProto.newBuilder()
                    .setServerRequest(RaftRpcRequestProto.newBuilder()
                            .setRequestorId(id(self))
                            .setReplyId(id(follower))
                            .setRaftGroupId(RaftGroupIdProto.newBuilder()
                                    .setId(RaftGroupId.valueOf(group).toByteString()))
                            .setCallId(calls++))
                    .setLeaderTerm(term)
                    .setLeaderCommit(-1);
            if (!previous.equals(At.BEGIN)) {
                request.setPreviousLog(
                        TermIndexProto.newBuilder().setTerm(previous.term()).setIndex(previous.index()));
            }
            LongStream.rangeClosed(previous.index() + 1, last)
                    .forEach(index -> request.addEntries(entry(term, index, bytes)));
            requests.onNext(request.build());
            return this;
        }

        AppendEntriesReplyProto answer() {
            Object answer;
            try {
                answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            if (answer instanceof AppendEntriesReplyProto reply) {
                return reply;
            }
            throw new AssertionError("Answered with " + answer);
        }

        List<AppendEntriesReplyProto> answers(int count) {
            List<AppendEntriesReplyProto> all = new ArrayList<>();
            while (all.size() < count) {
                all.add(answer());
            }
            return all;
        }
    }

    private static ByteString id(Peer peer) {
        return RaftPeerId.valueOf(peer.id()).toByteString();
    }

    private static LogEntryProto entry(long term, long index, int bytes) {
        return LogEntryProto.newBuilder()
                .setTerm(term)
                .setIndex(index)
                .setStateMachineLogEntry(StateMachineLogEntryProto.newBuilder()
                        .setLogData(UnsafeByteOperations.unsafeWrap(new byte[bytes]))
                        .setClientId(ClientId.randomId().toByteString()))
                .build();
    }

    private record Answers(BlockingQueue<Object> answers) implements StreamObserver<AppendEntriesReplyProto> {

        @Override
        public void onNext(AppendEntriesReplyProto reply) {
            answers.add(reply);
        }

        @Override
        public void onError(Throwable error) {
            answers.add(error);
        }

        @Override
        public void onCompleted() {}
    }
}
