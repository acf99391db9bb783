package io.hamster.lock;

import java.util.concurrent.TimeUnit;

/** Work for which there was no thread: handed to the executor after a pause, and run when the client ends. */
final class PostponedWork extends SharedTimer.Item {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final LockEngine engine;
    private final Runnable work;

    /**
     * @param engine the client's
     * @param work does nothing if it is run again
     */
    PostponedWork(LockEngine engine, Runnable work) {
        this.engine = engine;
        this.work = work;
    }

    void postpone() {
        SharedTimer timer = engine.timer();
        timer.add(this, engine.clock().now() + PAUSE);
        if (timer.isClosed()) {
            timerClosed();
        }
    }

    @Override
    void fire(long now) {
        if (engine.handOver(work)) {
            engine.timer().remove(this);
        } else {
            engine.timer().dueAt(this, now + PAUSE);
        }
    }

    @Override
    void timerClosed() {
        work.run();
    }

    @Override
    int spread() {
        return System.identityHashCode(this);
    }
}
