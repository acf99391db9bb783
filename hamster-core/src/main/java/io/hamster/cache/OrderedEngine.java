package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A hash map with an order of eviction beside it. Reads take no lock; writes change the map first and then, under one
 * lock, the order, and evict down to both bounds before they return.
 *
 * <p>Two writes of a key may reach the lock in another order than the map. So a node that left the map is marked and
 * never linked afterwards, and what is counted for a node is what it holds at that moment. Lock order is the engine's
 * lock, then the map's bins.
 */
final class OrderedEngine<K, V> implements Engine<K, V> {

    /** Reclaiming waits for company: at most this long after the first expiry. So does the end of a generation. */
    private static final long PACE = TimeUnit.SECONDS.toNanos(1);

    private final ConcurrentHashMap<K, OrderedNode<K, V>> map;
    private final ReentrantLock lock = new ReentrantLock();
    private final UseBuffer uses = new UseBuffer();
    private final ExpiryHeap<K, V> expiries = new ExpiryHeap<>();
    private final EvictionPolicy<K, V> policy;
    private final long maxSize;
    private final long maxMemory;
    private final Departures<V> departures;
    private final TimeSource time;
    private final Executor executor;
    private final ScheduledExecutorService scheduler;
    private long size;
    private long bytes;
    private @Nullable Future<?> reclaiming;
    private long reclaimingAt;

    /** What nodes are marked with that are used now; {@link OrderedNode#UNMARKED} while uses are noted, or don't count. */
    private volatile int mark = OrderedNode.UNMARKED;

    /** Whether a timer will end the generation. */
    private final AtomicBoolean isEnding = new AtomicBoolean();

    /** Made beforehand, for nothing may fail between the flag and the timer. */
    private final Runnable endOfGeneration = this::endGeneration;

    private final Runnable generationEnd = () -> runOnExecutor(endOfGeneration);

    OrderedEngine(CachePolicy settings, CacheRuntime runtime, EvictionPolicy<K, V> policy, Departures<V> departures) {
        this.map = new ConcurrentHashMap<>(Math.max(16, settings.expectedSize()));
        this.policy = policy;
        this.maxSize = settings.maxSize();
        this.maxMemory = settings.maxMemory();
        this.departures = departures;
        this.time = runtime.time();
        this.executor = runtime.contextFreeExecutor();
        this.scheduler = runtime.scheduler();
    }

    @Override
    public @Nullable Slot<V> get(K key) {
        OrderedNode<K, V> node = map.get(key);
        if (node == null) {
            return null;
        }
        int now = mark;
        if (node.used != now) {
            use(node, now);
        }
        return node.slot;
    }

    @Override
    public @Nullable Slot<V> peek(K key) {
        OrderedNode<K, V> node = map.get(key);
        return node == null ? null : node.slot;
    }

    /** Exact for one thread. Several have no order among them, and would wait for the same lock all the time. */
    private void use(OrderedNode<K, V> node, int now) {
        if (now != OrderedNode.UNMARKED) {
            mark(node, now);
        } else if (uses.isOwn()) {
            note(node);
        } else if (lock.tryLock()) {
            unlock();
            mark(node, mark);
        }
        // Else whoever holds the lock sees to it, or the next use.
    }

    private void mark(OrderedNode<K, V> node, int now) {
        node.used = now;
        if (!isEnding.get()) {
            endGenerationLater();
        }
    }

    private void note(OrderedNode<K, V> node) {
        int place = node.place;
        if (!uses.offer(place) && lock.tryLock()) {
            try {
                uses.drainTo(policy::used);
                policy.used(place);
            } finally {
                unlock();
            }
        }
    }

    @Override
    public void compute(K key, UnaryOperator<@Nullable Slot<V>> step) {
        Written<K, V> written = new Written<>();
        map.compute(key, (same, node) -> {
            Slot<V> held = node == null ? null : node.slot;
            boolean lapsed = held != null && held.retainedUntil - time.nanoTime() <= 0;
            if (held != null && lapsed) {
                departures.left(held, RemovalCause.EXPIRED);
            }
            Slot<V> next = step.apply(lapsed ? null : held);
            if (node != null && !lapsed && next != null) {
                if (next != held) {
                    node.slot = next;
                    written.held = node;
                }
                return node;
            }
            written.gone = node;
            written.held = next == null ? null : new OrderedNode<>(key, next);
            return written.held;
        });
        if (written.gone != null || written.held != null) {
            follow(written.gone, written.held);
        }
    }

    @Override
    public void forEachKey(Consumer<K> action) {
        map.keySet().forEach(action);
    }

    @Override
    public long size() {
        return map.mappingCount();
    }

    @Override
    public void cleanUp() {
        lock.lock();
        try {
            uses.drainTo(policy::used);
            reclaim();
            evict();
            schedule();
        } finally {
            unlock();
        }
    }

    private void follow(@Nullable OrderedNode<K, V> gone, @Nullable OrderedNode<K, V> held) {
        lock.lock();
        try {
            uses.drainTo(policy::used);
            if (gone != null) {
                unlink(gone);
            }
            if (held != null) {
                link(held);
            }
            reclaim();
            evict();
            schedule();
        } finally {
            unlock();
        }
    }

