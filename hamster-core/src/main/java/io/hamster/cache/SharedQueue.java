package io.hamster.cache;

import io.hamster.CodecException;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Flushes what all processes have written, while this one has the lease. Used under the flusher's lock. */
final class SharedQueue<K, V> implements FlushQueue<K, V> {

    /** Longer than a batch takes its source; a process that dies holds up flushing for as long. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    private static final Logger log = LoggerFactory.getLogger(SharedQueue.class);

    private final String cache;
    private final String owner = UUID.randomUUID().toString();
    private final SharedJournal journal;
    private final Marshal<K, V> marshal;
    private final Supplier<Origin> origin;
    private final Wait wait;
    private final Consumer<Collection<K>> drop;
    /** What failed here before, with its attempts. */
    private final Map<K, Dirty<K, V>> known = new HashMap<>();

    private final Map<Dirty<K, V>, JournalRecord> records = new HashMap<>();
    /** Why writes were given up while the source was away, by their sequences: in the journal they stay as they are. */
    private final Map<Long, String> givenUp = new ConcurrentHashMap<>();

    private long fence;
    private boolean hadLease;
    /** Why something in the journal couldn't be read in the last flush. */
    private @Nullable CodecException unreadable;

    private volatile int unreadableCount;

    /** Waits for an answer. */
    interface Wait {

        <T> T join(CompletionStage<T> answer);
    }

    /**
     * Makes the queue.
     *
     * @param drop drops everywhere what is kept of keys; if it fails, the journal keeps their writes
     */
    SharedQueue(
            String cache,
            SharedJournal journal,
            Marshal<K, V> marshal,
            Supplier<Origin> origin,
            Wait wait,
            Consumer<Collection<K>> drop) {
        this.cache = cache;
        this.drop = drop;
        this.journal = journal;
        this.marshal = marshal;
        this.origin = origin;
        this.wait = wait;
    }

    @Override
    public boolean isTurn() {
        return hadLease;
    }

    @Override
    public Optional<CodecException> unreadable() {
        return Optional.ofNullable(unreadable);
    }

    /** How many entries the last flush left out for that. */
    int unreadableCount() {
        return unreadableCount;
    }

    @Override
    public void begin() {
        Optional<Long> lease = wait.join(journal.lease(owner, LEASE));
        hadLease = lease.isPresent();
        records.clear();
        if (lease.isEmpty()) {
            return;
        }
        fence = lease.get();
        List<JournalRecord> all = wait.join(journal.list());
        Map<K, Dirty<K, V>> before = new HashMap<>(known);
        known.clear();
        CodecException failure = null;
        int failures = 0;
        for (JournalRecord each : all) {
            try {
                take(each, before);
            } catch (CodecException e) {
                // Another release may have written it, and can read it. Those behind it mustn't wait for that.
                failure = e;
                failures++;
            }
        }
        if (failure != null && unreadable == null) {
            log.error(
                    "Cache '{}' has dirty entries in its journal that this release can't read; they stay there until one"
                            + " that can flushes: {}",
                    cache,
                    failure.getMessage());
        }
        unreadable = failure;
        unreadableCount = failures;
        givenUp.keySet()
                .retainAll(known.values().stream()
                        .filter(entry -> entry.parked != null)
                        .map(entry -> entry.sequence)
                        .collect(Collectors.toSet()));
    }

    private void take(JournalRecord each, Map<K, Dirty<K, V>> before) {
        if (each.parked().isEmpty()) {
            K key = marshal.key(each.change());
            Dirty<K, V> same = before.get(key);
            Dirty<K, V> entry = same != null && same.sequence == each.sequence()
                    ? same
                    : new Dirty<>(
                            key, marshal.value(each.change()), EntryOptions.none(), each.sequence(), origin.get());
            known.put(key, entry);
            records.put(entry, each);
        }
    }

    @Override
    public void end() {
        if (hadLease) {
            wait.join(journal.release(owner));
        }
    }

    @Override
    public List<Dirty<K, V>> list(Predicate<Dirty<K, V>> which) {
        return records.keySet().stream()
                .filter(which)
                .sorted(Comparator.comparingLong(entry -> entry.sequence))
                .toList();
    }

    /** Asked before each call of the writer, so the lease is kept as long as there is something to do. */
    @Override
    public boolean mayWrite() {
        Optional<Long> lease = wait.join(journal.lease(owner, LEASE));
        hadLease = lease.isPresent() && lease.get() == fence;
        return hadLease;
    }

    @Override
    public boolean isCurrent(Dirty<K, V> entry) {
        return records.containsKey(entry);
    }

    @Override
    public void written(List<Dirty<K, V>> entries) {
        drop.accept(entries.stream().map(entry -> entry.key).toList());
        List<JournalRecord> done = new ArrayList<>();
        for (Dirty<K, V> entry : entries) {
            JournalRecord written = records.remove(entry);
            if (written != null) {
                done.add(written);
                known.remove(entry.key);
            }
        }
        wait.join(journal.written(fence, done));
    }

    @Override
    public void park(Dirty<K, V> entry, String reason, boolean forGood) {
        if (!forGood) {
            entry.parked = reason;
            givenUp.put(entry.sequence, reason);
            return;
        }
        JournalRecord refused = records.get(entry);
        // Unless the journal says so it is no dead letter to anybody, and has to be tried again.
        if (refused != null && wait.join(journal.park(fence, refused, reason))) {
            records.remove(entry);
            known.remove(entry.key);
        }
    }

    @Override
    public boolean unpark(Dirty<K, V> entry) {
        entry.parked = null;
        givenUp.remove(entry.sequence);
        return true;
    }

    /** Whether this process alone has given something up for now. */
    boolean hasGivenUp() {
        return !givenUp.isEmpty();
    }

    /** Why a write was given up for now, by all or by this process alone. */
    Optional<String> reason(JournalRecord write) {
        return write.parked().or(() -> Optional.ofNullable(givenUp.get(write.sequence())));
    }

    /** What this process alone has given up, by its sequence. */
    Optional<Dirty<K, V>> givenUp(long sequence) {
        return known.values().stream()
                .filter(entry -> entry.sequence == sequence && entry.parked != null)
                .findFirst();
    }
}
