package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcReplyProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.apache.ratis.thirdparty.io.grpc.Status;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ForcedOnlyTests {

    private final Replacements replacements = new Replacements();
    private final ForcedOnly interceptor = new ForcedOnly(replacements);
    private final Network network = new Network();
    private long inMemory = -1;
    private long forced = -1;
    private ServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto> answers;
    private ServerCall.Listener<AppendEntriesRequestProto> requests;

    @BeforeEach
    void serve() {
        interceptor.serve((RaftLog) Proxy.newProxyInstance(
                RaftLog.class.getClassLoader(),
                new Class<?>[] {RaftLog.class},
                (proxy, method, args) -> switch (method.getName()) {
                    case "getFlushIndex" -> forced;
                    case "contains" -> ((TermIndex) args[0]).getIndex() <= inMemory;
                    default -> throw new UnsupportedOperationException(method.getName());
                }));
        requests = interceptor.interceptCall(network, new Metadata(), (call, headers) -> {
            answers = call;
            return new ServerCall.Listener<>() {};
        });
    }

    @Test
    void acknowledgesWhatIsForced() {
        append(1, 0, 3);
        forced = 3;

        assertThat(answer(1, 3)).returns(AppendResult.SUCCESS, AppendEntriesReplyProto::getResult);
        assertThat(network.sent).last().returns(3L, AppendEntriesReplyProto::getMatchIndex);
    }

    @Test
    void cutsWhatIsStillBeingWritten() {
        append(1, 0, 3);
        forced = 1;

        assertThat(answer(1, 3))
                .returns(AppendResult.SUCCESS, AppendEntriesReplyProto::getResult)
                .returns(1L, AppendEntriesReplyProto::getMatchIndex);
    }

    @Test
    void asksForTheLastAgainOfWhatCameAgain() {
        append(1, 0, 3);
        append(2, 0, 3);
        forced = 1;

        assertThat(answer(2, 3))
                .returns(AppendResult.INCONSISTENCY, AppendEntriesReplyProto::getResult)
                .returns(-1L, AppendEntriesReplyProto::getMatchIndex)
                .returns(3L, AppendEntriesReplyProto::getNextIndex)
                .returns(false, reply -> reply.getServerReply().getSuccess());

        append(3, 3, 3);
        forced = 3;
        assertThat(answer(3, 3))
                .returns(AppendResult.SUCCESS, AppendEntriesReplyProto::getResult)
                .returns(3L, AppendEntriesReplyProto::getMatchIndex);
    }

    @Test
    void believesNoCountOfWhatIsBeingReplaced() {
        append(1, 0, 9);
        forced = 9;
        replacements.begin(2);
        append(2, 2, 5);

        assertThat(answer(2, 5)).returns(AppendResult.INCONSISTENCY, AppendEntriesReplyProto::getResult);
    }

    @Test
    void leavesRefusalsAndHeartbeatsAlone() {
        append(1, 0, 3);
        AppendEntriesReplyProto refusal = reply(1, 3)
                .setResult(AppendResult.INCONSISTENCY)
                .setMatchIndex(-1)
                .build();
        answers.sendMessage(refusal);
        AppendEntriesReplyProto heartbeat = reply(2, -1).setIsHearbeat(true).build();
        answers.sendMessage(heartbeat);

        assertThat(network.sent).containsExactly(refusal, heartbeat);
    }

    @Test
    void servesNobodyBeforeThereIsALog() {
        Network early = new Network();

        new ForcedOnly(replacements).interceptCall(early, new Metadata(), (call, headers) -> {
            throw new AssertionError("served");
        });

        assertThat(early.closed).isNotNull().returns(Status.Code.UNAVAILABLE, Status::getCode);
    }

    private void append(long number, long first, long last) {
        AppendEntriesRequestProto.Builder request = AppendEntriesRequestProto.newBuilder()
                .setServerRequest(RaftRpcRequestProto.newBuilder().setCallId(number));
        LongStream.rangeClosed(first, last)
                .forEach(index ->
                        request.addEntries(LogEntryProto.newBuilder().setTerm(1).setIndex(index)));
        requests.onMessage(request.build());
        inMemory = Math.max(inMemory, last);
    }

    /** What goes out when Ratis acknowledges. */
    private AppendEntriesReplyProto answer(long number, long match) {
        answers.sendMessage(reply(number, match).setResult(AppendResult.SUCCESS).build());
        return network.sent.get(network.sent.size() - 1);
    }

    private static AppendEntriesReplyProto.Builder reply(long number, long match) {
        return AppendEntriesReplyProto.newBuilder()
                .setServerReply(RaftRpcReplyProto.newBuilder().setCallId(number).setSuccess(true))
                .setMatchIndex(match)
                .setNextIndex(match + 1);
    }

    private static final class Network extends ServerCall<AppendEntriesRequestProto, AppendEntriesReplyProto> {

        private final List<AppendEntriesReplyProto> sent = new ArrayList<>();
        private @Nullable Status closed;

        @Override
        public void request(int messages) {}

        @Override
        public void sendHeaders(Metadata headers) {}

        @Override
        public void sendMessage(AppendEntriesReplyProto message) {
            sent.add(message);
        }

        @Override
        public void close(Status status, Metadata trailers) {
            closed = status;
        }

        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public MethodDescriptor<AppendEntriesRequestProto, AppendEntriesReplyProto> getMethodDescriptor() {
            return RaftServerProtocolServiceGrpc.getAppendEntriesMethod();
        }
    }
}
