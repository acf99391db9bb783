package io.hamster.spring.hash;

import io.hamster.TimeSource;
import io.hamster.hash.PeerPicker;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/** Measures some picks, chosen at random: reading the clock twice takes longer than a pick. Thread-safe. */
final class PickSamples {

    /** One pick in so many; a power of two. */
    static final int EVERY = 64;

    private final TimeSource time;
    private final IntSupplier random;
    private final LongAdder nanos = new LongAdder();
    private volatile boolean used;

    PickSamples(TimeSource time) {
        this(time, () -> ThreadLocalRandom.current().nextInt());
    }

    PickSamples(TimeSource time, IntSupplier random) {
        this.time = time;
        this.random = random;
    }

    /** The picker, measured. */
    PeerPicker of(PeerPicker picker) {
        used = true;
        return new MeasuredPeerPicker(picker, this);
    }

    /** Whether a picker is measured: one of the application's own isn't. */
    boolean isUsed() {
        return used;
    }

    boolean isNext() {
        return (random.getAsInt() & EVERY - 1) == 0;
    }

    long begin() {
        return time.nanoTime();
    }

    void end(long begun) {
        nanos.add(time.nanoTime() - begun);
    }

    /** An estimate without bias of what all picks took, in nanoseconds; never decreases. */
    double estimatedNanos() {
        return (double) nanos.sum() * EVERY;
    }
}
