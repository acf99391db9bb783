package io.hamster.benchmarks.cluster;

import io.hamster.cluster.raft.RaftMember;
import java.nio.file.Path;
import java.util.List;

/** A node of nothing but the engines: its name, the members, its directory. */
final class BareNode {

    private final BareRatis ratis;
    private final BareJGroups jgroups;

    private BareNode(BareRatis ratis, BareJGroups jgroups) {
        this.ratis = ratis;
        this.jgroups = jgroups;
    }

    public static void main(String[] args) {
        Obedience.live(() -> live(args));
    }

    private static void live(String[] args) throws Exception {
        List<RaftMember> members = Group.members(args[1]);
        try (BareRatis ratis = new BareRatis(args[0], members, Path.of(args[2]));
                BareJGroups jgroups = new BareJGroups(args[0], members)) {
            Obedience.obey(new BareNode(ratis, jgroups)::act);
        }
    }

    private String act(String[] words) throws Exception {
        return switch (words[0]) {
            case "leader" -> ratis.leader();
            case "alive" -> Integer.toString(jgroups.alive());
            case "send" -> perSecond(words, thread -> ratis.send());
            case "submit" -> perSecond(words, thread -> ratis.submit());
            case "calls" -> Load.percentiles(Integer.parseInt(words[2]), thread -> jgroups.call(words[1]));
            default -> throw Obedience.unknown(words);
        };
    }

    private static String perSecond(String[] words, Load.Work work) throws Exception {
        return Double.toString(
                Load.perSecond(Integer.parseInt(words[1]), Long.parseLong(words[2]), Long.parseLong(words[3]), work));
    }
}
