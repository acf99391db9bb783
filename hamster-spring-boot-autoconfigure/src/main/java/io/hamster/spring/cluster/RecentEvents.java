package io.hamster.spring.cluster;

import io.hamster.cluster.ClusterEvent;
import io.hamster.cluster.ClusterListener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Remembers the last events, for people who ask what happened. Thread-safe. */
final class RecentEvents implements ClusterListener {

    static final int MOST = 50;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by {@link #lock}. */
    private final Deque<ClusterEvent> events = new ArrayDeque<>();

    @Override
    public void onEvent(ClusterEvent event) {
        lock.lock();
        try {
            if (events.size() == MOST) {
                events.removeFirst();
            }
            events.addLast(event);
        } finally {
            lock.unlock();
        }
    }

    /** The events, the latest first. */
    List<ClusterEvent> latestFirst() {
        lock.lock();
        try {
            List<ClusterEvent> copy = new ArrayList<>(events);
            Collections.reverse(copy);
            return copy;
        } finally {
            lock.unlock();
        }
    }
}
