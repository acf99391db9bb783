package io.hamster.cache;

import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.JournalException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Waits for the journal of a shared cache, which answers within its timeout. */
record JournalAnswers(String cache) implements SharedQueue.Wait {

    @Override
    public <T> T join(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture().join();
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
