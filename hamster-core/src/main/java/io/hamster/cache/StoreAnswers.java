package io.hamster.cache;

import io.hamster.cache.store.CacheStoreUnavailableException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** Waits for a store, which answers within its command timeout. */
final class StoreAnswers {

    private StoreAnswers() {}

    /**
     * Waits for an answer.
     *
     * @throws CacheStoreUnavailableException if there is none
     */
    static <T> T await(CompletionStage<T> answer) throws InterruptedException {
        try {
            return answer.toCompletableFuture().get();
        } catch (ExecutionException e) {
            throw unavailable(e);
        }
    }

    static CacheStoreUnavailableException unavailable(Throwable failure) {
        boolean isWrapped = failure instanceof CompletionException || failure instanceof ExecutionException;
        Throwable cause = isWrapped && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CacheStoreUnavailableException known
                ? known
                : new CacheStoreUnavailableException("The shared tier failed: " + cause, cause);
    }
}
