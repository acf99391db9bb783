package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cache.writeback.SharedJournal;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What the caches of a client share.
 *
 * @param executor runs what is its submitter's own: loads
 * @param contextFreeExecutor runs what others have caused: completions, notices, upkeep, flushes
 * @param codec encodes what leaves the heap
 * @param sharedJournals makes journals that several processes share
 * @param listeners watch loaders and changes of all caches
 * @param carrier makes work carry the calling thread's context to whichever thread runs it
 */
record CacheRuntime(
        TimeSource time,
        Executor executor,
        Executor contextFreeExecutor,
        ScheduledExecutorService scheduler,
        DoubleSupplier random,
        BooleanSupplier inTransaction,
        LoadGraph graph,
        @Nullable Codec codec,
        SharedJournal.@Nullable Factory sharedJournals,
        CacheListeners listeners,
        UnaryOperator<Runnable> carrier) {

    /** For caches of which nothing leaves the heap. */
    CacheRuntime(
            TimeSource time,
            Executor executor,
            Executor contextFreeExecutor,
            ScheduledExecutorService scheduler,
            DoubleSupplier random,
            BooleanSupplier inTransaction,
            LoadGraph graph) {
        this(
                time,
                executor,
                contextFreeExecutor,
                scheduler,
                random,
                inTransaction,
                graph,
                null,
                null,
                CacheListeners.NONE,
                UnaryOperator.identity());
    }

    /** The work, to be called once, with the context of the thread that asks for this. */
    <T> Callable<T> carrying(Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Runnable carried = carrier.apply(task);
        return () -> {
            carried.run();
            try {
                return task.get();
            } catch (ExecutionException e) {
                throw thrown(e);
            }
        };
    }

    private static Exception thrown(ExecutionException failure) {
        if (failure.getCause() instanceof Error error) {
            throw error;
        }
        return failure.getCause() instanceof Exception cause ? cause : failure;
    }
}
