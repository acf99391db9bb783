package io.hamster.cluster.raft;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/** Warns at most once a minute, so that whoever causes the warnings can't fill the log. Thread-safe. */
final class Sometimes {

    private static final long PAUSE = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final AtomicLong last = new AtomicLong(System.nanoTime() - PAUSE);
    private final AtomicInteger unsaid = new AtomicInteger();

    Sometimes(Logger log) {
        this.log = log;
    }

    void warn(String what) {
        long now = System.nanoTime();
        long before = last.get();
        if (now - before < PAUSE || !last.compareAndSet(before, now)) {
            unsaid.incrementAndGet();
            return;
        }
        int others = unsaid.getAndSet(0);
        if (others == 0) {
            log.warn("{}", what);
        } else {
            log.warn("{} ({} more like that since the last warning)", what, others);
        }
    }
}
