package io.hamster.cluster.raft;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;

/**
 * Has a follower acknowledge no entry before it is on its disk.
 *
 * <p>Ratis answers at once for entries that it has in memory already. A leader that connects anew, or is another one,
 * sends again what wasn't answered; the entries may be on their way to the disk then, and a process that is killed loses
 * them together with their acknowledgement. The answer is cut to what is on the disk instead: the leader learns of the
 * rest with the next entry.
 *
 * <p>And Ratis refuses to append on two streams at once, which those of two leaders do, or the old and the new one of the
 * same. Here they take turns.
 */
final class ForcedOnly implements ServerInterceptor {

    /** Held while entries are handed to the log, not until they are written. */
    private final ReentrantLock turn = new ReentrantLock();

    private volatile LongSupplier forced = () -> RaftLog.INVALID_LOG_INDEX;

    /** Sets what tells up to which entry the log is on the disk; until then nothing is. */
    void follow(LongSupplier log) {
        forced = log;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        return new InTurn<>(next.startCall(new Cut<>(call), headers));
    }

    private final class InTurn<Q> extends SimpleForwardingServerCallListener<Q> {

        private InTurn(ServerCall.Listener<Q> next) {
            super(next);
        }

        @Override
        public void onMessage(Q message) {
            if (message instanceof AppendEntriesRequestProto append && append.getEntriesCount() > 0) {
                turn.lock();
                try {
                    super.onMessage(message);
                } finally {
                    turn.unlock();
                }
            } else {
                // A heartbeat mustn't wait for entries.
                super.onMessage(message);
            }
        }
    }

    private final class Cut<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private Cut(ServerCall<Q, A> call) {
            super(call);
        }

        @Override
        @SuppressWarnings("unchecked")
        public void sendMessage(A message) {
            super.sendMessage(
                    message instanceof AppendEntriesReplyProto reply ? (A) cut(reply, forced.getAsLong()) : message);
        }
    }

    private static AppendEntriesReplyProto cut(AppendEntriesReplyProto reply, long forced) {
        return reply.getResult() == AppendResult.SUCCESS && reply.getMatchIndex() > forced
                ? reply.toBuilder()
                        .setMatchIndex(forced)
                        .setNextIndex(forced + 1)
                        .build()
                : reply;
    }
}
