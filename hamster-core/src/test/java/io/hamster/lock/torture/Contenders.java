package io.hamster.lock.torture;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockHistory.Hold;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockUnavailableException;
import io.hamster.lock.RetryStrategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Threads of one process that take locks, look again and again whether they still have them, and log what they saw. */
public final class Contenders {

    /** Short, so that a run sees many of them end. */
    public static final Duration LEASE = Duration.ofSeconds(1);

    private static final int KEYS = 10;
    private static final int THREADS = 4;
    private static final long LOOK_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(3);
    private static final long TOLD_WITHIN_SECONDS = 10;

    private final LockClient client;
    private final String owner;
    private final HoldLog log;
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean ended;

    public Contenders(LockClient client, String owner, HoldLog log) {
        this.client = client;
        this.owner = owner;
        this.log = log;
    }

    /** The keys contended for. */
    public static List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (int i = 0; i < KEYS; i++) {
            keys.add("contended-" + i);
        }
        return keys;
    }

    /** Contends until this process's standard input ends. */
    public void runUntilInputEnds(long seed) throws Exception {
        start(seed);
        while (System.in.read() >= 0) {
            // Nothing is said there; only its end counts.
        }
        end();
    }

    /** Contends from now on. */
    public void start(long seed) {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        for (int i = 0; i < THREADS; i++) {
            Random random = new Random(seed * THREADS + i);
            running.add(threads.submit(() -> contend(random)));
        }
        threads.shutdown();
    }

    /** Contends no more, and fails if a contender did. */
    public void end() throws Exception {
        ended = true;
        for (Future<?> each : running) {
            each.get();
        }
    }

    private void contend(Random random) {
        try {
            while (!ended) {
                contendOnce(random);
            }
        } catch (RuntimeException | Error e) {
            log.fault("a contender ended with " + e);
            throw e;
        }
    }

    private void contendOnce(Random random) {
        String key = keys().get(random.nextInt(KEYS));
        LockRequest request = LockRequest.builder(key)
                .expiration(LEASE)
                .timeout(Duration.ofMillis(1 + random.nextInt(2000)))
                .retry(RetryStrategy.fixed(RetryStrategy.UNLIMITED, Duration.ofMillis(50)))
                .build();
        try {
            hold(client.lock(request), random);
        } catch (LockNotAcquiredException e) {
            // Somebody else was longer.
        } catch (LockUnavailableException e) {
            // As it should be while the store is away; not to ask for it at full speed.
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    private void hold(LockHandle handle, Random random) {
        CountDownLatch told = new CountDownLatch(1);
        handle.onLost(lost -> told.countDown());
        // Mostly short; now and then so long that it has to be renewed.
        long length = random.nextInt(8) == 0 ? LEASE.toNanos() * (1 + random.nextInt(2)) : random.nextInt(20_000_000);
        if (!staysValid(handle, System.nanoTime() + length)) {
            expectTold(handle, told);
        }
        handle.close();
        if (handle.isValid()) {
            log.fault(handle.key() + " is valid after its release");
        }
    }

    /** Looks until then, or until the handle isn't valid any more. */
    private boolean staysValid(LockHandle handle, long until) {
        long from = 0;
        while (true) {
            long before = System.nanoTime();
            boolean valid = handle.isValid();
            long after = System.nanoTime();
            if (!valid) {
                return false;
            }
            // Valid at some moment of each look, so at all times between the first and the last.
            if (from == 0) {
                from = after;
            } else {
                log.held(new Hold(handle.key(), owner, handle.fence(), from, before));
                if (before >= until) {
                    return true;
                }
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    private void expectTold(LockHandle handle, CountDownLatch told) {
        try {
            if (!told.await(TOLD_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                log.fault("nobody was told that " + handle.key() + " was lost");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (handle.isValid()) {
            log.fault(handle.key() + " is valid again after it was lost");
        }
    }
}
