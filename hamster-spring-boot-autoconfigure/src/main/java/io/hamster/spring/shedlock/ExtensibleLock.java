package io.hamster.spring.shedlock;

import io.hamster.Keys;
import io.hamster.lock.LockExpiredException;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockLostException;
import io.hamster.lock.LockUnavailableException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import net.javacrumbs.shedlock.core.SimpleLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A handle until it is extended, when another of these takes its place, or unlocked. One that couldn't be extended may
 * still be unlocked, as ShedLock does at the end of the task: the task's own exception would be lost otherwise.
 */
final class ExtensibleLock implements SimpleLock {

    private static final Logger LOG = LoggerFactory.getLogger(ExtensibleLock.class);

    private final LockHandle handle;
    private final AtomicBoolean over = new AtomicBoolean();

    ExtensibleLock(LockHandle handle) {
        this.handle = handle;
    }

    /** The task has ended and its result can't be taken back, so the caller learns nothing that it could act on. */
    @Override
    public void unlock() {
        if (!over.compareAndSet(false, true)) {
            throw unusable();
        }
        try {
            handle.unlock();
        } catch (LockExpiredException | LockLostException e) {
            LOG.warn(
                    "Lock {} was gone before its task had ended, which may have run twice at a time; lengthen"
                            + " lockAtMostFor or extend the lock meanwhile",
                    Keys.shortened(handle.key()));
        } catch (LockUnavailableException e) {
            LOG.warn(
                    "Lock {} is released later or runs out: {}",
                    Keys.shortened(handle.key()),
                    String.valueOf(e.getCause()));
        }
    }

    @Override
    public Optional<SimpleLock> extend(Duration lockAtMostFor, Duration lockAtLeastFor) {
        if (over.get()) {
            throw unusable();
        }
        try {
            handle.extend(lockAtMostFor, lockAtLeastFor);
        } catch (LockExpiredException | LockLostException e) {
            LOG.debug("Lock {} can't be extended: {}", Keys.shortened(handle.key()), e.getMessage());
            return Optional.empty();
        }
        if (!over.compareAndSet(false, true)) {
            throw unusable();
        }
        return Optional.of(new ExtensibleLock(handle));
    }

    private IllegalStateException unusable() {
        return new IllegalStateException("Lock '" + Keys.shortened(handle.key())
                + "' was unlocked or extended; after an extension use the lock that it returned");
    }
}
