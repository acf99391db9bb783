package io.hamster.cache;

/** An entry of an {@link OrderedEngine}. All but key and slot is guarded by the engine's lock. */
final class OrderedNode<K, V> {

    /** What the lock's holder knows of a node. A node that leaves before it was linked is never linked. */
    enum State {
        NEW,
        LINKED,
        GONE
    }

    final K key;
    /** Written inside the map's atomic step for the key. */
    volatile Slot<V> slot;

    State state = State.NEW;
    /** The bytes that the engine's total counts for it. */
    long counted;

    /** How many moves the list had seen when it was put at its end; read without the lock too. */
    long movedAt;

    /** Its place in the list, 1 or more once it was linked; read without the lock too, by which it may have left. */
    int place;

    /** Its place in the expiry heap, and the time it is sorted by there. */
    int heapIndex = -1;

    long heapTime;

    OrderedNode(K key, Slot<V> slot) {
        this.key = key;
        this.slot = slot;
    }
}
