package io.hamster.cluster.raft;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import org.apache.ratis.thirdparty.io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.ServerCallHandler;
import org.apache.ratis.thirdparty.io.grpc.ServerInterceptor;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Has a follower acknowledge no entry before it is on its disk.
 *
 * <p>Ratis answers at once for entries that it has in memory already. A leader that connects anew, or is another one,
 * sends again what wasn't answered; the entries may be on their way to the disk then, and a process that is killed loses
 * them together with their acknowledgement. Nor does it wait for the disk with entries that replace others. Such answers
 * are cut to what is on the disk by {@link ForcedEntries}.
 *
 * <p>And what changes the log comes one message at a time: otherwise Ratis would check it against the log and then add it
 * while another stream, of another leader or the same, has changed the log in between.
 */
final class ForcedOnly implements ServerInterceptor {

    /** Held while entries are handed to the log, not until they are written. Heartbeats don't wait for it. */
    private final ReentrantLock turn = new ReentrantLock(true);

    private volatile @Nullable ForcedEntries entries;

    /** Sets what vouches for entries; nobody is served before. */
    void by(ForcedEntries log) {
        entries = log;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        ForcedEntries known = entries;
        if (known == null) {
            call.close(Status.UNAVAILABLE.withDescription("still starting"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Honest<Q, A> honest = new Honest<>(call, known);
        return new InTurn<>(next.startCall(honest, headers), honest);
    }

    private final class InTurn<Q> extends SimpleForwardingServerCallListener<Q> {

        private final Honest<Q, ?> call;

        private InTurn(ServerCall.Listener<Q> next, Honest<Q, ?> call) {
            super(next);
            this.call = call;
        }

        @Override
        public void onMessage(Q message) {
            boolean append = message instanceof AppendEntriesRequestProto request && request.getEntriesCount() > 0;
            if (!append && !(message instanceof InstallSnapshotRequestProto)) {
                super.onMessage(message);
                return;
            }
            turn.lock();
            try {
                if (append) {
                    call.expect((AppendEntriesRequestProto) message);
                }
                super.onMessage(message);
            } finally {
                turn.unlock();
            }
        }
    }

    /** Its answers are true. */
    private static final class Honest<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private final ForcedEntries entries;
        /** By the number of the message that they came in; gone with the call where Ratis fails that. */
        private final Map<Long, ForcedEntries.Batch> unanswered = new ConcurrentHashMap<>();

        private Honest(ServerCall<Q, A> call, ForcedEntries entries) {
            super(call);
            this.entries = entries;
        }

        private void expect(AppendEntriesRequestProto request) {
            unanswered.put(
                    request.getServerRequest().getCallId(),
                    entries.handed(request.getLeaderTerm(), request.getEntriesList()));
        }

        @Override
        @SuppressWarnings("unchecked")
        public void sendMessage(A message) {
            super.sendMessage(message instanceof AppendEntriesReplyProto reply ? (A) cut(reply) : message);
        }

        private AppendEntriesReplyProto cut(AppendEntriesReplyProto reply) {
            ForcedEntries.Batch batch = unanswered.remove(reply.getServerReply().getCallId());
            if (batch == null || reply.getResult() != AppendResult.SUCCESS) {
                return reply;
            }
            long last = entries.last(batch);
            if (reply.getMatchIndex() <= last) {
                return reply;
            }
            AppendEntriesReplyProto.Builder cut = reply.toBuilder().setNextIndex(last + 1);
            if (batch.isNew()) {
                // There is more behind it, or it would be on the disk; that will be acknowledged with it.
                return cut.setMatchIndex(last).build();
            }
            // Has the leader send it once more: maybe nothing else is to come.
            cut.getServerReplyBuilder().setSuccess(false);
            return cut.setResult(AppendResult.INCONSISTENCY)
                    .setMatchIndex(RaftLog.INVALID_LOG_INDEX)
                    .build();
        }
    }
}
