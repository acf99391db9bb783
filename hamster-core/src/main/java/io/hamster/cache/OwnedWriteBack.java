package io.hamster.cache;

import io.hamster.CodecException;
import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.DirtyJournal;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.Journals;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackStats;
import io.hamster.cache.writeback.WriteBackWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dirty entries of a cache that this process owns, read before the tier. While a key is dirty, what the tier has of
 * it counts for nothing; when the source has taken the key's latest write, that is put into the tier before it stops
 * being dirty: which also detaches every load that may have read the source before.
 */
final class OwnedWriteBack<K, V> implements WriteBackAdmin<K>, FlushQueue<K, V> {

    private static final Logger log = LoggerFactory.getLogger(OwnedWriteBack.class);

    private final String cache;
    private final WriteBackPolicy policy;
    private final CacheRuntime runtime;
    private final LocalTier<K, V> tier;
    private final Slots<K, V> slots;
    private final KeyGuard<K> guard;
    private final Marshal<K, V> marshal;
    private final DirtyJournal journal;
    private final DirtySet<K, V> dirty;
    private final Flusher<K, V> flusher;
    private final FlushSchedule schedule;
    private final KeyLocks locks = new KeyLocks();
    private final ReentrantLock lifecycle = new ReentrantLock();
    /** Shared by writes while they are taken; alone it is closed to them, so that the last flush finds all of them. */
    private final ReentrantReadWriteLock intake = new ReentrantReadWriteLock();

    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private volatile boolean isOpen;
    private volatile boolean closed;

    OwnedWriteBack(
            String cache,
            WriteBackPolicy policy,
            WriteBackWriter<K, V> writer,
            CacheRuntime runtime,
            LocalTier<K, V> tier,
            Slots<K, V> slots,
            KeyGuard<K> guard) {
        this.guard = guard;
        this.cache = cache;
        this.policy = policy;
        this.runtime = runtime;
        this.tier = tier;
        this.slots = slots;
        this.marshal = new Marshal<>(cache, policy, runtime.codec());
        this.journal = journal(cache, policy, runtime);
        this.dirty = new DirtySet<>(cache, policy);
        this.flusher = new Flusher<>(cache, policy, writer, this, runtime.time());
        this.schedule = new FlushSchedule(cache, policy, runtime, flusher);
    }

    private static DirtyJournal journal(String cache, WriteBackPolicy policy, CacheRuntime runtime) {
        return switch (policy.durability()) {
            case MEMORY -> Journals.memory(runtime.time());
            case FILE -> Journals.file(policy.directory().orElseThrow(), cache, runtime.time());
            case REDIS -> throw new IllegalArgumentException("Durability REDIS is shared, not owned");
        };
    }

    /** Replays the journal; until then nobody is answered. */
    void start() {
        lifecycle.lock();
        try {
            if (closed) {
                return;
            }
            replay(journal.open());
            schedule.start();
            isOpen = true;
            opened.complete(null);
        } catch (Throwable e) {
            // An error too, such as a class that is missing: whoever waits would wait for ever.
            opened.completeExceptionally(e);
            throw e;
        } finally {
            lifecycle.unlock();
        }
        flushIfDue();
    }

    private void replay(List<JournalRecord> records) {
        for (JournalRecord each : records) {
            Dirty<K, V> entry = new Dirty<>(
                    marshal.key(each.change()),
                    marshal.value(each.change()),
                    // Nobody knows its tags and its time to live any more: it isn't kept once it is written.
                    EntryOptions.uncached(),
                    each.sequence(),
                    tier.origin());
            entry.parked = each.parked().orElse(null);
            dirty.replay(entry);
        }
        if (!records.isEmpty()) {
            log.info(
                    "Cache '{}' has {} dirty entries from its journal, {} of them dead letters",
                    cache,
                    dirty.size(),
                    dirty.parked());
        }
    }

    private void requireOpen() {
        if (!isOpen) {
            try {
                opened.join();
            } catch (CompletionException e) {
                throw new JournalException("Cache '" + cache + "' can't write back: " + e.getCause(), e.getCause());
            }
        }
    }

