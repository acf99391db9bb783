package io.hamster.cache;

import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.JournalException;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the journal of a shared cache, which answers within its timeout.
 *
 * @param atMost how long even if there is no thread to tell that by: a client may have been given an executor whose only
 *     one waits here
 */
record JournalAnswers(String cache, Duration atMost) implements SharedQueue.Wait {

    private static final Duration AT_MOST = Duration.ofMinutes(2);

    JournalAnswers(String cache) {
        this(cache, AT_MOST);
    }

    @Override
    public <T> T join(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture()
                    .copy()
                    .orTimeout(atMost.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new JournalException(
                    "The journal of cache '" + cache + "' does not answer: " + e.getCause() + "; "
                            + (isLeftAlone(e.getCause()) ? "it was not asked" : "what it was asked may be done or not"),
                    e.getCause());
        }
    }

    /** Known to be away. */
    private static boolean isLeftAlone(@Nullable Throwable failure) {
        return failure instanceof CacheStoreUnavailableException away
                && away.retryAfter().isPresent();
    }
}
