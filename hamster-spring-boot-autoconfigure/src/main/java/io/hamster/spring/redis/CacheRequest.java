package io.hamster.spring.redis;

import io.hamster.spring.redis.CacheCall.Reply;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

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

    void giveUp() {
        givenUp = true;
        unanswered.forEach(answer -> answer.cancel(false));
    }

    boolean isGivenUp() {
        return givenUp;
    }
}
