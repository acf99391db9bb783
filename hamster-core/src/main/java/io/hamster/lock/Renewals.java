package io.hamster.lock;

import io.hamster.lock.LockStore.Extension;
import io.hamster.lock.LockStore.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Collects the renewals that one pass of the timer finds due and sends them as one batch. Thread-safe. */
final class Renewals {

    private final LockStore store;
    private final Clock clock;
    private final ReentrantLock lock = new ReentrantLock();
    private List<Grant> due = new ArrayList<>();

    Renewals(LockStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void add(Grant grant) {
        lock.lock();
        try {
            due.add(grant);
        } finally {
            lock.unlock();
        }
    }

    void flush() {
        List<Grant> grants = taken();
        if (grants.isEmpty()) {
            return;
        }
        // One time for the whole batch, taken before anything is sent: the earliest, so the safest.
        long sent = clock.now();
        List<Grant> asked = new ArrayList<>(grants.size());
        List<Extension> batch = new ArrayList<>(grants.size());
        for (Grant grant : grants) {
            if (grant.beginRenewal()) {
                asked.add(grant);
                batch.add(new Extension(
                        grant.request().key(), grant.lockToken(), Duration.ofNanos(grant.leaseToAsk(sent))));
            }
        }
        if (!batch.isEmpty()) {
            StoreCalls.call(() -> store.renew(batch)).whenComplete((answers, failure) -> {
                Map<LockToken, Renewal> known = failure == null ? answers : Collections.emptyMap();
                for (int i = 0; i < asked.size(); i++) {
                    Grant grant = asked.get(i);
                    @Nullable Renewal answer = known.get(grant.lockToken());
                    grant.endRenewal(sent, batch.get(i).lease().toNanos(), answer);
                }
            });
        }
    }

    private List<Grant> taken() {
        lock.lock();
        try {
            List<Grant> taken = due;
            due = new ArrayList<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
