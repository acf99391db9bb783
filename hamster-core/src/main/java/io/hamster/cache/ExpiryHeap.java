package io.hamster.cache;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A binary heap of nodes by the time at which they may be reclaimed; nodes know their place. Not thread-safe. */
final class ExpiryHeap<K, V> {

    private final List<OrderedNode<K, V>> nodes = new ArrayList<>();

    @Nullable
    OrderedNode<K, V> first() {
        return nodes.isEmpty() ? null : nodes.get(0);
    }

    int size() {
        return nodes.size();
    }

    /** Adds a node, or moves it if it is in already. */
    void schedule(OrderedNode<K, V> node, long time) {
        node.heapTime = time;
        if (node.heapIndex < 0) {
            // First what may find no memory.
            nodes.add(node);
            node.heapIndex = nodes.size() - 1;
        }
        settle(node);
    }

    void remove(OrderedNode<K, V> node) {
        int index = node.heapIndex;
        if (index < 0) {
            return;
        }
        node.heapIndex = -1;
        OrderedNode<K, V> filler = nodes.remove(nodes.size() - 1);
        if (filler != node) {
            nodes.set(index, filler);
            filler.heapIndex = index;
            settle(filler);
        }
    }

    private void settle(OrderedNode<K, V> node) {
        int index = node.heapIndex;
        while (index > 0 && isBefore(node, nodes.get((index - 1) / 2))) {
            index = moveTo(index, (index - 1) / 2);
        }
        for (int child = earlierChild(index); child >= 0 && isBefore(nodes.get(child), node); ) {
            index = moveTo(index, child);
            child = earlierChild(index);
        }
        nodes.set(index, node);
        node.heapIndex = index;
    }

    /** Fills the hole at an index with another node, whose place becomes the hole. */
    private int moveTo(int hole, int other) {
        OrderedNode<K, V> moved = nodes.get(other);
        nodes.set(hole, moved);
        moved.heapIndex = hole;
        return other;
    }

    private int earlierChild(int index) {
        int left = 2 * index + 1;
        if (left >= nodes.size()) {
            return -1;
        }
        int right = left + 1;
        return right < nodes.size() && isBefore(nodes.get(right), nodes.get(left)) ? right : left;
    }

    private boolean isBefore(OrderedNode<K, V> one, OrderedNode<K, V> other) {
        return one.heapTime - other.heapTime < 0;
    }
}
