package io.hamster.cluster.raft;

import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.ReadIndexRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.RaftProtos.StartLeaderElectionRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;

/**
 * Lets on the Raft port what voters say to this very voter, and nothing else.
 *
 * <p>Ratis answers whatever reaches its address, be it meant for another voter. A node with a new disk would so be taken
 * for what it was before, acknowledge entries and vote as that, although the disk that had voted is gone.
 *
 * <p>Commands and changes of the members come by messages between nodes, never by Ratis' protocols for clients and
 * administrators, which it serves as well.
 */
final class VotersOnly implements ServerInterceptor {

    private final ByteString self;

    VotersOnly(Peer self) {
        this.self = RaftPeerId.valueOf(self.id()).toByteString();
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (!RaftServerProtocolServiceGrpc.SERVICE_NAME.equals(
                call.getMethodDescriptor().getServiceName())) {
            call.close(Status.PERMISSION_DENIED.withDescription("only voters are served"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return new Addressed<>(call, next.startCall(call, headers));
    }

    /** The voter a message is meant for; empty if that can't be told. */
    private static ByteString addressee(Object message) {
        if (message instanceof AppendEntriesRequestProto append) {
            return append.getServerRequest().getReplyId();
        }
        if (message instanceof RequestVoteRequestProto vote) {
            return vote.getServerRequest().getReplyId();
        }
        if (message instanceof InstallSnapshotRequestProto install) {
            return install.getServerRequest().getReplyId();
        }
        if (message instanceof StartLeaderElectionRequestProto start) {
            return start.getServerRequest().getReplyId();
        }
        if (message instanceof ReadIndexRequestProto read) {
            return read.getServerRequest().getReplyId();
        }
        return ByteString.EMPTY;
    }

    private final class Addressed<Q, A> extends SimpleForwardingServerCallListener<Q> {

        private final ServerCall<Q, A> call;
        private boolean refused;

        private Addressed(ServerCall<Q, A> call, ServerCall.Listener<Q> next) {
            super(next);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            if (refused) {
                return;
            }
            if (addressee(message).equals(self)) {
                super.onMessage(message);
            } else {
                refused = true;
                call.close(Status.FAILED_PRECONDITION.withDescription("meant for another voter"), new Metadata());
            }
        }

        @Override
        public void onHalfClose() {
            if (!refused) {
                super.onHalfClose();
            }
        }
    }
}
