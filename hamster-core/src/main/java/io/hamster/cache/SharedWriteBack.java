package io.hamster.cache;

import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.cache.writeback.WriteBackFullException;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackStats;
import io.hamster.cache.writeback.WriteBackWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The dirty entries of a cache that several processes share. The journal knows them all; here, the tier has what this
 * process wrote or read, and whoever misses there asks the journal before the source.
 */
final class SharedWriteBack<K, V> implements WriteBack<K, V> {

    private static final Logger log = LoggerFactory.getLogger(SharedWriteBack.class);
    private static final long CALL_SECONDS = 10;
    private static final int MOST_AT_ONCE = 100;
    private static final long PAUSE_MILLIS = 20;

    private final String cache;
    private final WriteBackPolicy policy;
    private final CacheRuntime runtime;
    private final LocalTier<K, V> tier;
    private final Slots<K, V> slots;
    private final Marshal<K, V> marshal;
    private final SharedJournal journal;
    private final SharedQueue<K, V> queue;
    private final Flusher<K, V> flusher;
    private final FlushSchedule schedule;
    private final KeyLocks locks = new KeyLocks();
    private volatile boolean started;
    private volatile boolean closed;

    SharedWriteBack(
            String cache,
            WriteBackPolicy policy,
            WriteBackWriter<K, V> writer,
            CacheRuntime runtime,
            LocalTier<K, V> tier,
            Slots<K, V> slots,
            SharedJournal journal) {
        this.cache = cache;
        this.policy = policy;
        this.runtime = runtime;
        this.tier = tier;
        this.slots = slots;
        this.marshal = new Marshal<>(cache, policy, runtime.codec());
        this.journal = journal;
        this.queue = new SharedQueue<>(journal, marshal, tier::origin, this::join);
        this.flusher = new Flusher<>(cache, policy, writer, queue, runtime.time());
        this.schedule = new FlushSchedule(cache, policy, runtime, flusher);
    }

    @Override
    public void start() {
        if (!closed) {
            started = true;
            schedule.start();
        }
    }

    @Override
    public @Nullable Slot<V> find(K key) {
        return null;
    }

    @Override
    public Optional<Optional<V>> lookUp(K key) {
        return join(journal.find(bytes(key))).map(this::valueOf);
    }

    private byte[] bytes(K key) {
        return marshal.change(key, Optional.empty()).key();
    }

    private Optional<V> valueOf(JournalRecord entry) {
        return marshal.value(entry.change());
    }

    @Override
    public CacheLoader<K, V> before(CacheLoader<? super K, ? extends V> loader) {
        return key -> {
            Optional<Optional<V>> dirty = lookUp(key);
            return dirty.isPresent() ? dirty.get().orElse(null) : loader.load(key);
        };
    }

    @Override
    public BulkCacheLoader<K, V> beforeBulk(BulkCacheLoader<K, V> loader) {
        return keys -> {
            Map<K, CompletionStage<Optional<JournalRecord>>> asked = new LinkedHashMap<>();
            keys.forEach(key -> asked.put(key, journal.find(bytes(key))));
            Map<K, V> values = new HashMap<>();
            Set<K> clean = new HashSet<>();
            asked.forEach((key, answer) -> join(answer)
                    .ifPresentOrElse(
                            entry -> valueOf(entry).ifPresent(value -> values.put(key, value)), () -> clean.add(key)));
            if (!clean.isEmpty()) {
                values.putAll(loader.loadAll(clean));
            }
            return values;
        };
    }

    @Override
    public AsyncCacheLoader<K, V> beforeAsync(AsyncCacheLoader<? super K, ? extends V> loader) {
        return key -> journal.find(bytes(key)).thenCompose(dirty -> {
            if (dirty.isPresent()) {
                return CompletableFuture.<@Nullable V>completedFuture(
                        valueOf(dirty.get()).orElse(null));
            }
            try {
                return loader.load(key).<@Nullable V>thenApply(value -> value);
            } catch (Exception e) {
                return CompletableFuture.failedFuture(e);
            }
        });
    }

    @Override
    public int atMost(int writes) {
        return Math.min(Math.min(writes, MOST_AT_ONCE), policy.maxDirty());
    }

    @Override
    public void put(Map<K, V> values, EntryOptions options) {
        Map<K, Optional<V>> writes = new LinkedHashMap<>();
        values.forEach((key, value) -> writes.put(key, Optional.of(value)));
        locks.alone(writes.keySet(), () -> write(writes, options));
    }

    /** Under the keys' locks: so the tier gets the values of this process in the order of their sequences. */
    private void write(Map<K, Optional<V>> writes, EntryOptions options) {
        if (closed) {
            throw new JournalException("Cache '" + cache + "' is closed; the write was not taken", null);
        }
        List<Change> changes = new ArrayList<>(writes.size());
        writes.forEach((key, value) -> changes.add(marshal.change(key, value)));
        long patience = runtime.time().nanoTime() + Durations.nanos(policy.fullTimeout());
        Optional<SharedJournal.Appended> appended = append(changes, writes.keySet());
        while (appended.isEmpty()) {
            schedule.ask();
            if (patience - runtime.time().nanoTime() <= 0 || !pause()) {
                throw new WriteBackFullException("Cache '" + cache + "' has " + policy.maxDirty()
                        + " dirty entries, as many as it may, and takes no other; the write was not taken. Is the source"
                        + " slow or away, or are there dead letters?");
            }
            appended = append(changes, writes.keySet());
        }
        writes.forEach((key, value) -> tier.put(
                key,
                () -> value.isEmpty()
                        ? null
                        : slots.make(
                                key,
                                value.get(),
                                options,
                                tier.origin(),
                                runtime.time().nanoTime())));
        if (appended.get().pending() >= policy.batchSize()) {
            schedule.ask();
        }
    }

