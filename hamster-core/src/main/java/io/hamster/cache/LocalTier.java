package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.Collection;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The entries of this JVM, the flights that may add to them, and what decides between the two. */
final class LocalTier<K, V> {

    private final ConcurrentHashMap<K, Flight<V>> flights = new ConcurrentHashMap<>();
    private final TagIndex<K> index = new TagIndex<>();
    private final Stamps stamps = new Stamps();
    /** By what {@link #id} makes of keys. */
    private final Engine<Object, V> engine;

    private final Counters counters;
    private final RemovalNotices<K, V> notices;
    private final TimeSource time;
    private final Admission admission;
    private final boolean retainsExpired;
    private final long staleLimit;
    private final @Nullable Trust trust;

    LocalTier(
            CachePolicy policy,
            CacheRuntime runtime,
            Counters counters,
            RemovalNotices<K, V> notices,
            Admission admission) {
        this(policy, runtime, counters, notices, admission, null);
    }

    /**
     * Makes the tier.
     *
     * @param trust says which entries may be wrong because others may have changed them; {@code null} if nobody can
     */
    LocalTier(
            CachePolicy policy,
            CacheRuntime runtime,
            Counters counters,
            RemovalNotices<K, V> notices,
            Admission admission,
            @Nullable Trust trust) {
        this.trust = trust;
        this.counters = counters;
        this.notices = notices;
        this.time = runtime.time();
        this.admission = admission;
        this.retainsExpired = policy.staleOnError().isPresent();
        this.staleLimit = policy.staleOnError().map(Durations::nanos).orElse(0L);
        this.engine = switch (policy.eviction()) {
            case W_TINY_LFU -> new CaffeineEngine<>(policy, runtime, this::departed);
            case LRU -> new OrderedEngine<>(policy, runtime, ListPolicy.lru(), this::departed);
            case FIFO -> new OrderedEngine<>(policy, runtime, ListPolicy.fifo(), this::departed);
        };
    }

    Stamps stamps() {
        return stamps;
    }

    /** Now, for a value that is about to be loaded or put. */
    Origin origin() {
        return new Origin(stamps.epoch(), stamps.now(), time.nanoTime());
    }

    /** The same for a value that is about to be loaded by a caller: not in the midst of a put of its key. */
    Origin origin(K key) {
        Found<V> found = new Found<>();
        engine.compute(id(key), slot -> {
            found.origin = origin();
            return slot;
        });
        return Objects.requireNonNull(found.origin, "the engine makes one step for each key");
    }

    /** What a read may be answered with. */
    @Nullable
    Slot<V> live(K key) {
        return answering(engine.get(id(key)));
    }

    /** The same for what is no read. */
    @Nullable
    Slot<V> peek(K key) {
        return answering(engine.peek(id(key)));
    }

    /** The same for a flight that has boarded, which from now on may take the place of nothing else that is live. */
    @Nullable
    Slot<V> live(K key, Flight<V> flight) {
        Slot<V> slot = engine.get(id(key));
        flight.replaces = slot;
        return answering(slot);
    }

    private @Nullable Slot<V> answering(@Nullable Slot<V> slot) {
        if (slot == null || slot.epoch != stamps.epoch()) {
            return null;
        }
        if (trust == null && slot.isForEver()) {
            return slot;
        }
        long now = time.nanoTime();
        return !slot.isExpired(now) && (trust == null || trust.answers(slot, now)) ? slot : null;
    }

    /** What a read may be answered with if its load fails. */
    @Nullable
    Slot<V> stale(K key, Flight<V> flight) {
        return stale(key, flight.origin.at());
    }

    /** The same for a load that had begun then. */
    @Nullable
    Slot<V> stale(K key, long startedAt) {
        Slot<V> slot = stale(key);
        return slot == null || trust == null || trust.answersLate(slot, startedAt) ? slot : null;
    }

    /** What is kept and not too old to be served although it may have expired. The read that asks was counted before. */
    @Nullable
    Slot<V> stale(K key) {
        if (!retainsExpired) {
            return null;
        }
        Slot<V> slot = engine.peek(id(key));
        long now = time.nanoTime();
        return slot != null
                        && slot.value != null
                        && slot.epoch == stamps.epoch()
                        && slot.retainedUntil - now > 0
                        && now - slot.createdAt <= staleLimit
                ? slot
                : null;
    }

    /** Enters a flight for its key, unless there is one already that callers may still join. */
    Flight<V> board(K key, Flight<V> mine) {
        return flights.compute(key, (same, other) -> other != null && isJoinable(other) ? other : mine);
    }

    void leave(K key, Flight<V> flight) {
        flights.remove(key, flight);
    }

