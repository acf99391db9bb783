package io.hamster.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The queues of all keys for which somebody waits in this JVM. Thread-safe. */
final class Waiters implements LockStore.Wakeups {

    private final LockEngine engine;
    private final boolean storeOrders;
    private final ConcurrentHashMap<String, KeyQueue> queues = new ConcurrentHashMap<>();

    Waiters(LockEngine engine, boolean storeOrders) {
        this.engine = engine;
        this.storeOrders = storeOrders;
    }

    /** Begins a wait; it may have ended when this returns. */
    Acquisition begin(LockRequest request, DefaultLockHandle handle, long started, boolean headOnly) {
        while (true) {
            KeyQueue queue = queues.computeIfAbsent(request.key(), KeyQueue::new);
            // A store that orders waiters gets all of them, but for those who asked to queue here first.
            boolean queuesHere = headOnly || !storeOrders;
            Acquisition acquisition =
                    new Acquisition(engine, queue, handle, started, queuesHere, headOnly, storeOrders);
            if (queue.enter(acquisition)) {
                acquisition.start();
                return acquisition;
            }
            queues.remove(request.key(), queue);
        }
    }

    void left(KeyQueue queue) {
        queues.remove(queue.key(), queue);
    }

    /** A lock of this client is about to be released, or was lost. */
    void releasing(DefaultLockHandle handle) {
        KeyQueue queue = storeOrders ? null : queues.get(handle.key());
        if (queue != null) {
            queue.handingOver(handle.lockToken(), engine.clock().now());
        }
    }

    /** Who takes over a lock of this client that is about to be released, or null if nobody does. */
    @Nullable
    Acquisition successor(String key) {
        KeyQueue queue = storeOrders ? null : queues.get(key);
        Acquisition head = queue == null ? null : queue.headIfReleased();
        return head != null && head.succeeds() ? head : null;
    }

    /** The release of a lock of this client has been sent, or the lock was lost. */
    void released(String key) {
        KeyQueue queue = storeOrders ? null : queues.get(key);
        if (queue != null) {
            wake(queue, KeyQueue::headIfReleased);
        }
    }

    @Override
    public void woken(String key, Optional<LockToken> token) {
        KeyQueue queue = queues.get(key);
        if (queue != null) {
            wake(queue, q -> token.isPresent() ? q.byToken(token.get()) : q.headIfReleased());
        }
    }

    @Override
    public void recheckAll() {
        for (KeyQueue queue : queues.values()) {
            for (Acquisition acquisition : queue.active()) {
                acquisition.wake();
            }
        }
    }

    int waiting(String key) {
        KeyQueue queue = queues.get(key);
        return queue == null ? 0 : queue.size();
    }

    void close() {
        List<Acquisition> all = new ArrayList<>();
        queues.values().forEach(queue -> all.addAll(queue.all()));
        all.forEach(Acquisition::clientClosed);
    }

    private static void wake(KeyQueue queue, Function<KeyQueue, @Nullable Acquisition> who) {
        Acquisition acquisition = who.apply(queue);
        if (acquisition != null) {
            acquisition.wake();
        }
    }
}