    /** What a read is answered with before anything else, if it is known here. */
    @Nullable
    Slot<V> find(K key) {
        requireOpen();
        Dirty<K, V> entry = dirty.find(key);
        return entry == null ? null : entry.slot;
    }

    /** How many of as many writes can be taken at once. */
    int atMost(int writes) {
        return Math.min(writes, policy.maxDirty());
    }

    void put(Map<K, V> values, EntryOptions options) {
        locks.shared(values.keySet(), () -> write(entriesOf(values), options));
        flushIfDue();
    }

    private List<Map.Entry<K, Optional<V>>> entriesOf(Map<K, V> values) {
        List<Map.Entry<K, Optional<V>>> entries = new ArrayList<>(values.size());
        values.forEach((key, value) -> entries.add(Map.entry(key, Optional.of(value))));
        return entries;
    }

    /** Puts a value unless there is one; gives the one there is. */
    Optional<V> putIfAbsent(K key, V value) {
        Optional<V> found = locks.alone(Set.of(key), () -> {
            Slot<V> there = find(key);
            there = there == null ? tier.live(key) : there;
            if (there == null || there.value == null) {
                write(List.of(Map.entry(key, Optional.of(value))), EntryOptions.none());
                return Optional.empty();
            }
            return there.optional();
        });
        flushIfDue();
        return found;
    }

    /** Deletes a key and gives what a read would have found. */
    Optional<V> delete(K key) {
        Optional<V> found = locks.alone(Set.of(key), () -> {
            Slot<V> there = find(key);
            there = there == null ? tier.live(key) : there;
            write(List.of(Map.entry(key, Optional.empty())), EntryOptions.none());
            return there == null ? Optional.<V>empty() : there.optional();
        });
        flushIfDue();
        return found;
    }

    /** Deletes those of the keys that are dirty and have a value; how many. */
    int deleteDirty(Collection<? extends K> keys) {
        requireOpen();
        int count = 0;
        for (K key : keys) {
            count += deleteDirty(key, entry -> true).orElse(false) ? 1 : 0;
        }
        flushIfDue();
        return count;
    }

    /**
     * Deletes a key if it is dirty and has a value.
     *
     * @return whether it had; empty if it isn't dirty, so that what is cached of it counts
     */
    Optional<Boolean> deleteDirty(K key) {
        requireOpen();
        Optional<Boolean> had = deleteDirty(key, entry -> true);
        flushIfDue();
        return had;
    }

    int deleteDirty() {
        return deleteDirty(entry -> true);
    }

    int deleteDirtyTagged(Collection<String> tags) {
        return deleteDirty(entry -> tags.stream().anyMatch(entry.options.tags()::contains));
    }

    /** What is written meanwhile isn't meant: it may have come after something else that stays. */
    private int deleteDirty(Predicate<Dirty<K, V>> which) {
        requireOpen();
        int count = 0;
        for (Dirty<K, V> listed : dirty.list(which)) {
            count += deleteDirty(listed.key, entry -> entry == listed).orElse(false) ? 1 : 0;
        }
        flushIfDue();
        return count;
    }

    private Optional<Boolean> deleteDirty(K key, Predicate<Dirty<K, V>> which) {
        return locks.alone(Set.of(key), () -> {
            Dirty<K, V> entry = dirty.find(key);
            if (entry == null) {
                return Optional.empty();
            }
            boolean isMeant = entry.slot.value != null && which.test(entry);
            if (isMeant) {
                write(List.of(Map.entry(key, Optional.empty())), EntryOptions.none());
            }
            return Optional.of(isMeant);
        });
    }

    /** Publishes what a ticket's holder loaded or wrote, unless the key is dirty; not while its absence is relied on. */
    boolean unlessDirty(K key, BooleanSupplier publish) {
        AtomicBoolean published = new AtomicBoolean();
        locks.shared(Set.of(key), () -> published.set(!isDirty(key) && publish.getAsBoolean()));
        return published.get();
    }

