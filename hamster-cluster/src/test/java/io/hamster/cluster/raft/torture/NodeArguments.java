package io.hamster.cluster.raft.torture;

import io.hamster.cluster.Node;
import io.hamster.cluster.raft.RaftMember;
import io.hamster.cluster.raft.RaftSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * What a node's process is started with.
 *
 * @param name the node's name
 * @param owner the process' name in histories
 * @param members all nodes
 * @param directory of its log
 * @param files where it leaves what tests read
 * @param clockShift by how much its wall clock is ahead
 * @param contends whether it contends for locks from the start
 * @param lease how long it leads after its last confirmation
 */
record NodeArguments(
        String name,
        String owner,
        List<RaftMember> members,
        Path directory,
        Path files,
        Duration clockShift,
        boolean contends,
        Duration lease) {

    List<String> toList() {
        String all = String.join(
                ",",
                members.stream()
                        .map(member -> member.node().name() + "="
                                + member.node().host() + "=" + member.node().port() + "=" + member.raftPort())
                        .toList());
        return List.of(
                name,
                owner,
                all,
                directory.toString(),
                files.toString(),
                clockShift.toString(),
                Boolean.toString(contends),
                lease.toString());
    }

    static NodeArguments parse(String[] arguments) {
        List<RaftMember> members = Arrays.stream(arguments[2].split(","))
                .map(each -> each.split("="))
                .map(part ->
                        new RaftMember(Node.of(part[0], part[1], Integer.parseInt(part[2])), Integer.parseInt(part[3])))
                .toList();
        return new NodeArguments(
                arguments[0],
                arguments[1],
                members,
                Path.of(arguments[3]),
                Path.of(arguments[4]),
                Duration.parse(arguments[5]),
                Boolean.parseBoolean(arguments[6]),
                Duration.parse(arguments[7]));
    }

    RaftSettings settings() {
        RaftSettings defaults = RaftSettings.of(directory, true);
        return new RaftSettings(
                defaults.directory(),
                defaults.bootstrap(),
                defaults.electionTimeoutMin(),
                defaults.electionTimeoutMax(),
                lease,
                defaults.snapshotEvery(),
                defaults.timeout());
    }

    RaftMember self() {
        return members.stream()
                .filter(member -> member.node().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    Path leaderLog() {
        return files.resolve(owner + ".leader");
    }

    Path holdLog() {
        return files.resolve(owner + ".holds");
    }

    Path answers() {
        return files.resolve(owner + ".answers");
    }
}
