package io.hamster.spring.redis;

import io.hamster.cache.store.StoredEntry;
import io.hamster.spring.redis.CacheCall.Reply;
import io.lettuce.core.RedisCommandExecutionException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The commands of one request. What isn't sent by the time it is given up never is: whoever was told that a change isn't
 * confirmed makes it good later, and a change that was sent after that would undo newer ones. Thread-safe.
 */
final class CacheRequest {

    private final RedisLink link;
    private final CompletableFuture<Void> givenUp = new CompletableFuture<>();
    private volatile boolean sentTwice;

    CacheRequest(RedisLink link) {
        this.link = link;
    }

    <T> CompletableFuture<T> run(CacheCall call, Function<Reply, T> reader) {
        return unlessGivenUp(() -> link.run(call, reply -> {
            if (call.sendings().areTwice()) {
                sentTwice = true;
            }
            return reader.apply(reply);
        }));
    }

    /** Whether a command that was answered may have been carried out before: then its answer doesn't tell what it did. */
    boolean wasSentTwice() {
        return sentTwice;
    }

    /** Reads an entry; empty if it takes the script to tell, also since Redis refused. */
    CompletableFuture<Optional<StoredEntry>> run(PlainRead read) {
        return unlessGivenUp(() -> link.run(read)).handle((byOneConnection, failure) -> {
            if (failure == null) {
                return byOneConnection ? read.entry() : Optional.empty();
            }
            if (failure instanceof RedisCommandExecutionException) {
                return Optional.empty();
            }
            throw new CompletionException(failure);
        });
    }

    private <T> CompletableFuture<T> unlessGivenUp(Supplier<CompletableFuture<T>> send) {
        if (givenUp.isDone()) {
            return CompletableFuture.failedFuture(new CancellationException("The request was given up"));
        }
        CompletableFuture<T> answer = send.get();
        givenUp.thenRun(() -> answer.cancel(false));
        return answer;
    }

    /**
     * Runs the commands.
     *
     * @param late makes the failure of what takes longer than the timeout
     * @param failed gives every other failure its form
     */
    <T> CompletableFuture<T> answer(
            Function<CacheRequest, CompletableFuture<T>> commands,
            ScheduledExecutorService scheduler,
            Duration timeout,
            Supplier<? extends Throwable> late,
            Function<Throwable, ? extends Throwable> failed) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            Future<?> timer = scheduler.schedule(
                    () -> {
                        givenUp.complete(null);
                        result.completeExceptionally(late.get());
                    },
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            commands.apply(this).whenComplete((value, failure) -> {
                timer.cancel(false);
                if (failure == null) {
                    result.complete(value);
                } else if (!givenUp.isDone()) {
                    result.completeExceptionally(failed.apply(failure));
                }
            });
        } catch (RuntimeException e) {
            result.completeExceptionally(failed.apply(e));
        }
        return result;
    }
}