    /** Journals first: nobody sees a write before it is acknowledged. */
    private void write(List<Map.Entry<K, Optional<V>>> writes, EntryOptions options) {
        requireOpen();
        requireNotClosed();
        List<K> keys = new ArrayList<>(writes.size());
        List<Change> changes = new ArrayList<>(writes.size());
        for (Map.Entry<K, Optional<V>> write : writes) {
            keys.add(write.getKey());
            changes.add(marshal.change(write.getKey(), write.getValue()));
        }
        int entered = dirty.enter(keys, schedule::ask);
        int used = 0;
        intake.readLock().lock();
        try {
            // Once more: it may have waited for the room that the last flush made.
            requireNotClosed(keys);
            long sequence = append(changes, keys);
            for (Map.Entry<K, Optional<V>> write : writes) {
                Dirty<K, V> entry = new Dirty<>(write.getKey(), write.getValue(), options, sequence++, tier.origin());
                used += dirty.add(entry) ? 1 : 0;
            }
        } finally {
            intake.readLock().unlock();
            dirty.settle(entered, used);
        }
    }

    private void requireNotClosed() {
        if (closed) {
            throw new JournalException("Cache '" + cache + "' is closed; the write was not taken", null);
        }
    }

    private void requireNotClosed(List<K> announced) {
        try {
            requireNotClosed();
        } catch (JournalException e) {
            dirty.leave(announced);
            throw e;
        }
    }

    private long append(List<Change> changes, List<K> keys) {
        try {
            // Not interruptible: an interrupted caller would not know what became of its write.
            return journal.append(changes).toCompletableFuture().join();
        } catch (CompletionException e) {
            dirty.leave(keys);
            throw e.getCause() instanceof JournalException failure
                    ? failure
                    : new JournalException("Cache '" + cache + "' could not journal a write: " + e.getCause(), e);
        }
    }

    @Override
    public void begin() {}

    @Override
    public boolean isTurn() {
        return true;
    }

    @Override
    public Optional<CodecException> unreadable() {
        return Optional.empty();
    }

    @Override
    public void end() {}

    @Override
    public boolean mayWrite() {
        return true;
    }

    @Override
    public List<Dirty<K, V>> list(Predicate<Dirty<K, V>> which) {
        return dirty.list(which);
    }

    @Override
    public boolean isCurrent(Dirty<K, V> entry) {
        return dirty.isCurrent(entry);
    }

    @Override
    public void written(List<Dirty<K, V>> entries) {
        // A rebuild meanwhile has read a source that hadn't these keys yet.
        entries.forEach(entry -> guard.add(entry.key));
        entries.forEach(this::settle);
        journal.forget(entries.stream().map(entry -> entry.sequence).toList());
    }

    @Override
    public void park(Dirty<K, V> entry, String reason, boolean forGood) {
        if (dirty.park(entry, reason) && forGood) {
            journal.park(entry.sequence, reason);
        }
    }

    @Override
    public boolean unpark(Dirty<K, V> entry) {
        return dirty.park(entry, null);
    }

    /** Into the tier first, so that no read falls between. */
    private void settle(Dirty<K, V> written) {
        K key = written.key;
        if (!dirty.isCurrent(written)) {
            // Discarded meanwhile, perhaps: then what a load has cached since may be older than what the source has
            // now.
            tier.supersede(key);
            return;
        }
        try {
            tier.put(
                    key,
                    () -> slots.make(
                            key,
                            written.slot.value,
                            written.options,
                            tier.origin(),
                            runtime.time().nanoTime()));
        } catch (Throwable e) {
            // The weigher failed, with an error perhaps. The source has the write, and mustn't get it again and again.
            tier.supersede(key);
            dirty.remove(written);
            log.warn(
                    "Cache '{}' can't keep what it wrote back for {}",
                    cache,
                    CacheKeys.shortened(key),
                    Failures.telling(e));
            return;
        }
        dirty.remove(written);
    }

    private void flushIfDue() {
        if (dirty.size() - dirty.parked() >= policy.batchSize()) {
            schedule.ask();
        }
    }

