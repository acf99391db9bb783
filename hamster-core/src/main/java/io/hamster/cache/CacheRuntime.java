package io.hamster.cache;

import io.hamster.Codec;
import io.hamster.TimeSource;
import io.hamster.cache.writeback.SharedJournal;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the caches of a client share.
 *
 * @param executor runs what is its submitter's own: loads
 * @param contextFreeExecutor runs what others have caused: completions, notices, upkeep, flushes
 * @param codec encodes what leaves the heap
 * @param sharedJournals makes journals that several processes share
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
        SharedJournal.@Nullable Factory sharedJournals) {

    /** For caches of which nothing leaves the heap. */
    CacheRuntime(
            TimeSource time,
            Executor executor,
            Executor contextFreeExecutor,
            ScheduledExecutorService scheduler,
            DoubleSupplier random,
            BooleanSupplier inTransaction,
            LoadGraph graph) {
        this(time, executor, contextFreeExecutor, scheduler, random, inTransaction, graph, null, null);
    }
}
