package io.hamster.spring.redis;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Since when Redis is out of reach, as far as questions and connections tell. Thread-safe. */
final class Reach {

    private final InstantSource time;
    private final AtomicReference<@Nullable Instant> awaySince = new AtomicReference<>();

    Reach(InstantSource time) {
        this.time = time;
    }

    /** What became of a question: null if it was answered. */
    void asked(@Nullable Throwable failure) {
        if (failure == null || RefusalKind.of(failure) == RefusalKind.OF_COMMAND) {
            awaySince.set(null);
        } else {
            away();
        }
    }

    /** A connection isn't there. Only an answer ends that, which the next question brings. */
    void away() {
        if (awaySince.get() == null) {
            awaySince.compareAndSet(null, time.instant());
        }
    }

    /** Empty while it answers. */
    Optional<Instant> awaySince() {
        return Optional.ofNullable(awaySince.get());
    }
}
