package io.hamster.cluster.raft;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.server.protocol.TermIndex;
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
 * <p>Ratis answers at once for entries that it has in memory already. A leader may send again what wasn't answered, and
 * so may the next one; the entries can be on their way to the disk then, and a process that is killed loses them together
 * with their acknowledgement. Nor does Ratis wait for the disk with entries that {@linkplain Replacements replaced}
 * others. Here such answers are cut.
 *
 * <p>And what changes the log comes one message at a time: otherwise Ratis would check it against the log and then add it
 * while another stream, of another leader or the same, has changed the log in between.
 */
final class ForcedOnly implements ServerInterceptor {

    /**
     * Held while Ratis takes a message: until its entries are queued, not until they are written, though Ratis may write a
     * new term or a part of a snapshot meanwhile. Heartbeats don't wait for it.
     */
    private final ReentrantLock turn = new ReentrantLock(true);

    private final Replacements replacements;
    private volatile @Nullable RaftLog log;

    ForcedOnly(Replacements replacements) {
        this.replacements = replacements;
    }

    /** Sets the log that entries go to; nobody is served before. */
    void serve(RaftLog entries) {
        log = entries;
    }

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        RaftLog entries = log;
        if (entries == null) {
            call.close(Status.UNAVAILABLE.withDescription("still starting"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        Honest<Q, A> honest = new Honest<>(call, entries);
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
    private final class Honest<Q, A> extends SimpleForwardingServerCall<Q, A> {

        private final RaftLog entries;
        /**
         * Whether the entries of a message weren't in the log yet, by the message's number. Those that Ratis fails are gone
         * with the call, which it closes.
         */
        private final Map<Long, Boolean> unanswered = new ConcurrentHashMap<>();

        private Honest(ServerCall<Q, A> call, RaftLog entries) {
            super(call);
            this.entries = entries;
        }

        private void expect(AppendEntriesRequestProto request) {
            LogEntryProto last = request.getEntries(request.getEntriesCount() - 1);
            boolean isNew = !entries.contains(TermIndex.valueOf(last));
            unanswered.put(request.getServerRequest().getCallId(), isNew);
        }

        @Override
        @SuppressWarnings("unchecked")
        public void sendMessage(A message) {
            super.sendMessage(message instanceof AppendEntriesReplyProto reply ? (A) cut(reply) : message);
        }

        private AppendEntriesReplyProto cut(AppendEntriesReplyProto reply) {
            Boolean isNew = unanswered.remove(reply.getServerReply().getCallId());
            if (isNew == null || reply.getResult() != AppendResult.SUCCESS) {
                return reply;
            }
            long believed = replacements.before();
            long forced = Math.min(believed, entries.getFlushIndex());
            if (reply.getMatchIndex() <= forced) {
                return reply;
            }
            if (isNew) {
                // There is more behind it in the log's queue, or it would be on the disk; that is acknowledged later.
                return reply.toBuilder().setMatchIndex(forced).build();
            }
            // Maybe nothing else is to come: the leader sends the last of it once more.
            AppendEntriesReplyProto.Builder again = reply.toBuilder()
                    .setResult(AppendResult.INCONSISTENCY)
                    .setNextIndex(reply.getMatchIndex())
                    .setMatchIndex(RaftLog.INVALID_LOG_INDEX);
            again.getServerReplyBuilder().setSuccess(false);
            return again.build();
        }
    }
}
