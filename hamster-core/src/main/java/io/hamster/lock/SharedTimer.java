package io.hamster.lock;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One timer for everything a client has to do later. Items are linked into striped lists; a pass looks at all of them
 * every {@link #LOOK_AHEAD} and puts what is due before the next such look into a heap. So an item whose time is far
 * away costs two list operations in its life and no scheduling, as most locks are gone before their first renewal.
 *
 * <p>An item that is due before the next look goes to the heap at once. The horizon is raised before the lists are
 * looked at: an item linked too late for that look sees the new horizon and goes to the heap by itself.
 *
 * <p>A scheduler without threads or memory for the next pass stops the timer. Whatever adds, moves or removes an item from
 * then on, such as a request, a renewal's answer or a release, tries to start it again; until one does nothing fires, and
 * what depends on a deadline goes by the clock.
 */
final class SharedTimer {

    static final long NEVER = Long.MAX_VALUE;

    private static final Logger LOG = LoggerFactory.getLogger(SharedTimer.class);
    private static final long LOOK_AHEAD = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long PAUSE_AFTER_FAULT = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int STRIPES = 16;
    private static final int PURGE_ABOVE = 64;

    private final Clock clock;
    private final ScheduledExecutorService scheduler;
    private final Runnable afterPass;
    private final Runnable whenRejected;
    private final Stripe[] stripes = new Stripe[STRIPES];

    private final ReentrantLock lock = new ReentrantLock();
    private final PriorityQueue<Entry> heap = new PriorityQueue<>();
    private int cancelled;
    private @Nullable Future<?> scheduled;
    private long scheduledFor = NEVER;
    private volatile boolean running;
    /** Whether it stopped because the scheduler took no pass; guarded by the lock. */
    private boolean stalled;

    private volatile boolean closed;
    private boolean rejected;
    private volatile long horizon;

    /**
     * @param clock the client's time
     * @param scheduler runs the passes
     * @param afterPass runs after each pass that fired an item, on its thread
     * @param whenRejected runs once if the scheduler was shut down
     */
    SharedTimer(Clock clock, ScheduledExecutorService scheduler, Runnable afterPass, Runnable whenRejected) {
        this.clock = clock;
        this.scheduler = scheduler;
        this.afterPass = afterPass;
        this.whenRejected = whenRejected;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Stripe();
        }
    }

    /** Links an item; from now on it fires when it is due. */
    void add(Item item, long due) {
        item.due = due;
        Stripe stripe = stripes[item.stripe()];
        stripe.lock.lock();
        try {
            stripe.link(item);
        } finally {
            stripe.lock.unlock();
        }
        if (!running) {
            start();
        }
        queueIfNear(item, due);
    }

    /** Changes when an item is due, which may be earlier or later than before. */
    void dueAt(Item item, long due) {
        item.due = due;
        if (!running && due != NEVER) {
            restart();
        }
        queueIfNear(item, due);
    }

    /** Unlinks an item; it doesn't fire any more, except on a thread that has begun to. */
    void remove(Item item) {
        Stripe stripe = stripes[item.stripe()];
        stripe.lock.lock();
        try {
            if (!item.linked) {
                return;
            }
            stripe.unlink(item);
        } finally {
            stripe.lock.unlock();
        }
        if (!running) {
            restart();
        }
        if (item.queuedFor != NEVER) {
            purge();
        }
    }

    /** Shows each linked item; it may be unlinked meanwhile. */
    void forEach(Consumer<Item> consumer) {
        List<Item> items = new ArrayList<>();
        for (Stripe stripe : stripes) {
            stripe.lock.lock();
            try {
                for (Item item = stripe.head; item != null; item = item.next) {
                    items.add(item);
                }
            } finally {
                stripe.lock.unlock();
            }
        }
        items.forEach(consumer);
    }

    /** How many entries the heap has, dead ones included. */
    int queued() {
        lock.lock();
        try {
            return heap.size();
        } finally {
            lock.unlock();
        }
    }

    /** No item fires from now on. */
    void close() {
        lock.lock();
        try {
            closed = true;
            heap.clear();
            if (scheduled != null) {
                scheduled.cancel(false);
            }
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        lock.lock();
        try {
            if (!running) {
                // Once the scheduler takes passes again, all items are looked at, as they may be overdue by now.
                long lookAhead = stalled ? 0 : LOOK_AHEAD;
                // The horizon first: who sees the timer running must see its horizon too.
                horizon = clock.now() + lookAhead;
                running = true;
                schedule(horizon + (stalled ? PAUSE_AFTER_FAULT : 0));
            }
        } finally {
            unlock();
        }
    }

    /** Tries once more with a scheduler that took no pass. */
    private void restart() {
        lock.lock();
        try {
            start();
        } catch (Throwable e) {
            // The caller's own work doesn't suffer by it, and the next caller tries again.
            LOG.debug("The scheduler still takes no pass of the lock timer", e);
        } finally {
            unlock();
        }
    }

    private void queueIfNear(Item item, long due) {
        if (due >= horizon) {
            return;
        }
        lock.lock();
        try {
            if (queue(item, due)) {
                schedule(due);
            }
        } finally {
            unlock();
        }
    }

    /** Guarded by the lock. An entry that an earlier one overtakes stays in the heap and is ignored there. */
    private boolean queue(Item item, long due) {
        if (due >= item.queuedFor) {
            return false;
        }
        // First the entry: one that there is no memory for must not count as queued.
        heap.add(new Entry(item, due));
        item.queuedFor = due;
        return true;
    }

    private void unlock() {
        boolean tell = rejected && lock.getHoldCount() == 1;
        if (tell) {
            rejected = false;
        }
        lock.unlock();
        if (tell) {
            whenRejected.run();
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** Guarded by the lock. */
    private void schedule(long due) {
        if (closed || (scheduled != null && scheduledFor <= due)) {
            return;
        }
        Future<?> before = scheduled;
        try {
            // Never 0: a scheduler may run what is due at once on this thread, which holds the lock.
            scheduled = scheduler.schedule(this::pass, Math.max(1, due - clock.now()), TimeUnit.NANOSECONDS);
            scheduledFor = due;
            stalled = false;
        } catch (RejectedExecutionException e) {
            closed = true;
            rejected = true;
        } catch (Throwable e) {
            // The pass that was scheduled before still comes; if there was none, the next call starts the timer again.
            if (before == null) {
                running = false;
                stalled = true;
            }
            throw e;
        }
        if (before != null) {
            before.cancel(false);
        }
    }

    private void pass() {
        try {
            fire(due());
        } catch (Throwable e) {
            LOG.error("A pass of the lock timer failed", e);
        }
    }

    private List<Item> due() {
        lock.lock();
        try {
            if (closed) {
                return List.of();
            }
            scheduled = null;
            scheduledFor = NEVER;
            return takeAndSchedule(clock.now());
        } finally {
            unlock();
        }
    }

    /**
     * Guarded by the lock. Whatever fails here, there is a next pass: all renewals and deadlines depend on it. Only a
     * scheduler that takes nothing leaves it to the next item that is added, moved or removed to start the timer again.
     */
    private List<Item> takeAndSchedule(long now) {
        List<Item> due = null;
        try {
            List<Item> taken = new ArrayList<>();
            if (now >= horizon) {
                look(now);
            }
            takeDue(now, taken);
            due = taken;
            return due;
        } finally {
            try {
                scheduleNext(now, due != null);
            } catch (Throwable e) {
                // What was taken is fired all the same.
                LOG.error(
                        "The scheduler takes no further pass of the lock timer; the next request or release tries again",
                        e);
            }
        }
    }

    private void scheduleNext(long now, boolean isComplete) {
        Entry first = heap.peek();
        if (!isComplete) {
            // What was taken from the heap is in the lists still, and found there.
            horizon = now;
            running = true;
            schedule(now + PAUSE_AFTER_FAULT);
        } else if (first != null) {
            schedule(running ? Math.min(first.due, horizon) : first.due);
        } else if (running) {
            schedule(horizon);
        }
    }

    private void fire(List<Item> due) {
        if (due.isEmpty()) {
            return;
        }
        long now = clock.now();
        try {
            for (Item item : due) {
                try {
                    item.fire(now);
                } catch (Throwable e) {
                    // One item's fault must not stop the others' renewals; it is looked at again with the next pass.
                    LOG.error("A task of the lock timer failed", e);
                }
            }
        } finally {
            afterPass.run();
        }
    }

    /** Guarded by the lock. */
    private void look(long now) {
        // Before the lists are looked at, both: who links after its stripe's turn sees them and acts itself.
        horizon = now + LOOK_AHEAD;
        running = false;
        boolean any = false;
        for (Stripe stripe : stripes) {
            stripe.lock.lock();
            try {
                for (Item item = stripe.head; item != null; item = item.next) {
                    any = true;
                    long due = item.due;
                    if (due < horizon) {
                        queue(item, due);
                    }
                }
            } finally {
                stripe.lock.unlock();
            }
        }
        if (any) {
            running = true;
        }
    }

    /** Guarded by the lock. */
    private void takeDue(long now, List<Item> into) {
        for (Entry entry = heap.peek(); entry != null && entry.due <= now; entry = heap.peek()) {
            heap.poll();
            Item item = entry.item;
            if (item.queuedFor == entry.due) {
                item.queuedFor = NEVER;
                if (!item.linked) {
                    cancelled = Math.max(0, cancelled - 1);
                } else if (item.due <= now) {
                    into.add(item);
                } else if (item.due < horizon) {
                    queue(item, item.due);
                }
            }
        }
        if (!into.isEmpty()) {
            // As something is sent anyway: along with it whatever may be sent early.
            heap.removeIf(entry -> takeEarly(entry, now, into));
        }
    }

    /** Guarded by the lock. */
    private boolean takeEarly(Entry entry, long now, List<Item> into) {
        Item item = entry.item;
        boolean take = item.linked && item.queuedFor == entry.due && item.due - item.slack() <= now;
        if (take) {
            item.queuedFor = NEVER;
            into.add(item);
        }
        return take;
    }

    private void purge() {
        lock.lock();
        try {
            cancelled++;
            if (cancelled > PURGE_ABOVE && cancelled > heap.size() / 2) {
                heap.removeIf(entry -> !entry.item.linked || entry.item.queuedFor != entry.due);
                cancelled = 0;
            }
        } finally {
            lock.unlock();
        }
    }

    /** Something that is due at some time. */
    abstract static class Item {

        private @Nullable Item previous;
        private @Nullable Item next;
        private volatile boolean linked;
        // Written under the timer's lock; read without it only to learn whether the heap may hold an entry.
        private volatile long queuedFor = NEVER;
        private volatile long due = NEVER;

        /** Called on the timer's thread when due; sets the next time or removes the item. Must not block. */
        abstract void fire(long now);

        final long due() {
            return due;
        }

        /** Called when no item fires any more. */
        void timerClosed() {}

        /** By how many nanoseconds it may be fired early, to go along with others. */
        long slack() {
            return 0;
        }

        /** Spreads items over the lists; the same value always. */
        abstract int spread();

        private int stripe() {
            return spread() & (STRIPES - 1);
        }
    }

    private record Entry(Item item, long due) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            return Long.compare(due, other.due);
        }
    }

    private static final class Stripe {

        private final ReentrantLock lock = new ReentrantLock();
        private @Nullable Item head;

        private void link(Item item) {
            item.linked = true;
            item.next = head;
            if (head != null) {
                head.previous = item;
            }
            head = item;
        }

        private void unlink(Item item) {
            Item before = item.previous;
            Item after = item.next;
            if (before == null) {
                head = after;
            } else {
                before.next = after;
            }
            if (after != null) {
                after.previous = before;
            }
            item.linked = false;
            item.previous = null;
            item.next = null;
        }
    }
}
