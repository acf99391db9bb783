package io.hamster.cluster.raft;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.jspecify.annotations.Nullable;

/** What a leader knows of the other voters. */
final class Followers {

    private record Follower(String id, long silentMillis, long match) {}

    private Followers() {}

    /**
     * Those that answered lately, in the order in which leadership is best offered to them. Whoever has all of the log can
     * lead at once; one that was started just now may have answered last, but Ratis would wait until it has caught up.
     *
     * @param answers when each answered, as Ratis tells
     * @param matches up to which entry each has the leader's log, in the same order; {@code null} if this node leads no
     *     longer
     * @param limitMillis how long ago is lately
     * @return their ids
     */
    static List<String> successors(List<ServerRpcProto> answers, long @Nullable [] matches, long limitMillis) {
        // Asked for one after the other, they can differ in length when a voter has just been replaced.
        long[] known = matches != null && matches.length == answers.size() ? matches : new long[answers.size()];
        return IntStream.range(0, answers.size())
                .mapToObj(i -> follower(answers.get(i), known[i]))
                .filter(follower -> follower.silentMillis <= limitMillis)
                .sorted(Comparator.comparingLong(Follower::match).reversed().thenComparing(Follower::silentMillis))
                .map(Follower::id)
                .toList();
    }

    /**
     * Whether somebody who answered lately was sent all of the log and hasn't acknowledged it.
     *
     * @param answers when each answered, as Ratis tells
     * @param matches up to which entry each has the leader's log, in the same order
     * @param nexts which entry each is sent next, in the same order
     * @param last the last entry of the leader's log
     * @param limitMillis how long ago is lately
     */
    static boolean anyOwesAnswer(
            List<ServerRpcProto> answers, long[] matches, long[] nexts, long last, long limitMillis) {
        int known = Math.min(answers.size(), Math.min(matches.length, nexts.length));
        return IntStream.range(0, known)
                .anyMatch(i -> answers.get(i).getLastRpcElapsedTimeMs() <= limitMillis
                        && nexts[i] > last
                        && matches[i] < last);
    }

    private static Follower follower(ServerRpcProto answer, long match) {
        return new Follower(answer.getId().getId().toStringUtf8(), answer.getLastRpcElapsedTimeMs(), match);
    }
}
