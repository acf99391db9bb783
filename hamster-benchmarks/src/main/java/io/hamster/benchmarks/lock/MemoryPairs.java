package io.hamster.benchmarks.lock;

import io.hamster.TimeSource;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockRequest;
import io.hamster.lock.memory.MemoryLockStore;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Taking and giving back a lock in memory that nobody else wants. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MemoryPairs {

    private static final String KEY = "order:4711";

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final MemoryLockStore store = new MemoryLockStore(TimeSource.system(), scheduler);
    private final LockClient client =
            LockClient.builder(store, scheduler, executor).build();
    private final LockRequest request = LockRequest.of(KEY);
    private final ConcurrentMap<String, Object> map = new ConcurrentHashMap<>();

    /** Ends the threads. */
    @TearDown
    public void end() {
        client.close();
        store.close();
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    /** Hamster. */
    @Benchmark
    public void hamster() {
        client.tryLock(request).orElseThrow().unlock();
    }

    /**
     * What one writes by hand: no lease, no fence, nobody waits.
     *
     * @return whether it was held
     */
    @Benchmark
    public boolean mapOfOwners() {
        Object owner = new Object();
        if (map.putIfAbsent(KEY, owner) != null) {
            throw new IllegalStateException("held");
        }
        return map.remove(KEY, owner);
    }
}
