package io.hamster.benchmarks.singleflight;

import io.hamster.singleflight.Singleflight;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * 200 clients ask for one key that takes 50 ms to load, in two ways: those who come too late wait for the result
 * (single flight), or they are turned away and come back after 10 ms, at most five times.
 */
final class ColdKey {

    private static final int CLIENTS = 200;
    private static final long LOAD_NANOS = 50_000_000;
    private static final long RETRY_NANOS = 10_000_000;
    private static final int RETRIES = 5;

    private ColdKey() {}

    static String report(boolean quick) throws Exception {
        int runs = quick ? 1 : 20;
        StringBuilder table =
                new StringBuilder("A load takes 50 ms. Rejected clients come back after 10 ms, five times at most.\n\n"
                        + "| way | loads | clients answered | median wait | longest wait | requests |\n"
                        + "|---|---|---|---|---|---|\n");
        for (Way way : List.of(new Shared(), new RejectAndRetry())) {
            Tally tally = new Tally();
            for (int run = 0; run < runs; run++) {
                rush(way.fresh(), tally);
            }
            table.append(tally.line(way.name(), runs));
        }
        return table.toString();
    }

    private static void rush(Way way, Tally tally) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Long>> waits = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                waits.add(clients.submit(() -> {
                    start.await();
                    long began = System.nanoTime();
                    return way.ask(tally) ? System.nanoTime() - began : -1;
                }));
            }
            start.countDown();
            for (Future<Long> wait : waits) {
                tally.answered(wait.get());
            }
        } finally {
            clients.shutdownNow();
        }
    }

    private static String load(Tally tally) {
        tally.loads.incrementAndGet();
        pause(LOAD_NANOS);
        return "value";
    }

    private static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private interface Way {
        String name();

        Way fresh();

        boolean ask(Tally tally) throws Exception;
    }

    private static final class Shared implements Way {

        private final Singleflight<String, String> flights = new Singleflight<>();

        @Override
        public String name() {
            return "single flight";
        }

        @Override
        public Way fresh() {
            return new Shared();
        }

        @Override
        public boolean ask(Tally tally) throws Exception {
            tally.requests.incrementAndGet();
            return flights.execute("key", () -> load(tally)).value() != null;
        }
    }

    private static final class RejectAndRetry implements Way {

        private final AtomicInteger loading = new AtomicInteger();

        @Override
        public String name() {
            return "reject and retry";
        }

        @Override
        public Way fresh() {
            return new RejectAndRetry();
        }

        @Override
        public boolean ask(Tally tally) {
            for (int attempt = 0; attempt <= RETRIES; attempt++) {
                tally.requests.incrementAndGet();
                if (loading.compareAndSet(0, 1)) {
                    load(tally);
                    loading.set(2);
                    return true;
                }
                if (loading.get() == 2) {
                    return true;
                }
                pause(RETRY_NANOS);
            }
            return false;
        }
    }

    private static final class Tally {

        private final AtomicInteger loads = new AtomicInteger();
        private final AtomicInteger requests = new AtomicInteger();
        private final List<Long> waits = new ArrayList<>();
        private int clients;

        private void answered(long nanos) {
            clients++;
            if (nanos >= 0) {
                waits.add(nanos);
            }
        }

        private String line(String way, int runs) {
            List<Long> sorted = waits.stream().sorted().toList();
            return String.format(
                    Locale.ROOT,
                    "| %s | %.1f a run | %.1f %% | %.1f ms | %.1f ms | %.0f a run |%n",
                    way,
                    loads.get() / (double) runs,
                    100.0 * sorted.size() / clients,
                    sorted.get(sorted.size() / 2) / 1e6,
                    sorted.get(sorted.size() - 1) / 1e6,
                    requests.get() / (double) runs);
        }
    }
}
