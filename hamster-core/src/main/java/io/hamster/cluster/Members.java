package io.hamster.cluster;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The nodes of a cluster at one moment. Immutable. */
public final class Members {

    private final Map<String, Node> nodes;
    private final List<String> names;
    private final List<String> alive;
    private final List<String> lost;

    private Members(Map<String, Node> nodes, Set<String> aliveNames) {
        this.nodes = nodes;
        this.names = List.copyOf(nodes.keySet());
        this.alive = names.stream().filter(aliveNames::contains).toList();
        this.lost = names.stream().filter(name -> !aliveNames.contains(name)).toList();
    }

    /**
     * The members as a transport sees them.
     *
     * @param nodes every node known, whether alive or not
     * @param alive names of those alive; names of unknown nodes are ignored
     * @return the members
     */
    public static Members of(Collection<Node> nodes, Collection<String> alive) {
        Map<String, Node> byName = new TreeMap<>();
        for (Node node : nodes) {
            if (byName.putIfAbsent(node.name(), node) != null) {
                throw new ClusterConfigurationException(
                        "Two nodes are named '" + node.name() + "'; give each a name of its own");
            }
        }
        return new Members(byName, new TreeSet<>(alive));
    }

    /** The same members with this node among the living: a node can always reach itself. */
    Members including(Node self) {
        Map<String, Node> all = new TreeMap<>(nodes);
        all.put(self.name(), self);
        Set<String> living = new TreeSet<>(alive);
        living.add(self.name());
        return new Members(all, living);
    }

    /**
     * A node by its name.
     *
     * @param name the name
     * @return the node, alive or not; empty if there is none
     */
    public Optional<Node> node(String name) {
        return Optional.ofNullable(nodes.get(name));
    }

    /**
     * Every node.
     *
     * @return names in order
     */
    public List<String> names() {
        return names;
    }

    /**
     * The nodes in reach, this one included.
     *
     * @return names in order
     */
    public List<String> alive() {
        return alive;
    }

    /**
     * The nodes that aren't.
     *
     * @return names in order
     */
    public List<String> lost() {
        return lost;
    }

    boolean isAlive(String name) {
        return alive.contains(name);
    }
}
