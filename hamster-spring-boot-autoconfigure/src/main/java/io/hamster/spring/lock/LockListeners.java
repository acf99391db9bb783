package io.hamster.spring.lock;

import io.hamster.lock.LockListener;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All listeners of the application as one. One that throws keeps none of the others from being told. */
final class LockListeners implements LockListener {

    private static final Logger log = LoggerFactory.getLogger(LockListeners.class);

    private final List<LockListener> all;
    private final Set<LockListener> failed = ConcurrentHashMap.newKeySet();

    LockListeners(List<LockListener> all) {
        this.all = List.copyOf(all);
    }

    @Override
    public void requested(String key, Outcome outcome, boolean contended, long waitNanos) {
        tell(one -> one.requested(key, outcome, contended, waitNanos));
    }

    @Override
    public void released(String key, long holdNanos) {
        tell(one -> one.released(key, holdNanos));
    }

    @Override
    public void lost(String key, Loss loss, long holdNanos) {
        tell(one -> one.lost(key, loss, holdNanos));
    }

    @Override
    public void refreshed(String key) {
        tell(one -> one.refreshed(key));
    }

    @Override
    public void heldLong(String key, long holdNanos) {
        tell(one -> one.heldLong(key, holdNanos));
    }

    private void tell(Consumer<LockListener> event) {
        for (LockListener one : all) {
            try {
                event.accept(one);
            } catch (Throwable e) {
                if (failed.add(one)) {
                    log.warn(
                            "{} failed; the lock and the other listeners go on. Its further failures are logged at DEBUG",
                            one.getClass().getName(),
                            e);
                } else {
                    log.debug("{} failed again", one.getClass().getName(), e);
                }
            }
        }
    }
}