    private void unlock() {
        try {
            if (uses.isShared()) {
                publishGeneration();
            }
        } finally {
            lock.unlock();
        }
    }

    private void publishGeneration() {
        if (mark == OrderedNode.UNMARKED) {
            // What comes from now on is later than what was noted, and than all that was before.
            uses.drainTo(policy::used);
            policy.endGeneration();
        }
        int now = policy.mark();
        if (mark != now) {
            mark = now;
        }
    }

    private void link(OrderedNode<K, V> node) {
        if (node.state == OrderedNode.State.GONE) {
            return;
        }
        if (node.state == OrderedNode.State.NEW) {
            // First what may find no memory: nothing else is to be believed of a node that isn't in the order.
            policy.added(node);
            node.state = OrderedNode.State.LINKED;
            size++;
        } else {
            policy.used(node);
        }
        Slot<V> slot;
        do {
            slot = node.slot;
            bytes += slot.bytes - node.counted;
            node.counted = slot.bytes;
            expiries.schedule(node, slot.retainedUntil);
            // Evicting in order would empty the cache for a value that can't stay.
        } while (slot.bytes > maxMemory && !expel(node, slot, RemovalCause.EVICTED));
    }

    private void unlink(OrderedNode<K, V> node) {
        if (node.state == OrderedNode.State.LINKED) {
            policy.removed(node);
            expiries.remove(node);
            size--;
            bytes -= node.counted;
        }
        node.state = OrderedNode.State.GONE;
    }

    private void evict() {
        while (size > maxSize || bytes > maxMemory) {
            OrderedNode<K, V> victim = policy.victim();
            if (victim == null) {
                return;
            }
            expel(victim);
        }
    }

    private void reclaim() {
        long now = time.nanoTime();
        for (OrderedNode<K, V> node = expiries.first();
                node != null && node.heapTime - now <= 0;
                node = expiries.first()) {
            Slot<V> slot = node.slot;
            if (slot.retainedUntil - now > 0) {
                expiries.schedule(node, slot.retainedUntil);
            } else {
                expel(node, slot, RemovalCause.EXPIRED);
            }
        }
    }

    /** Evicts a node whatever it holds by now: it is its turn. */
    private void expel(OrderedNode<K, V> node) {
        boolean gone;
        do {
            gone = expel(node, node.slot, RemovalCause.EVICTED);
        } while (!gone);
    }

    /**
     * Lets a node go because of what it held.
     *
     * @return {@code false} if it holds something else by now, which nobody has judged yet, and stays
     */
    private boolean expel(OrderedNode<K, V> node, Slot<V> judged, RemovalCause cause) {
        OrderedNode<K, V> left = map.computeIfPresent(node.key, (key, present) -> {
            if (present != node || node.slot != judged) {
                return present;
            }
            departures.left(judged, cause);
            return null;
        });
        if (left == node) {
            return false;
        }
        unlink(node);
        return true;
    }

    private void schedule() {
        OrderedNode<K, V> first = expiries.first();
        if (first == null) {
            cancel();
            return;
        }
        long at = first.heapTime;
        if (reclaiming != null && reclaimingAt - at <= PACE) {
            return;
        }
        cancel();
        try {
            long delay = Math.max(PACE, at - time.nanoTime());
            reclaimingAt = time.nanoTime() + delay;
            reclaiming = scheduler.schedule(this::reclaimOnExecutor, delay, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The scheduler is closing, and the cache with it: writes reclaim what is left.
            reclaiming = null;
        }
    }

    private void cancel() {
        if (reclaiming != null) {
            reclaiming.cancel(false);
            reclaiming = null;
        }
    }

    private void reclaimOnExecutor() {
        runOnExecutor(this::reclaimLater);
    }

    private void runOnExecutor(Runnable task) {
        try {
            executor.execute(task);
        } catch (Throwable e) {
            // Refused, or out of threads: nothing would be reclaimed ever after if this weren't done.
            task.run();
        }
    }

    private void reclaimLater() {
        lock.lock();
        try {
            reclaiming = null;
        } finally {
            lock.unlock();
        }
        cleanUp();
    }

    /** Without writes, too, what was used lately is to be told from what was used long ago. */
    private void endGenerationLater() {
        if (!isEnding.compareAndSet(false, true)) {
            return;
        }
        try {
            scheduler.schedule(generationEnd, PACE, TimeUnit.NANOSECONDS);
        } catch (Throwable e) {
            // Closing, or out of threads or memory, for which no read has to fail: the next mark tries again.
            isEnding.set(false);
        }
    }

    private void endGeneration() {
        // First: who marks a node in the next generation is to see to its end.
        isEnding.set(false);
        lock.lock();
        try {
            policy.endGeneration();
        } finally {
            unlock();
        }
    }

    /** Carries out of the map's step what it did. */
    private static final class Written<K, V> {

        private @Nullable OrderedNode<K, V> gone;
        private @Nullable OrderedNode<K, V> held;
    }
}
