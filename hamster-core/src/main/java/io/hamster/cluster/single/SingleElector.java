package io.hamster.cluster.single;

import io.hamster.TimeSource;
import io.hamster.cluster.Elector;
import io.hamster.cluster.Standing;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Elects the only node there is, again at once when it resigns. */
final class SingleElector implements Elector {

    /** Far enough that the lease never runs out, near enough that differences don't overflow. */
    private static final long FOREVER = Long.MAX_VALUE / 2;

    private final TimeSource time;
    private final ReentrantLock lock = new ReentrantLock();
    private Consumer<Standing> reports = standing -> {};

    SingleElector(TimeSource time) {
        this.time = time;
    }

    @Override
    public void start(Consumer<Standing> to) {
        lock.lock();
        try {
            reports = to;
            lead();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> resign(boolean workEnded, boolean forGood) {
        lock.lock();
        try {
            reports.accept(new Standing.Electing(0, !forGood));
            if (!forGood) {
                lead();
            }
        } finally {
            lock.unlock();
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            reports = standing -> {};
        } finally {
            lock.unlock();
        }
    }

    private void lead() {
        reports.accept(new Standing.Leading(0, time.nanoTime() + FOREVER));
    }
}
