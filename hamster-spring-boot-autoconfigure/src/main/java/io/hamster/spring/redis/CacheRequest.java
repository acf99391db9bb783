package io.hamster.spring.redis;

import io.hamster.spring.redis.CacheCall.Reply;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
    private final Set<CompletableFuture<?>> unanswered = ConcurrentHashMap.newKeySet();
    private volatile boolean givenUp;

    CacheRequest(RedisLink link) {
        this.link = link;
    }

    <T> CompletableFuture<T> run(CacheCall call, Function<Reply, T> reader) {
        if (givenUp) {
            return CompletableFuture.failedFuture(new CancellationException("The request was given up"));
        }
        CompletableFuture<T> answer = link.run(call, reader);
        unanswered.add(answer);
        answer.whenComplete((value, failure) -> unanswered.remove(answer));
        if (givenUp) {
            answer.cancel(false);
        }
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
                        giveUp();
                        result.completeExceptionally(late.get());
                    },
                    timeout.toNanos(),
                    TimeUnit.NANOSECONDS);
            commands.apply(this).whenComplete((value, failure) -> {
                timer.cancel(false);
                if (failure == null) {
                    result.complete(value);
                } else if (!givenUp) {
                    result.completeExceptionally(failed.apply(failure));
                }
            });
        } catch (RuntimeException e) {
            result.completeExceptionally(failed.apply(e));
        }
        return result;
    }

    private void giveUp() {
        givenUp = true;
        unanswered.forEach(answer -> answer.cancel(false));
    }
}
