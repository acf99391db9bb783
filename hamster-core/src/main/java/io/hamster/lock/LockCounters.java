package io.hamster.lock;

import io.hamster.Keys;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts what happens and passes it on to the application's listener. Its faults stay here, errors too: where it is
 * called, a lock is between its grant and its caller, or before its release.
 */
final class LockCounters implements LockListener {

    private static final Logger LOG = LoggerFactory.getLogger(LockCounters.class);

    private final LockListener listener;
    /** The events of which the listener's failure was reported. */
    private final Set<String> warnedOf = ConcurrentHashMap.newKeySet();

    private final LongAdder acquired = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder contended = new LongAdder();
    private final LongAdder expired = new LongAdder();
    private final LongAdder lost = new LongAdder();
    private final LongAdder refreshed = new LongAdder();
    private final LongAdder released = new LongAdder();
    private final LongAdder waitNanos = new LongAdder();
    private final LongAdder holdNanos = new LongAdder();
    private final AtomicLong waiting = new AtomicLong();

    LockCounters(LockListener listener) {
        this.listener = listener;
    }

    void waiting(int change) {
        waiting.addAndGet(change);
    }

    LockStats snapshot() {
        long granted = acquired.sum();
        long ended = released.sum() + expired.sum() + lost.sum();
        return new LockStats(
                granted,
                failed.sum(),
                contended.sum(),
                expired.sum(),
                lost.sum(),
                refreshed.sum(),
                released.sum(),
                Math.max(0, granted - ended),
                waiting.get(),
                Duration.ofNanos(waitNanos.sum()),
                Duration.ofNanos(holdNanos.sum()));
    }

    @Override
    public void requested(String key, Outcome outcome, boolean wasContended, long nanos) {
        (outcome == Outcome.ACQUIRED ? acquired : failed).increment();
        if (wasContended) {
            contended.increment();
        }
        waitNanos.add(nanos);
        try {
            listener.requested(key, outcome, wasContended, nanos);
        } catch (Throwable e) {
            ignored("requested", key, e);
        }
    }

    @Override
    public void released(String key, long nanos) {
        released.increment();
        holdNanos.add(nanos);
        try {
            listener.released(key, nanos);
        } catch (Throwable e) {
            ignored("released", key, e);
        }
    }

    @Override
    public void lost(String key, Loss loss, long nanos) {
        (loss == Loss.EXPIRED ? expired : lost).increment();
        holdNanos.add(nanos);
        try {
            listener.lost(key, loss, nanos);
        } catch (Throwable e) {
            ignored("lost", key, e);
        }
    }

    @Override
    public void refreshed(String key) {
        refreshed.increment();
        try {
            listener.refreshed(key);
        } catch (Throwable e) {
            ignored("refreshed", key, e);
        }
    }

    @Override
    public void heldLong(String key, long nanos) {
        try {
            listener.heldLong(key, nanos);
        } catch (Throwable e) {
            ignored("heldLong", key, e);
        }
    }

    private void ignored(String event, String key, Throwable e) {
        if (warnedOf.add(event)) {
            LOG.warn(
                    "The lock listener failed when told '{}' of lock {}; the lock goes on. Its further failures there are"
                            + " logged at DEBUG",
                    event,
                    Keys.shortened(key),
                    e);
        } else {
            LOG.debug("The lock listener failed again when told '{}' of lock {}", event, Keys.shortened(key), e);
        }
    }
}
