package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A release that is tried again while the group has no leader, for as long as a command may take. A node that is being
 * stopped releases its locks just after it has handed leadership over: what failed then would last to the end of its lease.
 */
final class PatientRelease {

    private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

    private final Supplier<CompletableFuture<Boolean>> command;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final long until;
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();
    /** Set once a command may have been applied without an answer. */
    private volatile @Nullable Throwable doubt;

    private PatientRelease(
            Supplier<CompletableFuture<Boolean>> command,
            TimeSource time,
            ScheduledExecutorService scheduler,
            Duration patience) {
        this.command = command;
        this.time = time;
        this.scheduler = scheduler;
        this.until = time.nanoTime() + patience.toNanos();
    }

    /**
     * Releases.
     *
     * @param command sends the release, each time anew
     * @return what the first answer says
     */
    static CompletableFuture<Boolean> of(
            Supplier<CompletableFuture<Boolean>> command,
            TimeSource time,
            ScheduledExecutorService scheduler,
            Duration patience) {
        PatientRelease release = new PatientRelease(command, time, scheduler, patience);
        release.attempt();
        return release.result;
    }

    private void attempt() {
        if (!result.isDone()) {
            command.get().whenComplete(this::answered);
        }
    }

    private void answered(@Nullable Boolean released, @Nullable Throwable failure) {
        if (failure == null) {
            Throwable unclear = doubt;
            if (Boolean.FALSE.equals(released) && unclear != null) {
                // Perhaps it was there until an earlier attempt ended it.
                result.completeExceptionally(unclear);
            } else {
                result.complete(released);
            }
        } else if (LockCalls.isForWantOfALeader(failure) && time.nanoTime() - until < -PAUSE) {
            if (LockCalls.mayBeApplied(failure)) {
                doubt = failure;
            }
            again(failure);
        } else {
            result.completeExceptionally(failure);
        }
    }

    private void again(Throwable failure) {
        try {
            scheduler.schedule(this::attempt, PAUSE, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(failure);
        }
    }
}