    /** Whether a load of the key is under way that may still be published. */
    boolean isLoading(K key) {
        return flights.containsKey(key);
    }

    /** Whether nothing has touched the key since the flight was made. */
    boolean isCurrent(K key, Flight<V> flight) {
        return flights.get(key) == flight && isJoinable(flight);
    }

    private boolean isJoinable(Flight<V> flight) {
        return !flight.isOverdue()
                && flight.origin.epoch() == stamps.epoch()
                && stamps.lastInvalidation(flight.knownTags) <= flight.origin.stamp()
                && (trust == null || trust.joins(flight.origin.at()));
    }

    /**
     * Publishes what a flight loaded, unless it was detached or one of the tags was invalidated meanwhile; or unless it
     * boarded in the midst of a write, after that had detached others and before what it wrote was to be seen.
     *
     * @param slot {@code null} if the value isn't kept; what is cached gives way all the same
     */
    void publish(K key, Flight<V> flight, @Nullable Slot<V> slot, Set<String> tags) {
        engine.compute(id(key), old -> {
            // Before the stamps are compared: an invalidation either moves them first or finds the key indexed.
            Set<String> indexed = tagsOf(slot);
            index.add(key, indexed);
            long epoch = stamps.epoch();
            boolean isCurrent = flights.get(key) == flight
                    && flight.origin.epoch() == epoch
                    && (old == null || old == flight.replaces || !isLive(old, epoch));
            if (admission.admits(isCurrent, stamps.lastInvalidation(tags) <= flight.origin.stamp())) {
                return exchange(old, slot, RemovalCause.REPLACED);
            }
            index.remove(key, indexed, tagsOf(old));
            return old;
        });
        if (slot != null) {
            dropIfCleared(key, slot);
        }
    }

    /**
     * Publishes what a caller loaded or wrote by itself.
     *
     * @param isWrite whether others' tickets of before are to be refused from now on; otherwise it doesn't take the place
     *     of what was loaded later
     * @return {@code false} if the key, a tag or the cache was touched since the origin, or if it would take that place
     */
    boolean publish(K key, Origin origin, @Nullable Slot<V> slot, Set<String> tags, boolean isWrite) {
        Found<V> found = new Found<>();
        engine.compute(id(key), old -> {
            Set<String> indexed = tagsOf(slot);
            index.add(key, indexed);
            long epoch = stamps.epoch();
            boolean isOvertaken = !isWrite && old != null && old.seenAt - origin.at() > 0 && isLive(old, epoch);
            if (stamps.lastTouch(key) <= origin.stamp()
                    && stamps.lastInvalidation(tags) <= origin.stamp()
                    && epoch == origin.epoch()
                    && !isOvertaken) {
                if (isWrite) {
                    detach(key);
                }
                return exchange(old, slot, RemovalCause.REPLACED);
            }
            found.again = true;
            index.remove(key, indexed, tagsOf(old));
            return old;
        });
        if (slot != null) {
            dropIfCleared(key, slot);
        }
        return !found.again;
    }

    /** Caches a value that a caller gave; a slot that is {@code null} drops what is cached. */
    void put(K key, Supplier<@Nullable Slot<V>> slots) {
        write(key, slots, false);
    }

    /** Caches a value unless there is one; returns the one there is. */
    @Nullable
    Slot<V> putIfAbsent(K key, Supplier<@Nullable Slot<V>> slots) {
        return write(key, slots, true);
    }

    private @Nullable Slot<V> write(K key, Supplier<@Nullable Slot<V>> slots, boolean onlyIfAbsent) {
        while (true) {
            Slot<V> slot = slots.get();
            Found<V> found = new Found<>();
            engine.compute(id(key), old -> {
                // Once: what is cleared in the midst of this step mustn't count as absent for a value that is cleared,
                // too.
                long epoch = stamps.epoch();
                if (slot != null && slot.epoch != epoch) {
                    // Cleared since it was made: it would hide what was written after the clearing, or mistake the
                    // clearing for absence.
                    found.again = true;
                    return old;
                }
                if (onlyIfAbsent && old != null && old.value != null && isLive(old, epoch)) {
                    found.slot = old;
                    return old;
                }
                detach(key);
                index.add(key, tagsOf(slot));
                return exchange(old, slot, RemovalCause.REPLACED);
            });
            if (!found.again) {
                if (found.slot == null && slot != null) {
                    dropIfCleared(key, slot);
                }
                return found.slot;
            }
        }
    }

    /** Drops a key and detaches its flight; returns what a read would have found. */
    @Nullable
    Slot<V> invalidate(K key) {
        return drop(key, true);
    }

