package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.cluster.raft.WireLeader.At;
import io.hamster.testing.FreePorts;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto.AppendResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a follower says it has, it has, and on its disk: a leader counts on it. A leader that connects anew, or is another,
 * sends entries again that are just being written.
 */
class AcknowledgementTests {

    private static final int ROUNDS = 50;

    @TempDir
    private Path root;

    private final RaftMember member = member("a");
    private final Peer self = Identity.candidate("a").peer(member);
    private final Peer leader = Identity.candidate("b").peer(member("b"));
    private final Peer nextLeader = Identity.candidate("c").peer(member("c"));
    private final List<Peer> founders = List.of(self, leader, nextLeader);
    private final UUID group = Identity.groupOf(founders);

    private RatisNode follower;
    private GroupStateMachine machine;

    private static RaftMember member(String name) {
        return new RaftMember(Node.of(name, "127.0.0.1", FreePorts.next()), FreePorts.next());
    }

    @BeforeEach
    void start() {
        Ordering ordering = new Ordering(List.of());
        machine = new GroupStateMachine(
                Map.of(GroupLog.Part.LOCKS, new RecordingPart()), TimeSource.system(), ordering, new NoEvents());
        follower = new RatisNode(
                member, RaftSettings.of(root, true), Optional.empty(), self, group, founders, machine, ordering);
    }

    @AfterEach
    void close() {
        follower.close();
    }

    @Test
    void coverNoEntryThatCameWithOneBeingWritten() {
        try (WireLeader wire = new WireLeader(leader, self, group, member)) {
            WireLeader.Stream stream = wire.stream();
            At end = At.BEGIN;
            for (int i = 0; i < ROUNDS; i++) {
                stream.append(end, 1, end.index() + 1, 100).append(end, 1, end.index() + 2, 100);
                stream.answers(2);
                end = new At(1, end.index() + 2);

                assertThat(canBeBuiltUpon(stream, end)).as("round %d", i).isTrue();
                end = new At(1, end.index() + 1);
            }
        }
    }

    @Test
    void areForTheEntryOfTheLaterTerm() {
        try (WireLeader first = new WireLeader(leader, self, group, member);
                WireLeader second = new WireLeader(nextLeader, self, group, member)) {
            At end = At.BEGIN;
            for (int i = 0; i < ROUNDS; i++) {
                long term = 2L * i + 1;
                first.stream().append(end, term, end.index() + 1, 100_000);
                WireLeader.Stream stream = second.stream().append(end, term + 1, end.index() + 1, 100);
                AppendEntriesReplyProto answer = stream.answer();
                assertThat(answer.getResult()).as("round %d", i).isEqualTo(AppendResult.SUCCESS);
                end = new At(term + 1, end.index() + 1);

                assertThat(canBeBuiltUpon(stream, end)).as("round %d", i).isTrue();
                end = new At(term + 1, end.index() + 1);
            }
        }
    }

    /** However much the log has forced of those that they replace. */
    @Test
    void waitForEntriesThatReplaceOthers() {
        try (WireLeader first = new WireLeader(leader, self, group, member);
                WireLeader second = new WireLeader(nextLeader, self, group, member)) {
            At end = At.BEGIN;
            for (int i = 0; i < ROUNDS; i++) {
                long term = 2L * i + 1;
                long next = end.index() + 1;
                first.stream().append(end, term, next + 10, 100).answer();

                WireLeader.Stream broken = second.stream().append(end, term + 1, next + 1, 100_000);
                WireLeader.Stream anew = second.stream().append(end, term + 1, next + 1, 100_000);
                for (WireLeader.Stream stream : List.of(anew, broken)) {
                    AppendEntriesReplyProto answer = stream.answer();
                    if (answer.getResult() == AppendResult.SUCCESS) {
                        assertThat(machine.replacements().before())
                                .as("round %d", i)
                                .isGreaterThanOrEqualTo(answer.getMatchIndex());
                    }
                }
                end = new At(term + 1, next + 1);
                assertThat(canBeBuiltUpon(anew, end)).as("round %d", i).isTrue();
                end = new At(term + 1, end.index() + 1);
            }
            assertThat(machine.replacements().before()).isEqualTo(Long.MAX_VALUE - 1);
        }
    }

    @Test
    void followTheDisk() {
        try (WireLeader wire = new WireLeader(leader, self, group, member)) {
            At end = At.BEGIN;
            for (int i = 0; i < ROUNDS; i++) {
                long next = end.index() + 1;
                WireLeader.Stream broken = wire.stream().append(end, 1, next, 1_000_000);
                WireLeader.Stream anew = wire.stream().append(end, 1, next, 1_000_000);
                for (WireLeader.Stream stream : List.of(anew, broken)) {
                    AppendEntriesReplyProto answer = stream.answer();
                    long forced = follower.raftLog().getFlushIndex();
                    assertThat(answer.getMatchIndex()).as("round %d", i).isLessThanOrEqualTo(forced);
                }
                end = new At(1, next);
                assertThat(canBeBuiltUpon(anew, end)).as("round %d", i).isTrue();
                end = new At(1, end.index() + 1);
            }
        }
    }

    private static boolean canBeBuiltUpon(WireLeader.Stream stream, At entry) {
        stream.append(entry, entry.term(), entry.index() + 1, 100);
        AppendEntriesReplyProto answer = stream.answer();
        return answer.getResult() == AppendResult.SUCCESS && answer.getMatchIndex() == entry.index() + 1;
    }
}
