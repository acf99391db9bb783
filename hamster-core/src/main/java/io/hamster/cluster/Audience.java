package io.hamster.cluster;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/** Trackers and listeners, each behind its own queue, and the situation that a new tracker is told. */
final class Audience {

    private final Threads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<EventQueue> listeners = new ArrayList<>();
    private final List<TrackerQueue> trackers = new ArrayList<>();
    /** Removed, but perhaps not yet told to stop: waited for at the close, and taken up again if added again. */
    private final List<TrackerQueue> leaving = new ArrayList<>();

    private Situation situation = new Situation.Nothing();

    Audience(Threads threads) {
        this.threads = threads;
    }

    /** Hands an event to every listener's queue; calls nobody. */
    void emit(ClusterEvent event) {
        lock.lock();
        try {
            listeners.forEach(queue -> queue.add(event));
        } finally {
            lock.unlock();
        }
    }

    /** Hands the latest situation to every tracker's queue; calls nobody. */
    void tell(Situation latest) {
        lock.lock();
        try {
            situation = latest;
            trackers.forEach(queue -> queue.set(latest));
        } finally {
            lock.unlock();
        }
    }

    /** Starts the delivery of what was handed over; not to be called under the cluster's lock. */
    void kick() {
        List<EventQueue> events;
        List<TrackerQueue> situations;
        lock.lock();
        try {
            events = List.copyOf(listeners);
            situations = everyTracker();
        } finally {
            lock.unlock();
        }
        events.forEach(EventQueue::kick);
        situations.forEach(TrackerQueue::kick);
    }

    void add(ClusterListener listener) {
        lock.lock();
        try {
            if (listeners.stream().noneMatch(queue -> queue.listener() == listener)) {
                listeners.add(new EventQueue(listener, threads));
            }
        } finally {
            lock.unlock();
        }
    }

    void remove(ClusterListener listener) {
        lock.lock();
        try {
            listeners.removeIf(queue -> queue.listener() == listener);
        } finally {
            lock.unlock();
        }
    }

    void add(JobTracker tracker) {
        TrackerQueue queue;
        lock.lock();
        try {
            if (trackers.stream().anyMatch(known -> known.tracker() == tracker)) {
                return;
            }
            queue = takeFromLeaving(tracker);
            queue.set(situation);
            trackers.add(queue);
        } finally {
            lock.unlock();
        }
        queue.kick();
    }

    void remove(JobTracker tracker) {
        lock.lock();
        try {
            for (Iterator<TrackerQueue> each = trackers.iterator(); each.hasNext(); ) {
                TrackerQueue queue = each.next();
                if (queue.tracker() == tracker) {
                    each.remove();
                    queue.set(new Situation.Nothing());
                    leaving.add(queue);
                }
            }
        } finally {
            lock.unlock();
        }
        kick();
        forgetThoseWhoLeft();
    }

    List<String> trackerNames() {
        lock.lock();
        try {
            return trackers.stream().map(TrackerQueue::name).toList();
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<Void> trackersIdle(boolean orOwn) {
        return all(everyTracker().stream().map(queue -> queue.idle(orOwn)).toList());
    }

    CompletableFuture<Void> listenersIdle() {
        lock.lock();
        try {
            return all(listeners.stream().map(EventQueue::idle).toList());
        } finally {
            lock.unlock();
        }
    }

    /** Whether no tracker's work as a leader goes on, though its callbacks have returned. */
    boolean haveTrackersStopped() {
        return everyTracker().stream().allMatch(TrackerQueue::hasStopped);
    }

    /** Interrupts the callbacks that still run, and names their trackers and those whose work goes on. */
    List<String> interruptTrackers() {
        List<TrackerQueue> busy = everyTracker().stream()
                .filter(queue -> !queue.idle(true).isDone() || !queue.hasStopped())
                .toList();
        busy.forEach(TrackerQueue::interrupt);
        return busy.stream().map(TrackerQueue::name).toList();
    }

    private TrackerQueue takeFromLeaving(JobTracker tracker) {
        for (Iterator<TrackerQueue> each = leaving.iterator(); each.hasNext(); ) {
            TrackerQueue queue = each.next();
            if (queue.tracker() == tracker) {
                each.remove();
                return queue;
            }
        }
        return new TrackerQueue(tracker, threads);
    }

    private void forgetThoseWhoLeft() {
        List<TrackerQueue> gone;
        lock.lock();
        try {
            gone = List.copyOf(leaving);
        } finally {
            lock.unlock();
        }
        gone.forEach(queue -> queue.idle(false).thenRun(() -> forget(queue)));
    }

    private void forget(TrackerQueue queue) {
        lock.lock();
        try {
            leaving.remove(queue);
        } finally {
            lock.unlock();
        }
    }

    private List<TrackerQueue> everyTracker() {
        lock.lock();
        try {
            List<TrackerQueue> all = new ArrayList<>(trackers);
            all.addAll(leaving);
            return all;
        } finally {
            lock.unlock();
        }
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<Void>> each) {
        return CompletableFuture.allOf(each.toArray(CompletableFuture<?>[]::new));
    }
}
