package io.hamster.cluster.raft;

import java.util.Comparator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What ends by itself, in the order in which it does. Everything but a look at the first takes logarithmic time. */
final class Deadlines<T extends Deadlines.Timed> {

    static final long NEVER = Long.MAX_VALUE;

    private final TreeSet<T> byTime =
            new TreeSet<>(Comparator.comparingLong(Timed::dueAt).thenComparingLong(Timed::serial));

    /** Something that ends by itself at some table time. */
    abstract static class Timed {

        private final long serial;
        private long dueAt;

        /** The serial tells apart what ends at one time, alike on all nodes. */
        Timed(long serial, long dueAt) {
            this.serial = serial;
            this.dueAt = dueAt;
        }

        final long serial() {
            return serial;
        }

        final long dueAt() {
            return dueAt;
        }
    }

    void add(T item) {
        byTime.add(item);
    }

    /** Sets when it ends; adds it if it isn't there. */
    void move(T item, long dueAt) {
        byTime.remove(item);
        Timed timed = item;
        timed.dueAt = dueAt;
        byTime.add(item);
    }

    void remove(T item) {
        byTime.remove(item);
    }

    /** Takes out the first that has ended by then, or answers null. */
    @Nullable
    T pollDue(long now) {
        return earliest() <= now ? byTime.pollFirst() : null;
    }

    /** The first to end; there must be one. */
    T first() {
        return byTime.first();
    }

    long earliest() {
        return byTime.isEmpty() ? NEVER : byTime.first().dueAt();
    }

    int size() {
        return byTime.size();
    }
}
