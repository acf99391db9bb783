package io.hamster.cache;

import io.hamster.cache.writeback.JournalException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * Waits for the journal of a shared cache. What hasn't been sent there by the time it is given up never is: a write that
 * its caller was told has failed must not come after a later one.
 */
record JournalAnswers(String cache, Duration patience) implements SharedQueue.Wait {

    @Override
    public <T> T join(CompletionStage<T> answer) {
        CompletableFuture<T> asked = answer.toCompletableFuture();
        try {
            return asked.copy()
                    .orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            asked.cancel(false);
            throw new JournalException(
                    "The journal of cache '" + cache + "' does not answer: " + e.getCause()
                            + "; what it was asked may be done or not",
                    e.getCause());
        }
    }
}
