package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.cluster.Standing;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A member, founded before, as a process of its own. It prints what its elector reports and what it was granted, each
 * with a reading of the monotonic clock, which all processes of a machine share.
 */
final class RaftProcess {

    private RaftProcess() {}

    /**
     * Runs until its input ends.
     *
     * @param arguments its name, its directory, and name:port:raftPort of each member
     */
    public static void main(String[] arguments) throws Exception {
        List<RaftMember> members = Arrays.stream(arguments)
                .skip(2)
                .map(member -> member.split(":"))
                .map(parts -> new RaftMember(
                        Node.of(parts[0], "127.0.0.1", Integer.parseInt(parts[1])), Integer.parseInt(parts[2])))
                .toList();
        RaftMember self = members.stream()
                .filter(member -> member.name().equals(arguments[0]))
                .findFirst()
                .orElseThrow();
        // A lease well above the time of an election: a leader that doesn't wait for it is sure to be seen.
        RaftSettings settings = new RaftSettings(
                Path.of(arguments[1]),
                false,
                RaftSettings.DEFAULT_ELECTION_TIMEOUT_MIN,
                RaftSettings.DEFAULT_ELECTION_TIMEOUT_MAX,
                Duration.ofSeconds(3),
                RaftSettings.DEFAULT_SNAPSHOT_EVERY,
                RaftSettings.DEFAULT_TIMEOUT);
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
        LeadershipPart leadership = new LeadershipPart(TimeSource.system());
        RaftGroup group = new RaftGroup(
                self,
                members,
                settings,
                Optional.empty(),
                Map.of(GroupLog.Part.LEADERSHIP, leadership, GroupLog.Part.LOCKS, new RecordingPart()),
                new LoopbackNetwork().join(self.name()),
                TimeSource.system(),
                scheduler,
                Executors.newCachedThreadPool());
        group.start();
        new RaftElector(self.name(), group, leadership, settings, TimeSource.system(), scheduler)
                .start(RaftProcess::print);
        scheduler.scheduleWithFixedDelay(() -> propose(group), 0, 10, TimeUnit.MILLISECONDS);
        while (System.in.read() >= 0) {
            // Nothing is asked of it; the end is all that counts.
        }
        System.exit(0);
    }

    private static void print(Standing standing) {
        long deadline = standing instanceof Standing.Leading leading ? leading.deadline() : 0;
        String kind = standing.getClass().getSimpleName();
        System.out.println(kind + " " + System.nanoTime() + " " + standing.term() + " " + deadline);
    }

    private static void propose(RaftGroup group) {
        if (group.role().kind() == GroupRole.Kind.LEADER) {
            group.propose(GroupLog.Part.LOCKS, new byte[] {1}, Duration.ofSeconds(1))
                    .thenAccept(answer -> System.out.println("Granted "
                            + RecordingPart.Applied.of(answer).count() + " "
                            + RecordingPart.Applied.of(answer).time()));
        }
    }
}
