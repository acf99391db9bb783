package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;

class FollowersTests {

    private static final long LIMIT = 600;

    @Test
    void preferWhoHasTheWholeLogToWhoAnsweredLast() {
        List<ServerRpcProto> answers = List.of(answer("restarted", 1), answer("steady", 80));

        assertThat(Followers.successors(answers, new long[] {1010, 1052}, LIMIT))
                .containsExactly("steady", "restarted");
    }

    @Test
    void preferWhoAnsweredLastOfThoseWithEqualLogs() {
        List<ServerRpcProto> answers = List.of(answer("earlier", 80), answer("later", 1), answer("behind", 0));

        assertThat(Followers.successors(answers, new long[] {7, 7, 6}, LIMIT))
                .containsExactly("later", "earlier", "behind");
    }

    @Test
    void leaveOutWhoHasNotAnsweredLately() {
        List<ServerRpcProto> answers = List.of(answer("silent", LIMIT + 1), answer("slow", LIMIT));

        assertThat(Followers.successors(answers, new long[] {9, 1}, LIMIT)).containsExactly("slow");
    }

    @Test
    void goByTheAnswersAloneWhereLogsAreNotKnownOfAll() {
        List<ServerRpcProto> answers = List.of(answer("earlier", 80), answer("later", 1));

        assertThat(Followers.successors(answers, null, LIMIT)).containsExactly("later", "earlier");
        assertThat(Followers.successors(answers, new long[] {9}, LIMIT)).containsExactly("later", "earlier");
    }

    @Test
    void oweAnAnswerWhereAllOfTheLogWasSentAndNotAcknowledged() {
        List<ServerRpcProto> answers = List.of(answer("silent", LIMIT + 1), answer("alive", LIMIT));

        assertThat(Followers.anyOwesAnswer(answers, new long[] {-1, 6}, new long[] {8, 8}, 7, LIMIT))
                .isTrue();
        assertThat(Followers.anyOwesAnswer(answers, new long[] {-1, 7}, new long[] {8, 8}, 7, LIMIT))
                .as("acknowledged, and another is silent")
                .isFalse();
        assertThat(Followers.anyOwesAnswer(answers, new long[] {-1, 6}, new long[] {8, 7}, 7, LIMIT))
                .as("not sent yet")
                .isFalse();
        assertThat(Followers.anyOwesAnswer(answers, new long[] {-1}, new long[] {8, 8}, 7, LIMIT))
                .as("not known")
                .isFalse();
    }

    private static ServerRpcProto answer(String id, long silentMillis) {
        return ServerRpcProto.newBuilder()
                .setId(RaftPeerProto.newBuilder().setId(ByteString.copyFromUtf8(id)))
                .setLastRpcElapsedTimeMs(silentMillis)
                .build();
    }
}
