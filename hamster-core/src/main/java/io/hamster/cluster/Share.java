package io.hamster.cluster;

import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One function's bounded share of the executor: so many calls run, so many wait in order, one more is refused. Because
 * no function can take another's share, a slow one delays no other (a bulkhead, after Nygard's "Release It!").
 */
final class Share {

    private static final Logger log = LoggerFactory.getLogger(Share.class);

    private final int concurrency;
    private final int queueLimit;
    private final long queuedBytesLimit;
    private final Threads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayDeque<Job> queue = new ArrayDeque<>();
    private long queuedBytes;
    private int running;

    Share(int concurrency, int queueLimit, long queuedBytesLimit, Threads threads) {
        this.concurrency = concurrency;
        this.queueLimit = queueLimit;
        this.queuedBytesLimit = queuedBytesLimit;
        this.threads = threads;
    }

    private record Job(Runnable work, int bytes) {}

    /** Runs the work now or later; false if it is refused, then it never runs. */
    boolean submit(Runnable work, int bytes) {
        lock.lock();
        try {
            if (running == concurrency) {
                boolean fits = queue.size() < queueLimit && queuedBytes + bytes <= queuedBytesLimit;
                if (fits) {
                    queue.add(new Job(work, bytes));
                    queuedBytes += bytes;
                }
                return fits;
            }
            running++;
        } finally {
            lock.unlock();
        }
        threads.run(() -> runAll(work));
        return true;
    }

    private void runAll(Runnable first) {
        for (Runnable work = first; work != null; work = next()) {
            try {
                work.run();
            } catch (Throwable e) {
                // Thrown on, it would take a place in the share along for good.
                log.error("A call ended without an answer", e);
            }
            // An interrupt was meant for the call that has just ended, not for the next or for the pool.
            Thread.interrupted();
        }
    }

    private @Nullable Runnable next() {
        lock.lock();
        try {
            Job job = queue.poll();
            if (job == null) {
                running--;
                return null;
            }
            queuedBytes -= job.bytes();
            return job.work();
        } finally {
            lock.unlock();
        }
    }
}
