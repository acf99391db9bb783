package io.hamster.spring.redis;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;

/** The latest requests: a message that was sent while its connection broke may come twice. Thread-safe. */
final class RecentIds {

    private static final int MOST = 10_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Set<Long> known = new HashSet<>();
    private final Deque<Long> order = new ArrayDeque<>();

    /** False if it was there. */
    boolean add(long id) {
        lock.lock();
        try {
            if (!known.add(id)) {
                return false;
            }
            order.add(id);
            if (order.size() > MOST) {
                known.remove(order.remove());
            }
            return true;
        } finally {
            lock.unlock();
        }
    }
}