    private Optional<SharedJournal.Appended> append(List<Change> changes, Collection<K> keys) {
        try {
            return join(journal.append(changes, policy.maxDirty()));
        } catch (JournalException e) {
            // Perhaps they are journalled all the same: then what is cached is too old.
            keys.forEach(tier::invalidate);
            throw e;
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public Optional<V> putIfAbsent(K key, V value) {
        return locks.alone(Set.of(key), () -> {
            Optional<V> found = there(key);
            if (found.isEmpty()) {
                write(Map.of(key, Optional.of(value)), EntryOptions.none());
            }
            return found;
        });
    }

    private Optional<V> there(K key) {
        return lookUp(key).orElseGet(() -> {
            Slot<V> slot = tier.live(key);
            return slot == null ? Optional.empty() : slot.optional();
        });
    }

    @Override
    public Optional<V> delete(K key) {
        return locks.alone(Set.of(key), () -> {
            Optional<V> found = there(key);
            write(Map.of(key, Optional.empty()), EntryOptions.none());
            return found;
        });
    }

    @Override
    public int deleteDirty(Collection<? extends K> keys) {
        int count = 0;
        for (K key : keys) {
            boolean isDirty = locks.alone(Set.of(key), () -> {
                boolean hasValue = lookUp(key).flatMap(value -> value).isPresent();
                if (hasValue) {
                    write(Map.of(key, Optional.empty()), EntryOptions.none());
                }
                return hasValue;
            });
            count += isDirty ? 1 : 0;
        }
        return count;
    }

    @Override
    public int deleteDirty() {
        return deleteDirty(keys());
    }

    /** The journal knows no tags: what is dirty stays so until it is flushed. */
    @Override
    public int deleteDirtyTagged(Collection<String> tags) {
        return 0;
    }

    @Override
    public void flush() {
        Flusher.Flush flush = flushWhenFree();
        schedule.planRetry(flush);
        if (flush.failure() != null) {
            throw new FlushException(
                    "Cache '" + cache + "' could not write " + flush.failed() + " of " + flush.tried()
                            + " dirty entries back; they stay in its journal. The first failure: " + flush.failure(),
                    flush.failure());
        }
    }

    /** Another process may be flushing: what it leaves is then tried here. */
    private Flusher.Flush flushWhenFree() {
        long patience = runtime.time().nanoTime() + Durations.nanos(policy.closeTimeout());
        Flusher.Flush flush = flusher.flush(true);
        while (!queue.hadLease()) {
            if (patience - runtime.time().nanoTime() <= 0 || !pause()) {
                throw new JournalException(
                        "Cache '" + cache + "' is being flushed by another process, which did not end within "
                                + policy.closeTimeout(),
                        null);
            }
            flush = flusher.flush(true);
        }
        return flush;
    }

    @Override
    public Set<K> keys() {
        Set<K> keys = new HashSet<>();
        join(journal.list()).forEach(entry -> keys.add(marshal.key(entry.change())));
        return Set.copyOf(keys);
    }

    @Override
    public boolean isDirty(K key) {
        return lookUp(key).isPresent();
    }

    @Override
    public int size() {
        return 0;
    }

    @Override
    public WriteBackStats stats() {
        List<JournalRecord> all = join(journal.list());
        return new WriteBackStats(
                all.size(),
                all.stream().filter(entry -> entry.parked().isPresent()).count(),
                flusher.flushed.sum(),
                flusher.failures.sum(),
                0);
    }

    @Override
    public List<DeadLetter<K>> deadLetters() {
        List<DeadLetter<K>> letters = new ArrayList<>();
        for (JournalRecord entry : join(journal.list())) {
            entry.parked()
                    .ifPresent(reason ->
                            letters.add(new DeadLetter<>(marshal.key(entry.change()), entry.sequence(), reason)));
        }
        return List.copyOf(letters);
    }

    @Override
    public boolean redrive(DeadLetter<K> letter) {
        boolean done = join(journal.redrive(bytes(letter.key()), letter.sequence()));
        if (done) {
            schedule.ask();
        }
        return done;
    }

    @Override
    public boolean discard(DeadLetter<K> letter) {
        return discard(letter.key(), letter.sequence());
    }

    @Override
    public boolean discard(K key) {
        return join(journal.find(bytes(key)))
                .filter(entry -> discard(key, entry.sequence()))
                .isPresent();
    }

    private boolean discard(K key, long sequence) {
        boolean done = join(journal.discard(bytes(key), sequence));
        if (done) {
            tier.invalidate(key);
        }
        return done;
    }

    private <T> T join(CompletionStage<T> answer) {
        try {
            return answer.toCompletableFuture()
                    .copy()
                    .orTimeout(CALL_SECONDS, TimeUnit.SECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new JournalException(
                    "The journal of cache '" + cache + "' does not answer: " + e.getCause()
                            + "; what it was asked may be done or not",
                    e.getCause());
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        schedule.stop();
        if (started) {
            flushAtLast();
        }
        journal.close();
    }

    private void flushAtLast() {
        Supplier<Flusher.Flush> last = () -> flusher.flush(true);
        try {
            CompletableFuture.supplyAsync(last, runtime.contextFreeExecutor())
                    .orTimeout(policy.closeTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (RuntimeException e) {
            log.warn("Cache '{}' did not finish its last flush; the rest stays in its journal", cache, e);
        }
    }
}
