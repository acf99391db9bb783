package io.hamster.hash;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells of changes one at a time, in the order in which they were added. Nobody waits for a listener but who tells it:
 * a thread that finds another one telling leaves its change to that one.
 */
final class ChangeTeller {

    private final Queue<Runnable> untold = new ConcurrentLinkedQueue<>();

    /** Only ever tried, never waited for. */
    private final ReentrantLock telling = new ReentrantLock();

    /** Under whatever lock orders the changes. */
    void add(Runnable change) {
        untold.add(change);
    }

    /** Outside of that lock. A listener that makes a change itself has it told once it has returned. */
    void tell() {
        while (!untold.isEmpty() && !telling.isHeldByCurrentThread() && telling.tryLock()) {
            try {
                Runnable next = untold.poll();
                if (next != null) {
                    next.run();
                }
            } finally {
                telling.unlock();
            }
        }
    }
}
