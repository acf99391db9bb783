package io.hamster.cluster.raft;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that runs soon after it was asked for: one at a time, once for several requests, and always after the last. */
final class Coalesced {

    private static final Logger log = LoggerFactory.getLogger(Coalesced.class);

    private final Executor executor;
    private final Runnable work;
    private final AtomicInteger asked = new AtomicInteger();

    Coalesced(Executor executor, Runnable work) {
        this.executor = executor;
        this.work = work;
    }

    void wake() {
        if (asked.getAndIncrement() != 0) {
            return;
        }
        try {
            executor.execute(this::run);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // Left undone, it would keep all later requests waiting for it; and there may be no thread to be had.
            log.debug("The executor refused work of the cluster, which runs on the thread that asked for it", e);
            run();
        }
    }

    private void run() {
        int seen = asked.get();
        do {
            try {
                work.run();
            } catch (Throwable e) {
                log.warn("Work that the cluster asked for failed", e);
            }
            // What was asked for after the work began isn't in it.
            seen = asked.addAndGet(-seen);
        } while (seen != 0);
    }
}
