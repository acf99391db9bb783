package io.hamster.spring.lock;

import io.hamster.Keys;
import io.hamster.lock.LockListener;
import java.time.Duration;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line at DEBUG for each operation: what, how it ended and how long it took, as keys and values. */
final class LockLog implements LockListener {

    private static final Logger LOG = LoggerFactory.getLogger(LockLog.class);

    @Override
    public void requested(String key, Outcome outcome, boolean contended, long waitNanos) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "operation=acquire key={} outcome={} contended={} duration={}",
                    Keys.shortened(key),
                    name(outcome),
                    contended,
                    Duration.ofNanos(waitNanos));
        }
    }

    @Override
    public void released(String key, long holdNanos) {
        line("release", key, "released", holdNanos);
    }

    @Override
    public void lost(String key, Loss loss, long holdNanos) {
        line("hold", key, name(loss), holdNanos);
    }

    private static void line(String operation, String key, String outcome, long nanos) {
        if (LOG.isDebugEnabled()) {
            LOG.debug(
                    "operation={} key={} outcome={} duration={}",
                    operation,
                    Keys.shortened(key),
                    outcome,
                    Duration.ofNanos(nanos));
        }
    }

    private static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
