package io.hamster.spring.redis;

import io.hamster.TimeSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Warns at most once a minute, however often there is a reason to. Thread-safe. */
final class SeldomLog {

    private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

    private final Logger logger;
    private final TimeSource time;
    private final AtomicLong next;

    SeldomLog(Logger logger, TimeSource time) {
        this.logger = logger;
        this.time = time;
        this.next = new AtomicLong(time.nanoTime());
    }

    void warn(String message, @Nullable Object... arguments) {
        long now = time.nanoTime();
        long due = next.get();
        if (now - due >= 0 && next.compareAndSet(due, now + PAUSE)) {
            logger.warn(message, arguments);
        }
    }
}
