package io.hamster.cluster.raft;

import io.hamster.cluster.Members;
import io.hamster.cluster.Node;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jgroups.Address;
import org.jgroups.View;
import org.jgroups.ViewId;
import org.jgroups.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who is in reach, by name and by address, from one view of the group.
 *
 * @param view the same for all who are in it, and that of no other view; empty before the first
 * @param members every node known and which of them are alive
 * @param addresses where each node in reach is
 * @param names the same the other way round
 */
record Sight(String view, Members members, Map<String, Address> addresses, Map<Address, String> names) {

    static Sight alone(Node self, Map<String, Node> configured) {
        return of("", List.of(), self, null, configured);
    }

    static Sight of(View view, Node self, @Nullable Address own, Map<String, Node> configured) {
        return of(id(view.getViewId()), view.getMembers(), self, own, configured);
    }

    /** A node's address is another one in each of its lives, but its name isn't, by which a view prints its creator. */
    private static String id(ViewId view) {
        String creator = view.getCreator() instanceof UUID id
                ? id.toStringLong()
                : view.getCreator().toString();
        return creator + '/' + view.getId();
    }

    /**
     * Makes sense of a view.
     *
     * @param id the view's
     * @param view the addresses in it, in the order in which they joined
     * @param own this node's address, if it has one yet
     * @param configured the nodes there may be; everyone may be if it is empty
     */
    static Sight of(String id, List<Address> view, Node self, @Nullable Address own, Map<String, Node> configured) {
        Map<String, Node> nodes = new TreeMap<>(configured);
        nodes.put(self.name(), self);
        Map<String, Address> addresses = new HashMap<>();
        Map<String, Node> places = new HashMap<>();
        for (Address address : view) {
            Node node = NodeAddress.node(address).orElse(null);
            if (node == null || (!configured.isEmpty() && !configured.containsKey(node.name()))) {
                continue;
            }
            String name = node.name();
            Node former = places.get(name);
            boolean wins = name.equals(self.name())
                    ? address.equals(own)
                    : former == null || replaces(node, former, configured.get(name));
            if (wins) {
                addresses.put(name, address);
                places.put(name, node);
                nodes.putIfAbsent(name, node);
            }
        }
        Map<Address, String> names = new HashMap<>();
        addresses.forEach((name, address) -> names.put(address, name));
        List<String> alive = new ArrayList<>(addresses.keySet());
        alive.add(self.name());
        return new Sight(id, Members.of(nodes.values(), alive), Map.copyOf(addresses), Map.copyOf(names));
    }

    /** The later of two at the same place is the node's new life; of two places, the configured one counts. */
    private static boolean replaces(Node later, Node former, @Nullable Node configured) {
        if (later.address().equals(former.address())) {
            return true;
        }
        return configured != null && later.host().equals(configured.host()) && later.port() == configured.port();
    }

    boolean has(Address address) {
        return names.containsKey(address);
    }
}