    /** The same, not counted as a deletion: others have changed the key, or the caller knows better what to count. */
    @Nullable
    Slot<V> drop(K key) {
        return drop(key, false);
    }

    private @Nullable Slot<V> drop(K key, boolean isCounted) {
        Found<V> found = new Found<>();
        engine.compute(id(key), old -> {
            detach(key);
            found.slot = answering(old);
            return removed(old, isCounted);
        });
        return found.slot;
    }

    /** Drops what was cached of a key that was dirty; detaches its flight, too. */
    void supersede(K key) {
        engine.compute(id(key), old -> {
            detach(key);
            return exchange(old, null, RemovalCause.REPLACED);
        });
    }

    void invalidateTags(Collection<String> tags) {
        dropTagged(tags, true);
    }

    /** The same, not counted: others have invalidated them. */
    void dropTagged(Collection<String> tags) {
        dropTagged(tags, false);
    }

    private void dropTagged(Collection<String> tags, boolean isCounted) {
        for (String tag : tags) {
            long now = stamps.invalidate(tag);
            for (K key : index.keys(tag)) {
                engine.compute(
                        id(key),
                        slot -> slot != null && slot.tags.contains(tag) && slot.stamp < now
                                ? removed(slot, isCounted)
                                : slot);
            }
        }
    }

    void clear() {
        stamps.nextEpoch();
        dropCleared(true);
    }

    /** Clears for what others have done, and leaves it to an executor to reclaim what is no longer found. */
    void clear(Executor sweeper) {
        stamps.nextEpoch();
        try {
            sweeper.execute(() -> dropCleared(false));
        } catch (Throwable e) {
            // Full, gone or out of threads; once more does no harm.
            dropCleared(false);
        }
    }

    void close() {
        stamps.close();
        dropCleared(false);
    }

    long size() {
        return engine.size();
    }

    void cleanUp() {
        engine.cleanUp();
    }

    int inFlight() {
        return flights.size();
    }

    int indexed() {
        return index.size();
    }

    /** Keeps running loads from being published; only inside the engine's step for the key. */
    private void detach(K key) {
        flights.remove(key);
        stamps.touch(key);
    }

    private boolean isLive(Slot<V> slot, long epoch) {
        return slot.epoch == epoch && !slot.isExpired(time.nanoTime());
    }

    private void dropCleared(boolean isCounted) {
        engine.forEachKey(id -> engine.compute(
                id, slot -> slot != null && slot.epoch != stamps.epoch() ? removed(slot, isCounted) : slot));
    }

    /** A slot of an older epoch is never served; one that came in after the sweep would take its place for nothing. */
    private void dropIfCleared(K key, Slot<V> slot) {
        if (slot.epoch != stamps.epoch()) {
            engine.compute(id(key), held -> held == slot ? removed(slot, false) : held);
        }
    }

    private @Nullable Slot<V> removed(@Nullable Slot<V> old, boolean isCounted) {
        if (old != null && isCounted) {
            counters.deletes.increment();
        }
        return exchange(old, null, RemovalCause.INVALIDATED);
    }

    /** Keeps the books when one slot takes another's place; runs inside the engine's step. */
    private @Nullable Slot<V> exchange(@Nullable Slot<V> old, @Nullable Slot<V> slot, RemovalCause cause) {
        if (old != null) {
            K key = keyOf(old);
            index.remove(key, old.tags, tagsOf(slot));
            counters.bytes.add(-old.bytes);
            notices.removed(key, old, old.isExpired(time.nanoTime()) ? RemovalCause.EXPIRED : cause);
        }
        if (slot != null) {
            counters.bytes.add(slot.bytes);
        }
        return slot;
    }

    private void departed(Slot<V> slot, RemovalCause cause) {
        K key = keyOf(slot);
        index.remove(key, slot.tags, Set.of());
        counters.bytes.add(-slot.bytes);
        (cause == RemovalCause.EXPIRED ? counters.expirations : counters.evictions).increment();
        notices.removed(key, slot, cause);
    }

    /** A shared cache's keys equal each other by their texts, and the compiler knows best how to compare those. */
    private static Object id(Object key) {
        return key instanceof TextKey<?> text ? text.text() : key;
    }

    @SuppressWarnings("unchecked")
    private K keyOf(Slot<V> slot) {
        return (K) slot.key;
    }

    private static Set<String> tagsOf(@Nullable Slot<?> slot) {
        return slot == null ? Set.of() : slot.tags;
    }

    /** Carries out of an engine's step what it found. */
    private static final class Found<V> {

        private @Nullable Slot<V> slot;
        private @Nullable Origin origin;
        private boolean again;
    }
}
