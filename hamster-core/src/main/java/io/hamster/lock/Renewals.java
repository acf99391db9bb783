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
    private List<DefaultLockHandle> due = new ArrayList<>();

    Renewals(LockStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    void add(DefaultLockHandle handle) {
        lock.lock();
        try {
            due.add(handle);
        } finally {
            lock.unlock();
        }
    }

    void flush() {
        List<DefaultLockHandle> handles = taken();
        if (handles.isEmpty()) {
            return;
        }
        // One time for the whole batch, taken before anything is sent: the earliest, so the safest.
        long sent = clock.now();
        List<DefaultLockHandle> asked = new ArrayList<>(handles.size());
        List<Extension> batch = new ArrayList<>(handles.size());
        for (DefaultLockHandle handle : handles) {
            if (handle.beginRenewal()) {
                asked.add(handle);
                batch.add(new Extension(handle.key(), handle.lockToken(), Duration.ofNanos(handle.leaseToAsk(sent))));
            }
        }
        if (!batch.isEmpty()) {
            StoreCalls.call(() -> store.renew(batch)).whenComplete((answers, failure) -> {
                Map<LockToken, Renewal> known = failure == null ? answers : Collections.emptyMap();
                for (int i = 0; i < asked.size(); i++) {
                    DefaultLockHandle handle = asked.get(i);
                    @Nullable Renewal answer = known.get(handle.lockToken());
                    handle.endRenewal(sent, batch.get(i).lease().toNanos(), answer);
                }
            });
        }
    }

    private List<DefaultLockHandle> taken() {
        lock.lock();
        try {
            List<DefaultLockHandle> taken = due;
            due = new ArrayList<>();
            return taken;
        } finally {
            lock.unlock();
        }
    }
}
