package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/**
 * What the caches of a client share.
 *
 * @param executor runs what is its submitter's own: loads
 * @param contextFreeExecutor runs what others have caused: completions, notices, upkeep
 */
record CacheRuntime(
        TimeSource time,
        Executor executor,
        Executor contextFreeExecutor,
        ScheduledExecutorService scheduler,
        DoubleSupplier random,
        BooleanSupplier inTransaction,
        LoadGraph graph) {}
