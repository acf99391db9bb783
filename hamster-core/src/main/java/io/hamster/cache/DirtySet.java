package io.hamster.cache;

import io.hamster.cache.writeback.WriteBackFullException;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The latest write of each key that has not reached the source, bounded in number. Writers announce themselves before
 * they get their sequence: as long as one is under way, the highest sequence of its key is remembered, even if that was
 * flushed meanwhile. So a writer that comes late with an older sequence gives way to what was newer.
 */
final class DirtySet<K, V> {

    private final ConcurrentHashMap<K, Cell<K, V>> cells = new ConcurrentHashMap<>();
    private final AtomicInteger size = new AtomicInteger();
    private final AtomicInteger parked = new AtomicInteger();
    private final String cache;
    private final int bound;
    private final long fullTimeout;
    private final Room room;

    /** What is known of a key; changed only in the map's atomic step for it. */
    private static final class Cell<K, V> {

        private volatile @Nullable Dirty<K, V> current;
        private int writers;
        private long highest = Long.MIN_VALUE;
    }

    /** What is left of the bound; negative while writes that found their key dirty turn out to need room after all. */
    private static final class Room extends Semaphore {

        private static final long serialVersionUID = 1L;

        private Room(int permits) {
            super(permits);
        }

        private void force(int permits) {
            reducePermits(permits);
        }
    }

    DirtySet(String cache, WriteBackPolicy policy) {
        this.cache = cache;
        this.bound = policy.maxDirty();
        this.fullTimeout = Durations.nanos(policy.fullTimeout());
        this.room = new Room(bound);
    }

    @Nullable
    Dirty<K, V> find(K key) {
        Cell<K, V> cell = cells.get(key);
        return cell == null ? null : cell.current;
    }

    boolean isCurrent(Dirty<K, V> dirty) {
        return find(dirty.key) == dirty;
    }

    /**
     * Announces writes and makes room for those whose keys aren't dirty. To be followed by {@link #add} for each or by
     * {@link #leave}, and in the end by {@link #settle}.
     *
     * @param onFull to be run before it is waited for
     * @return for how many room was made
     */
    int enter(Collection<K> keys, Runnable onFull) {
        int needed = 0;
        for (K key : keys) {
            Cell<K, V> cell = cells.compute(key, (same, other) -> {
                Cell<K, V> there = other == null ? new Cell<>() : other;
                there.writers++;
                return there;
            });
            needed += cell.current == null ? 1 : 0;
        }
        if (needed > 0 && !room.tryAcquire(needed)) {
            onFull.run();
            if (!awaitRoom(needed)) {
                leave(keys);
                throw new WriteBackFullException("Cache '" + cache + "' has " + size + " dirty entries of at most "
                        + bound + " and takes no other; the write was not taken. Is the source slow or away, or are"
                        + " there dead letters?");
            }
        }
        return needed;
    }

    private boolean awaitRoom(int needed) {
        try {
            return room.tryAcquire(needed, fullTimeout, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Takes announced writes back. */
    void leave(Collection<K> keys) {
        keys.forEach(key -> cells.computeIfPresent(key, (same, cell) -> {
            cell.writers--;
            return remaining(cell);
        }));
    }

    /** Gives room back that is not needed, or takes what wasn't entered for. */
    void settle(int entered, int used) {
        if (entered > used) {
            room.release(entered - used);
        } else if (used > entered) {
            room.force(used - entered);
        }
    }

    /** Adds an announced write unless there is or was a newer one of its key; whether that took room. */
    boolean add(Dirty<K, V> dirty) {
        boolean[] isNew = new boolean[1];
        cells.computeIfPresent(dirty.key, (key, cell) -> {
            cell.writers--;
            if (dirty.sequence > cell.highest) {
                Dirty<K, V> older = cell.current;
                isNew[0] = older == null;
                count(older, -1);
                count(dirty, 1);
                cell.highest = dirty.sequence;
                cell.current = dirty;
            }
            return remaining(cell);
        });
        return isNew[0];
    }

    /** Adds what was dirty when the last process ended, whether there is room or not. */
    void replay(Dirty<K, V> dirty) {
        cells.computeIfAbsent(dirty.key, key -> new Cell<>()).writers++;
        settle(0, add(dirty) ? 1 : 0);
    }

    /** Removes a write if there is no newer one of its key. */
    boolean remove(Dirty<K, V> dirty) {
        boolean[] removed = new boolean[1];
        cells.computeIfPresent(dirty.key, (key, cell) -> {
            if (cell.current == dirty) {
                removed[0] = true;
                count(dirty, -1);
                cell.current = null;
            }
            return remaining(cell);
        });
        if (removed[0]) {
            room.release();
        }
        return removed[0];
    }

    /** Parks a write, or has it tried again; {@code false} if there is a newer one of its key. */
    boolean park(Dirty<K, V> dirty, @Nullable String reason) {
        boolean[] done = new boolean[1];
        cells.computeIfPresent(dirty.key, (key, cell) -> {
            if (cell.current == dirty) {
                done[0] = true;
                count(dirty, -1);
                dirty.parked = reason;
                count(dirty, 1);
            }
            return cell;
        });
        return done[0];
    }

    private void count(@Nullable Dirty<K, V> dirty, int step) {
        if (dirty != null) {
            size.addAndGet(step);
            parked.addAndGet(dirty.parked == null ? 0 : step);
        }
    }

    private static <K, V> @Nullable Cell<K, V> remaining(Cell<K, V> cell) {
        return cell.current == null && cell.writers == 0 ? null : cell;
    }

    /** A copy, the oldest first. */
    List<Dirty<K, V>> list(Predicate<Dirty<K, V>> which) {
        List<Dirty<K, V>> list = new ArrayList<>();
        for (Cell<K, V> cell : cells.values()) {
            Dirty<K, V> dirty = cell.current;
            if (dirty != null && which.test(dirty)) {
                list.add(dirty);
            }
        }
        list.sort(Comparator.comparingLong(dirty -> dirty.sequence));
        return list;
    }

    Set<K> keys() {
        Set<K> keys = new HashSet<>();
        list(dirty -> true).forEach(dirty -> keys.add(dirty.key));
        return Set.copyOf(keys);
    }

    int size() {
        return size.get();
    }

    int parked() {
        return parked.get();
    }
}
