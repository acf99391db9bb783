package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.lock.memory.MemoryLockStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real threads and real time over good and bad networks: no two valid handles, no fence twice, nothing left behind. */
class LockStressTests {

    private static final Duration RUN = Duration.ofMillis(1000);
    /** Of a run on a machine that pauses, before enough has been seen. */
    private static final Duration LONGEST_RUN = Duration.ofSeconds(60);

    private static final int ENOUGH_HOLDS = 20;
    private static final Duration LEASE = Duration.ofMillis(20);
    private static final int THREADS = 6;
    private static final int KEYS = 4;

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final MemoryLockStore memory = new MemoryLockStore(TimeSource.system(), scheduler);
    private final LockHistory history = new LockHistory();
    private final List<LockClient> clients = new ArrayList<>();

    @AfterEach
    void stop() {
        clients.forEach(LockClient::close);
        memory.close();
        threads.shutdownNow();
        scheduler.shutdownNow();
    }

    @ParameterizedTest(name = "store orders waiters: {0}, bad network: {1}")
    @CsvSource({"true, false", "false, false", "true, true", "false, true"})
    void neverLetsTwoHandlesBeValid(boolean ordered, boolean badNetwork) throws Exception {
        LockStore store = ordered ? memory : new UnorderedLockStore(memory, threads);
        LockStore network = badNetwork ? new ChaoticLockStore(store, scheduler, LEASE.plus(LEASE)) : store;
        for (int i = 0; i < 2; i++) {
            clients.add(LockClient.builder(network, scheduler, threads)
                    .commandTimeout(Duration.ofMillis(12))
                    .node("node" + i)
                    .build());
        }
        long began = System.nanoTime();
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            LockClient client = clients.get(i % clients.size());
            workers.add(threads.submit(() -> {
                while (goesOn(System.nanoTime() - began)) {
                    useLock(client);
                }
            }));
        }
        for (Future<?> worker : workers) {
            worker.get(LONGEST_RUN.plusSeconds(30).toSeconds(), TimeUnit.SECONDS);
        }

        assertThat(history.violations()).isEmpty();
        assertThat(history.size()).isGreaterThan(ENOUGH_HOLDS);
        // Whoever waits hears of the end of a request before the client is done with it.
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(clients)
                        .allSatisfy(client ->
                                assertThat(client.admin().stats().waiting()).isZero()));
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(memory.list(10).toCompletableFuture().join()).isEmpty());
    }

    private boolean goesOn(long nanos) {
        return nanos < RUN.toNanos() || (nanos < LONGEST_RUN.toNanos() && history.size() <= ENOUGH_HOLDS);
    }

    private void useLock(LockClient client) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        LockRequest request = LockRequest.builder("k" + random.nextInt(KEYS))
                .expiration(LEASE)
                .timeout(Duration.ofMillis(1 + random.nextInt(60)))
                .retry(RetryStrategy.fixed(random.nextInt(-1, 4), Duration.ofMillis(5)))
                .autoRefresh(random.nextBoolean())
                .build();
        try {
            switch (random.nextInt(4)) {
                case 0 -> client.tryLock(request).ifPresent(this::hold);
                case 1 -> hold(client.lock(request));
                case 2 -> hold(client.singleflightLock(request));
                default -> holdOrCancel(client.lockAsync(request), random.nextInt(5));
            }
        } catch (LockNotAcquiredException | LockUnavailableException e) {
            assertThat(e.key()).startsWith("k");
        }
    }

    private void holdOrCancel(CompletableFuture<LockHandle> asked, int patienceMillis) {
        try {
            hold(asked.get(patienceMillis, TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            if (!asked.cancel(false) && !asked.isCompletedExceptionally()) {
                hold(asked.join());
            }
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(LockException.class);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Holds the lock for a while, sometimes for longer than its lease, and notes when it was valid. */
    private void hold(LockHandle handle) {
        try (handle) {
            long from = System.nanoTime();
            if (!handle.isValid()) {
                return;
            }
            long last = from;
            long until = from + ThreadLocalRandom.current().nextLong(LEASE.toNanos() / 8);
            if (ThreadLocalRandom.current().nextInt(4) == 0) {
                until += LEASE.toNanos() * 3 / 2;
            }
            for (long now = from; now < until; now = System.nanoTime()) {
                if (!handle.isValid()) {
                    break;
                }
                last = now;
                Thread.onSpinWait();
            }
            history.add(
                    new LockHistory.Hold(handle.key(), Thread.currentThread().getName(), handle.fence(), from, last));
        }
    }
}
