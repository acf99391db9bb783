package io.hamster.cache;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;

/** Waits that an interrupt doesn't end; the thread is interrupted again afterwards. */
final class Uninterrupted {

    private Uninterrupted() {}

    static void get(Future<?> future, Duration patience) throws ExecutionException, TimeoutException {
        await(patience, nanos -> {
            future.get(nanos, TimeUnit.NANOSECONDS);
            return true;
        });
    }

    static boolean tryLock(Lock lock, Duration patience) {
        try {
            return await(patience, nanos -> lock.tryLock(nanos, TimeUnit.NANOSECONDS));
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("Locks throw neither", e);
        }
    }

    private static boolean await(Duration patience, Wait wait) throws ExecutionException, TimeoutException {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return wait.upTo(Math.max(0, deadline - System.nanoTime()));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private interface Wait {

        boolean upTo(long nanos) throws InterruptedException, ExecutionException, TimeoutException;
    }
}
