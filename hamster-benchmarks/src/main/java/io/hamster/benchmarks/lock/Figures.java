package io.hamster.benchmarks.lock;

import io.hamster.TimeSource;
import io.hamster.benchmarks.report.Percentiles;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.memory.MemoryLockStore;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Locks in memory, beside what the Go library that Hamster takes its names from says of its own. */
final class Figures {

    private static final int CALLS = 200_000;

    private Figures() {}

    static String report(boolean quick) throws Exception {
        int calls = quick ? CALLS / 10 : CALLS;
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        try (MemoryLockStore store = new MemoryLockStore(TimeSource.system(), scheduler);
                LockClient client =
                        LockClient.builder(store, scheduler, Runnable::run).build()) {
            int[] next = new int[1];
            Percentiles tryLock = Percentiles.of(
                    calls,
                    () -> LockRequest.of("key:" + next[0]++),
                    request -> client.tryLock(request).orElseThrow(),
                    Figures::unlocked);
            Percentiles lock = Percentiles.of(
                    calls, () -> LockRequest.highContention("key").build(), client::lock, Figures::unlocked);
            Percentiles unlock = Percentiles.of(
                    calls, () -> client.lock(LockRequest.of("key:" + next[0]++)), Figures::unlocked, handle -> handle);
            return String.format(Locale.ROOT, """
                    One thread, in memory. The Go library's figures are from its documentation (8 cores), not measured
                    here; it says 1 KB a lock.

                    | what | Hamster | 99th percentile | Go library | 99th percentile |
                    |---|---|---|---|---|
                    | tryLock, many keys | %s | 100,000/s | 0.5 ms |
                    | lock with retries | %s | 50,000/s | 10 ms |
                    | unlock | %s | 200,000/s | 0.2 ms |
                    """, tryLock.cells(), lock.cells(), unlock.cells());
        } finally {
            scheduler.shutdownNow();
        }
    }

    private static LockHandle unlocked(LockHandle handle) {
        handle.unlock();
        return handle;
    }
}
