package io.hamster.spring.lock;

import io.hamster.Keys;
import io.hamster.lock.LockException;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockNotHeldException;
import io.hamster.lock.LockUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of one call, in the order in which they were acquired. Filled by one thread at a time, before the work
 * begins; everything else is thread-safe.
 */
final class HeldLocks {

    private static final Logger LOG = LoggerFactory.getLogger(HeldLocks.class);

    private final List<LockHandle> handles = new ArrayList<>(1);
    private final AtomicReference<@Nullable LockHandle> firstLost = new AtomicReference<>();

    void add(LockHandle handle) {
        handles.add(handle);
    }

    List<LockHandle> handles() {
        return handles;
    }

    boolean has(String key) {
        for (LockHandle handle : handles) {
            if (handle.key().equals(key)) {
                return true;
            }
        }
        return false;
    }

    /** From now on losing one loses all: the others are released, so that no handle claims what isn't so any more. */
    void loseTogether() {
        if (handles.size() > 1) {
            handles.forEach(handle -> handle.onLost(this::lost));
        }
    }

    private void lost(LockHandle lost) {
        if (!firstLost.compareAndSet(null, lost)) {
            return;
        }
        for (int i = handles.size() - 1; i >= 0; i--) {
            // The lost one stays what the running code finds as its lock, and says that it isn't valid.
            if (handles.get(i) != lost) {
                handles.get(i).unlockAsync();
            }
        }
    }

    /** Throws if one of them was lost. */
    void assertHeld() {
        LockHandle lost = firstLost.get();
        if (lost != null) {
            lost.assertHeld();
        }
        handles.forEach(LockHandle::assertHeld);
    }

    /**
     * Releases all, the last one first.
     *
     * @return completes, never exceptionally, when the store has answered; with the exception to throw if the work that
     *     they were for was not protected to its end
     */
    CompletableFuture<Optional<LockException>> release() {
        CompletableFuture<Optional<LockException>> all = CompletableFuture.completedFuture(Optional.empty());
        for (int i = handles.size() - 1; i >= 0; i--) {
            all = all.thenCombine(release(handles.get(i)), (later, earlier) -> later.isPresent() ? later : earlier);
        }
        return all.thenApply(loss -> firstLoss().or(() -> loss));
    }

    private CompletableFuture<Optional<LockException>> release(LockHandle handle) {
        return handle.unlockAsync().handle((released, failure) -> problem(failure));
    }

    private Optional<LockException> problem(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof LockUnavailableException late) {
            // The work was done under the lock to its end; that others get it late is not the caller's failure.
            LOG.warn(
                    "Lock {} is released later or runs out: {}",
                    Keys.shortened(late.key()),
                    String.valueOf(late.getCause()));
            return Optional.empty();
        }
        if (cause instanceof LockNotHeldException && firstLost.get() != null) {
            return Optional.empty();
        }
        return cause instanceof LockException loss ? Optional.of(loss) : Optional.empty();
    }

    private Optional<LockException> firstLoss() {
        LockHandle lost = firstLost.get();
        if (lost == null) {
            return Optional.empty();
        }
        try {
            lost.assertHeld();
            return Optional.empty();
        } catch (LockNotHeldException e) {
            return Optional.empty();
        } catch (LockException e) {
            return Optional.of(e);
        }
    }
}
