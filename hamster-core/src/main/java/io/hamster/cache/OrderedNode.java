package io.hamster.cache;

/** An entry of an {@link OrderedEngine}. All but key, slot and the mark of its use is guarded by the engine's lock. */
final class OrderedNode<K, V> {

    /** No mark of a generation. */
    static final int UNMARKED = 0;

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

    /** Its place in the expiry heap, and the time it is sorted by there. */
    int heapIndex = -1;

    long heapTime;

    /** Its place in the list, once it was linked; read without the lock too, by which it may have left. */
    int place;

    /**
     * The mark of the generation in which it was last used by one of several threads, or of the one before it came. Here,
     * and next to the slot as the JVM lays fields out, for readers have that line of memory at hand. A thread that was held
     * up may put an older one in; the next use mends that.
     */
    volatile int used = UNMARKED;

    OrderedNode(K key, Slot<V> slot) {
        this.key = key;
        this.slot = slot;
    }
}
