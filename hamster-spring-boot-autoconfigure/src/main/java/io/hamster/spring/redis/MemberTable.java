package io.hamster.spring.redis;

import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import io.hamster.spring.redis.Announcements.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Who is a member, by name. Immutable.
 *
 * @param nodes every node that is configured, was announced or is this one
 * @param alive the processes of those alive, other than this one
 */
record MemberTable(Map<String, Node> nodes, Map<String, String> alive) {

    /** Without knowledge of Redis. */
    static MemberTable of(Node self, List<Node> configured) {
        Map<String, Node> nodes = new TreeMap<>();
        configured.forEach(node -> nodes.put(node.name(), node));
        nodes.put(self.name(), self);
        return new MemberTable(nodes, Map.of());
    }

    /** These nodes and those that Redis remembers. */
    MemberTable with(Node self, Table table) {
        Map<String, Node> all = new TreeMap<>(nodes);
        Map<String, String> living = new HashMap<>();
        for (Announcement announcement : table.all()) {
            String name = announcement.node().name();
            if (!name.equals(self.name())) {
                all.put(name, announcement.node());
                if (announcement.until() > table.millis()) {
                    living.put(name, announcement.token());
                }
            }
        }
        return new MemberTable(all, Map.copyOf(living));
    }

    /** The same nodes, none of them in reach. */
    MemberTable unreachable() {
        return new MemberTable(nodes, Map.of());
    }

    Optional<String> token(String name) {
        return Optional.ofNullable(alive.get(name));
    }

    Members members(String self) {
        List<String> living = new ArrayList<>(alive.keySet());
        living.add(self);
        return Members.of(nodes.values(), living);
    }
}
