package io.hamster.spring.lock;

import java.util.concurrent.locks.ReentrantLock;

/** Interrupts the thread that runs a method when its lock is lost: once, while it runs, and without a trace after it. */
final class LostInterrupt {

    private final ReentrantLock lock = new ReentrantLock();
    private final Thread thread;
    private boolean ended;
    private boolean interrupted;

    LostInterrupt(Thread thread) {
        this.thread = thread;
    }

    void lost() {
        lock.lock();
        try {
            if (!ended && !interrupted) {
                interrupted = true;
                thread.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Called by the thread itself. Whether it was interrupted; the flag is cleared in that case. */
    boolean end() {
        lock.lock();
        try {
            ended = true;
            if (interrupted) {
                Thread.interrupted();
            }
            return interrupted;
        } finally {
            lock.unlock();
        }
    }
}
