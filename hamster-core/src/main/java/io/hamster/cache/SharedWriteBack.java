package io.hamster.cache;

import io.hamster.CodecException;
import io.hamster.cache.SharedChanges.Put;
import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackFullException;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackStats;
import io.hamster.cache.writeback.WriteBackWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes of a shared cache that reach their source later. A write is taken once the journal has it; then the store and
 * the other instances drop what they have of the key, so that everybody asks the journal. A flush has them do so again
 * before the journal forgets: what a process that died had no time to tell is made good by whoever flushes for it.
 */
final class SharedWriteBack<K, V> implements WriteBackAdmin<K> {

    private static final Logger log = LoggerFactory.getLogger(SharedWriteBack.class);
    private static final int MOST_AT_ONCE = 100;
    private static final long PAUSE_MILLIS = 20;

    private final String cache;
    private final WriteBackPolicy policy;
    private final CacheRuntime runtime;
    private final KeyTexts<K> texts;
    private final LocalTier<TextKey<K>, V> tier;
    private final Peeks<K, V> peeks;
    private final SharedChanges<K, V> changes;
    private final DirtyReads<K, V> dirty;
    private final Marshal<K, V> marshal;
    private final SharedJournal journal;
    private final JournalAnswers answers;
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
            KeyTexts<K> texts,
            LocalTier<TextKey<K>, V> tier,
            Peeks<K, V> peeks,
            SharedChanges<K, V> changes,
            KeyGuard<K> guard,
            DirtyReads<K, V> dirty) {
        this.cache = cache;
        this.policy = policy;
        this.runtime = runtime;
        this.texts = texts;
        this.tier = tier;
        this.peeks = peeks;
        this.changes = changes;
        this.dirty = dirty;
        this.marshal = dirty.marshal();
        this.journal = dirty.journal();
        this.answers = new JournalAnswers(cache);
        this.queue = new SharedQueue<>(cache, journal, marshal, tier::origin, answers, keys -> {
            // A rebuild meanwhile has read a source that hadn't them yet; the other instances' guards are told.
            keys.forEach(guard::add);
            changes.flushed(keys.stream().map(texts::required).toList());
        });
        this.flusher = new Flusher<>(cache, policy, writer, queue, runtime.time());
        this.schedule = new FlushSchedule(cache, policy, runtime, flusher);
    }

    void start() {
        if (!closed) {
            started = true;
            schedule.start();
        }
    }

    /** How many of as many writes can be taken at once. */
    int atMost(int writes) {
        return Math.min(Math.min(writes, MOST_AT_ONCE), policy.maxDirty());
    }

    void put(Map<K, V> values, EntryOptions options) {
        Map<K, Optional<V>> writes = new LinkedHashMap<>();
        values.forEach((key, value) -> writes.put(key, Optional.of(value)));
        locks.alone(writes.keySet(), () -> write(writes, options));
    }

    /** Under the keys' locks: so the tier gets the values of this process in the order of their sequences. */
    private void write(Map<K, Optional<V>> writes, EntryOptions options) {
        if (closed) {
            throw new JournalException("Cache '" + cache + "' is closed; the write was not taken", null);
        }
        List<Change> records = new ArrayList<>(writes.size());
        List<Put<K, V>> puts = new ArrayList<>(writes.size());
        writes.forEach((key, value) -> {
            records.add(marshal.change(key, value));
            puts.add(new Put<>(texts.required(key), value.orElse(null), options, null));
        });
        long patience = runtime.time().nanoTime() + Durations.nanos(policy.fullTimeout());
        Origin origin = tier.origin();
        Optional<SharedJournal.Appended> appended = append(records, puts);
        while (appended.isEmpty()) {
            schedule.ask();
            if (patience - runtime.time().nanoTime() <= 0 || !pause()) {
                throw new WriteBackFullException("Cache '" + cache + "' has " + policy.maxDirty()
                        + " dirty entries, as many as it may, and takes no other; the write was not taken. Is the source"
                        + " slow or away, or are there dead letters?");
            }
            origin = tier.origin();
            appended = append(records, puts);
        }
        changes.journalled(puts, origin);
        if (appended.get().pending() >= policy.batchSize()) {
            schedule.ask();
        }
    }

    private Optional<SharedJournal.Appended> append(List<Change> records, List<Put<K, V>> puts) {
        try {
            return answers.join(journal.append(records, policy.maxDirty()));
        } catch (JournalException e) {
            // Perhaps they are journalled all the same: then what is cached is too old.
            puts.forEach(put -> tier.drop(put.key()));
            changes.tell(puts.stream().map(Put::key).toList());
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

    /** Puts a value unless there is one; gives the one there is. */
    Optional<V> putIfAbsent(K key, V value) {
        return locks.alone(Set.of(key), () -> {
            Optional<V> found = there(key);
            if (found.isEmpty()) {
                write(Map.of(key, Optional.of(value)), EntryOptions.none());
            }
            return found;
        });
    }

    private Optional<V> there(K key) {
        TextKey<K> text = texts.required(key);
        Slot<V> known = peeks.forWrite(text);
        Slot<V> slot = known == null ? tier.live(text) : known;
        return slot == null ? Optional.empty() : slot.optional();
    }

    /** Deletes a key and gives what a read would have found. */
    Optional<V> delete(K key) {
        return locks.alone(Set.of(key), () -> {
            Optional<V> found = there(key);
            write(Map.of(key, Optional.empty()), EntryOptions.none());
            return found;
        });
    }

    /** Deletes those of the keys that are dirty and have a value; how many. The journal knows no tags. */
    int deleteDirty(Collection<? extends K> keys) {
        int count = 0;
        for (K key : keys) {
            boolean isDirty = locks.alone(Set.of(key), () -> {
                // Not decoded: it may be another release's.
                boolean hasValue = answers.join(dirty.find(key))
                        .flatMap(entry -> entry.change().value())
                        .isPresent();
                if (hasValue) {
                    write(Map.of(key, Optional.empty()), EntryOptions.none());
                }
                return hasValue;
            });
            count += isDirty ? 1 : 0;
        }
        return count;
    }

    int deleteDirty() {
        return deleteDirty(keys());
    }

    void flush() {
        Flusher.Flush flush;
        try {
            flush = flushWhenFree();
        } catch (Throwable e) {
            schedule.planRetry();
            throw e;
        }
        schedule.planRetry(flush);
        if (flush.failure() != null) {
            throw new FlushException(
                    "Cache '" + cache + "' could not write " + flush.failed() + " of " + flush.tried()
                            + " dirty entries back; they stay in its journal. The first failure: " + flush.failure(),
                    flush.failure());
        }
        CodecException unreadable = flush.unreadable().orElse(null);
        if (unreadable != null) {
            throw new FlushException(
                    "Cache '" + cache + "' has dirty entries in its journal that this release can't read; they stay"
                            + " there until one that can flushes: " + unreadable.getMessage(),
                    unreadable);
        }
    }

    /** Another process may be flushing: what it leaves is then tried here. */
    private Flusher.Flush flushWhenFree() {
        long patience = runtime.time().nanoTime() + Durations.nanos(policy.closeTimeout());
        Flusher.Flush flush = flusher.flush(true);
        while (!flush.hadTurn()) {
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

    Set<K> keys() {
        Set<K> keys = new HashSet<>();
        forEachReadable(answers.join(journal.list()), (key, entry) -> keys.add(key));
        return Set.copyOf(keys);
    }

    /** Leaves out what another release has journalled and this one can't read, lest that stand in the way of the rest. */
    private void forEachReadable(Collection<JournalRecord> entries, BiConsumer<K, JournalRecord> action) {
        int unreadable = 0;
        for (JournalRecord entry : entries) {
            K key;
            try {
                key = marshal.key(entry.change());
            } catch (CodecException e) {
                unreadable++;
                continue;
            }
            action.accept(key, entry);
        }
        if (unreadable > 0) {
            log.warn(
                    "Cache '{}' leaves {} dirty entries out, since this release can't read their keys",
                    cache,
                    unreadable);
        }
    }

    @Override
    public WriteBackStats stats() {
        SharedJournal.Size size = queue.hasGivenUp() ? listed() : answers.join(journal.size());
        return new WriteBackStats(
                size.dirty(), size.dead(), flusher.flushed.sum(), flusher.failures.sum(), queue.unreadableCount());
    }

    /** What this process alone has given up is among the dead only if nothing has taken its place. */
    private SharedJournal.Size listed() {
        List<JournalRecord> all = answers.join(journal.list());
        return new SharedJournal.Size(
                all.size(),
                all.stream().filter(entry -> queue.reason(entry).isPresent()).count());
    }

    @Override
    public List<DeadLetter<K>> deadLetters() {
        List<DeadLetter<K>> letters = new ArrayList<>();
        List<JournalRecord> given = answers.join(journal.list()).stream()
                .filter(entry -> queue.reason(entry).isPresent())
                .toList();
        forEachReadable(
                given,
                (key, entry) -> queue.reason(entry)
                        .ifPresent(reason -> letters.add(new DeadLetter<>(key, entry.sequence(), reason))));
        return List.copyOf(letters);
    }

    @Override
    public boolean redrive(DeadLetter<K> letter) {
        boolean done = answers.join(journal.redrive(dirty.bytes(letter.key()), letter.sequence()))
                || flusher.alone(() ->
                        queue.givenUp(letter.sequence()).filter(flusher::retry).isPresent());
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
        return answers.join(journal.find(dirty.bytes(key)))
                .filter(entry -> discard(key, entry.sequence()))
                .isPresent();
    }

    private boolean discard(K key, long sequence) {
        Origin origin = tier.origin();
        boolean done = answers.join(journal.discard(dirty.bytes(key), sequence));
        if (done) {
            changes.journalled(List.of(new Put<>(texts.required(key), null, EntryOptions.uncached(), null)), origin);
        }
        return done;
    }

    @Override
    public void clearWritten() {
        changes.clear();
    }

    void close() {
        if (closed) {
            return;
        }
        closed = true;
        schedule.stop();
        if (started) {
            flusher.flushAtLast(runtime.contextFreeExecutor());
        }
        journal.close();
    }
}