    void flush() {
        requireOpen();
        Flusher.Flush flush = flusher.flush(true);
        schedule.planRetry(flush);
        if (flush.failure() != null) {
            throw new FlushException(
                    "Cache '" + cache + "' could not write " + flush.failed() + " of " + flush.tried()
                            + " dirty entries back; they stay in its journal. The first failure: " + flush.failure(),
                    flush.failure());
        }
    }

    Set<K> keys() {
        requireOpen();
        return dirty.keys();
    }

    boolean isDirty(K key) {
        return find(key) != null;
    }

    int size() {
        return dirty.size();
    }

    @Override
    public WriteBackStats stats() {
        return new WriteBackStats(
                dirty.size(), dirty.parked(), flusher.flushed.sum(), flusher.failures.sum(), journal.damaged());
    }

    @Override
    public boolean hasJournalFailed() {
        return journal.hasFailed();
    }

    @Override
    public List<DeadLetter<K>> deadLetters() {
        requireOpen();
        List<DeadLetter<K>> letters = new ArrayList<>();
        for (Dirty<K, V> entry : dirty.list(each -> each.parked != null)) {
            String reason = entry.parked;
            if (reason != null) {
                letters.add(new DeadLetter<>(entry.key, entry.sequence, reason));
            }
        }
        return List.copyOf(letters);
    }

    @Override
    public boolean redrive(DeadLetter<K> letter) {
        requireOpen();
        boolean done = redrive(letter.key(), letter.sequence());
        if (done) {
            schedule.ask();
        }
        return done;
    }

    private boolean redrive(K key, long sequence) {
        return flusher.alone(() -> {
            Dirty<K, V> entry = dirty.find(key);
            if (entry == null || entry.sequence != sequence || entry.parked == null || !flusher.retry(entry)) {
                return false;
            }
            journal.unpark(sequence);
            return true;
        });
    }

    @Override
    public boolean discard(DeadLetter<K> letter) {
        requireOpen();
        Dirty<K, V> entry = dirty.find(letter.key());
        return entry != null && entry.sequence == letter.sequence() && entry.parked != null && discard(entry);
    }

    @Override
    public boolean discard(K key) {
        requireOpen();
        Dirty<K, V> entry = dirty.find(key);
        return entry != null && discard(entry);
    }

    private boolean discard(Dirty<K, V> entry) {
        // Whatever a load has published behind it may be as old as the source was then.
        tier.supersede(entry.key);
        boolean done = dirty.remove(entry);
        if (done) {
            journal.forget(List.of(entry.sequence));
        }
        return done;
    }

    @Override
    public void clearWritten() {
        // What the tier has of dirty keys counts for nothing.
        tier.clear();
    }

    /** Writes what it can in the time it has; the rest stays in the journal. */
    void close() {
        lifecycle.lock();
        try {
            if (closed) {
                return;
            }
            closeIntake();
            schedule.stop();
            if (isOpen) {
                flushAtLast();
            } else {
                opened.completeExceptionally(
                        new JournalException("Cache '" + cache + "' was closed before it was open", null));
            }
            journal.close();
        } finally {
            lifecycle.unlock();
        }
    }

    /** Writes under way end before the last flush, unless the journal's disk keeps them longer than closing may take. */
    private void closeIntake() {
        closed = true;
        if (Uninterrupted.tryLock(intake.writeLock(), policy.closeTimeout())) {
            intake.writeLock().unlock();
        } else {
            log.warn(
                    "Cache '{}' closes though a write has not got into its journal within {}",
                    cache,
                    policy.closeTimeout());
        }
    }

    private void flushAtLast() {
        flusher.flushAtLast(runtime.contextFreeExecutor());
        if (dirty.size() > 0 && policy.durability() == Durability.MEMORY) {
            log.error("Cache '{}' is closed and loses {} writes that its source did not take", cache, dirty.size());
        } else if (dirty.size() > 0) {
            log.info("Cache '{}' is closed and leaves {} dirty entries in its journal", cache, dirty.size());
        }
    }
}
