package io.hamster.lock;

import io.hamster.TimeSource;
import java.time.Instant;

/** A client's monotonic time, counted from its start so that it is never negative. Thread-safe. */
final class Clock {

    private final TimeSource source;
    private final long origin;

    Clock(TimeSource source) {
        this.source = source;
        this.origin = source.nanoTime();
    }

    /** Nanoseconds since the client started. */
    long now() {
        return source.nanoTime() - origin;
    }

    /** What the wall clock shows, showed or will show at that time, if nobody sets it. */
    Instant wallClockAt(long nanos) {
        return source.instant().plusNanos(nanos - now());
    }
}
