package io.hamster.singleflight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads, few keys, real scheduling: never two executions of a key at once, never an old result. */
@Timeout(60)
class SingleflightStressTests {

    private static final int KEYS = 3;

    private final Singleflight<Integer, Long> flights = new Singleflight<>();
    private final AtomicLong executions = new AtomicLong();
    private final AtomicLongArray delivered = new AtomicLongArray(KEYS);
    private final AtomicInteger[] running = {new AtomicInteger(), new AtomicInteger(), new AtomicInteger()};

    @Test
    void platformThreadsShareSafely() throws Exception {
        stress(Executors.newFixedThreadPool(16), 16, 20_000);
    }

    @Test
    void virtualThreadsShareSafely() throws Exception {
        stress(virtualThreads(), 1_000, 200);
    }

    @Test
    void aThousandVirtualThreadsOnOneKeyRunItOnce() throws Exception {
        int callers = 1_000;
        ExecutorService threads = virtualThreads();
        try {
            CountDownLatch allCame = new CountDownLatch(1);
            List<Future<Singleflight.Result<Long>>> results = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                results.add(threads.submit(() -> flights.execute(0, () -> {
                    allCame.await();
                    return executions.incrementAndGet();
                })));
            }
            await().until(() -> flights.stats().calls() == callers);
            allCame.countDown();

            for (Future<Singleflight.Result<Long>> result : results) {
                assertThat(result.get()).isEqualTo(new Singleflight.Result<>(1L, true));
            }
            assertThat(executions).hasValue(1);
            assertThat(flights.stats()).isEqualTo(new Singleflight.Stats(callers, 1, callers - 1));
        } finally {
            threads.shutdownNow();
        }
    }

    private void stress(ExecutorService threads, int callers, int callsEach) throws Exception {
        try {
            CyclicBarrier start = new CyclicBarrier(callers);
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < callers; i++) {
                int seed = i;
                results.add(threads.submit(() -> {
                    start.await();
                    int shared = 0;
                    for (int call = 0; call < callsEach; call++) {
                        shared += call(Math.floorMod(seed * 31 + call, KEYS)) ? 1 : 0;
                    }
                    return shared;
                }));
            }
            long sharedResults = 0;
            for (Future<Integer> result : results) {
                sharedResults += result.get();
            }
            Singleflight.Stats stats = flights.stats();
            assertThat(stats.calls()).isEqualTo((long) callers * callsEach);
            assertThat(stats.shared()).isEqualTo(stats.calls() - stats.executions());
            assertThat(sharedResults).isGreaterThanOrEqualTo(stats.shared()).isLessThanOrEqualTo(2 * stats.shared());
            assertThat(flights.inFlight()).isZero();
        } finally {
            threads.shutdownNow();
        }
    }

    private boolean call(int key) throws Exception {
        long newestBefore = delivered.get(key);
        Singleflight.Result<Long> result = flights.execute(key, () -> {
            assertThat(running[key].incrementAndGet()).isEqualTo(1);
            Thread.yield();
            running[key].decrementAndGet();
            return executions.incrementAndGet();
        });
        assertThat(result.value())
                .as("newer than all that was delivered before")
                .isGreaterThan(newestBefore);
        delivered.accumulateAndGet(key, result.value(), Math::max);
        return result.shared();
    }

    private static ExecutorService virtualThreads() throws IllegalAccessException {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException | InvocationTargetException e) {
            return Assumptions.abort("Virtual threads need Java 21; this is " + Runtime.version());
        }
    }
}
