package io.hamster.lock;

import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Calls to the store that end in time, and the ways to wait for them. */
final class StoreCalls {

    private final SharedTimer timer;
    private final Clock clock;
    private final LockSettings settings;
    private final AtomicInteger spread = new AtomicInteger();

    StoreCalls(SharedTimer timer, Clock clock, LockSettings settings) {
        this.timer = timer;
        this.clock = clock;
        this.settings = settings;
    }

    /** Calls the store; what it throws in spite of its contract is treated as its answer. */
    static <T> CompletableFuture<T> call(Supplier<? extends CompletionStage<T>> command) {
        try {
            return command.get().toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** As {@link #call}, failing with {@link TimeoutException} if there is no answer within the command timeout. */
    <T> CompletableFuture<T> bounded(Supplier<? extends CompletionStage<T>> command) {
        CompletableFuture<T> answer = call(command);
        if (answer.isDone()) {
            return answer;
        }
        if (timer.isClosed()) {
            return answer.copy().orTimeout(settings.commandTimeoutNanos(), TimeUnit.NANOSECONDS);
        }
        Bound<T> bound = new Bound<>();
        timer.add(bound, clock.now() + settings.commandTimeoutNanos());
        answer.whenComplete(bound::answered);
        return bound.result;
    }

    /** Waits for an answer that is sure to come. */
    static <T> T await(CompletableFuture<T> answer) throws InterruptedException, ExecutionException {
        try {
            return answer.get();
        } catch (CancellationException e) {
            throw new ExecutionException(e);
        }
    }

    /** Waits for an answer that is sure to come; an interrupt is kept for later. */
    static <T> T awaitUninterruptibly(CompletableFuture<T> answer) throws ExecutionException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return await(answer);
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

    /** What failed, without the wrapping of dependent stages. */
    static Throwable unwrapped(Throwable e) {
        Throwable cause = e;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    TimeoutException timedOut() {
        return new TimeoutException("no answer from the lock store within " + settings.commandTimeout());
    }

    private final class Bound<T> extends SharedTimer.Item {

        private final CompletableFuture<T> result = new CompletableFuture<>();
        private final int number = spread.getAndIncrement();

        private void answered(T value, Throwable failure) {
            timer.remove(this);
            if (failure == null) {
                result.complete(value);
            } else {
                result.completeExceptionally(unwrapped(failure));
            }
        }

        @Override
        void fire(long now) {
            timer.remove(this);
            result.completeExceptionally(timedOut());
        }

        @Override
        void timerClosed() {
            fire(clock.now());
        }

        @Override
        int spread() {
            return number;
        }
    }
}
