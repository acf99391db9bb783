package io.hamster.spring.lock;

import io.hamster.Keys;
import io.hamster.lock.LockException;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockNotHeldException;
import io.hamster.lock.LockUnavailableException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The locks of one call, in the order of their keys; from the first loss on, none of them. Those that an earlier call
 * acquired and its transaction keeps count for what this call may rely on, but are not its to release. Thread-safe.
 */
final class HeldLocks {

    private static final Logger LOG = LoggerFactory.getLogger(HeldLocks.class);

    private final List<HeldLock> locks;
    private final List<HeldLock> all;
    private final AtomicReference<@Nullable LockHandle> firstLost = new AtomicReference<>();

    HeldLocks(List<HeldLock> locks) {
        this(locks, List.of());
    }

    HeldLocks(List<HeldLock> locks, List<HeldLock> kept) {
        this.locks = List.copyOf(locks);
        this.all = kept.isEmpty() ? this.locks : merged(locks, kept);
        if (locks.size() > 1) {
            locks.forEach(lock -> lock.handle().onLost(this::lost));
        }
    }

    private static List<HeldLock> merged(List<HeldLock> locks, List<HeldLock> kept) {
        return Stream.concat(locks.stream(), kept.stream())
                .sorted(Comparator.comparing(lock -> lock.handle().key()))
                .toList();
    }

    /** The others are released at once, so that no handle claims what isn't so any more. */
    private void lost(LockHandle lost) {
        if (!firstLost.compareAndSet(null, lost)) {
            return;
        }
        for (int i = locks.size() - 1; i >= 0; i--) {
            LockHandle handle = locks.get(i).handle();
            // The lost one stays what the running code finds as its lock, and says that it isn't valid.
            if (handle != lost) {
                handle.unlockAsync();
            }
        }
    }

    LockHandle[] handles() {
        return all.stream().map(HeldLock::handle).toArray(LockHandle[]::new);
    }

    /** The handle that the running method has to find as its current one; empty if acquiring made it that. */
    Optional<LockHandle> hidden() {
        HeldLock last = all.isEmpty() ? null : all.get(all.size() - 1);
        return last == null || locks.contains(last) ? Optional.empty() : Optional.of(last.handle());
    }

    /** Whether there is nothing to release. */
    boolean isEmpty() {
        return locks.isEmpty();
    }

    /** The one of that key, if this call acquired it. */
    Optional<HeldLock> find(String key) {
        for (HeldLock lock : locks) {
            if (lock.handle().key().equals(key)) {
                return Optional.of(lock);
            }
        }
        return Optional.empty();
    }

    void onLost(Runnable callback) {
        all.forEach(lock -> lock.handle().onLost(lost -> callback.run()));
    }

    /** Throws if one of them was lost. */
    void assertHeld() {
        assertNoneLost();
        try {
            all.forEach(lock -> lock.handle().assertHeld());
        } catch (LockNotHeldException e) {
            // Released meanwhile, because another was lost, which tells more.
            assertNoneLost();
            throw e;
        }
    }

    private void assertNoneLost() {
        LockHandle lost = firstLost.get();
        if (lost != null) {
            lost.assertHeld();
        }
    }

    /** Leaves them to run out: nobody knows when it would be safe to release them. */
    void lapse() {
        locks.forEach(HeldLock::lapse);
    }

    /**
     * Releases all, the last one first.
     *
     * @return completes, never exceptionally, when the store has answered; with the exception to throw if the work that
     *     they were for was not protected to its end
     */
    CompletableFuture<Optional<LockException>> release() {
        CompletableFuture<Optional<LockException>> all = CompletableFuture.completedFuture(Optional.empty());
        for (int i = locks.size() - 1; i >= 0; i--) {
            CompletableFuture<Optional<LockException>> one =
                    locks.get(i).handle().unlockAsync().handle((released, failure) -> problem(failure));
            all = all.thenCombine(one, HeldLocks::worse);
        }
        return all;
    }

    private Optional<LockException> problem(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof LockUnavailableException late) {
            // The work was done under the lock to its end; that others get it late is not the caller's failure.
            LOG.warn(
                    "Lock {} is released later or runs out: {}",
                    Keys.shortened(late.key()),
                    String.valueOf(late.getCause()));
            return Optional.empty();
        }
        if (cause instanceof LockNotHeldException && firstLost.get() != null) {
            // Released because another was lost, which tells more.
            return Optional.empty();
        }
        return cause instanceof LockException problem ? Optional.of(problem) : Optional.empty();
    }

    private static Optional<LockException> worse(Optional<LockException> one, Optional<LockException> other) {
        boolean onlyReleased =
                one.filter(LockNotHeldException.class::isInstance).isPresent();
        return one.isPresent() && !(onlyReleased && other.isPresent()) ? one : other;
    }
}
