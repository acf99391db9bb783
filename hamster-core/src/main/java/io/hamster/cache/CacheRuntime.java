package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/** What the caches of a client share. */
record CacheRuntime(
        TimeSource time,
        Executor executor,
        ScheduledExecutorService scheduler,
        DoubleSupplier random,
        BooleanSupplier inTransaction,
        LoadGraph graph) {}
