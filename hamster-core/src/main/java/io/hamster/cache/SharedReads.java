package io.hamster.cache;

import io.hamster.CodecException;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.StoredEntry;
import io.hamster.cache.writeback.JournalRecord;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the shared tier for what isn't in this JVM, and brings to it what was loaded. Where all instances share a load,
 * whoever is given a ticket that others hold asks again until there is a value or a ticket of its own.
 */
final class SharedReads<K, V> {

    private static final Logger log = LoggerFactory.getLogger(SharedReads.class);

    private final String cache;
    private final CachePolicy policy;
    private final CacheRuntime runtime;
    private final LocalTier<TextKey<K>, V> tier;
    private final Slots<TextKey<K>, V> slots;
    private final RemoteTier remote;
    private final StoredValues<V> values;
    private final @Nullable DirtyReads<K, V> dirty;
    private final Leases leases;
    private final Counters counters;
    private final boolean isRelay;
    private final double refreshAhead;
    private final long refreshInterval;
    private final LoadedValues<V> loaded;

    /**
     * Makes the reads of a cache.
     *
     * @param dirty {@code null} if it doesn't write back
     */
    SharedReads(
            String cache,
            CachePolicy policy,
            CacheRuntime runtime,
            LocalTier<TextKey<K>, V> tier,
            Slots<TextKey<K>, V> slots,
            RemoteTier remote,
            StoredValues<V> values,
            @Nullable DirtyReads<K, V> dirty,
            Counters counters) {
        this.cache = cache;
        this.policy = policy;
        this.runtime = runtime;
        this.tier = tier;
        this.slots = slots;
        this.remote = remote;
        this.values = values;
        this.dirty = dirty;
        this.leases = new Leases(policy, runtime, remote);
        this.counters = counters;
        this.isRelay = policy.tier() == Tier.LOCAL;
        this.loaded = new LoadedValues<>(cache, policy, runtime, remote, values, leases, counters);
        this.refreshAhead = policy.refreshAhead().orElse(1);
        this.refreshInterval = policy.refreshInterval().map(Durations::nanos).orElse(0L);
    }

    /** What comes of one answer of the store: a find, or the need of a ticket, or else of patience. */
    private record Step<V>(
            @Nullable Found<V> found, boolean needsTicket, boolean replaces, Found.@Nullable Hit<V> instead) {

        static <V> Step<V> found(Found<V> found) {
            return new Step<>(found, false, false, null);
        }

        static <V> Step<V> needsTicket(Found.@Nullable Hit<V> instead) {
            return new Step<>(null, true, true, instead);
        }

        static <V> Step<V> patience() {
            return new Step<>(null, false, false, null);
        }
    }

    /**
     * Asks for a key on behalf of a load; blocks.
     *
     * @param isRefresh whether an entry that is due to be refreshed doesn't count
     * @param options gives the options of a relayed value
     */
    Found<V> find(TextKey<K> key, boolean isRefresh, Function<? super Optional<V>, EntryOptions> options)
            throws InterruptedException {
        for (int attempt = 0; ; attempt++) {
            Found<V> found = answer(key, question(key), isRefresh, options);
            if (found != null) {
                return found;
            }
            StoreAnswers.await(leases.pause(attempt, 1));
        }
    }

    /** Asks as {@link #find} does, without blocking; completes on the client's executor. */
    CompletionStage<Found<V>> findAsync(
            TextKey<K> key, boolean isRefresh, Function<? super Optional<V>, EntryOptions> options, int attempt) {
        if (remote.isClosed()) {
            return CompletableFuture.completedFuture(missing(key, null, false));
        }
        Question<V> question = question(key);
        return question.answer
                .thenApplyAsync(answer -> judged(key, answer, question.origin, isRefresh, options), runtime.executor())
                .thenCompose(step -> step.needsTicket
                        ? remote.ticket(key.text())
                                .thenApplyAsync(ticket -> granted(key, ticket, step), runtime.executor())
                        : CompletableFuture.completedFuture(step))
                .thenCompose(step -> step.found != null
                        ? cleanAsync(key, step.found)
                        : leases.pause(attempt, 1)
                                .thenCompose(passed -> findAsync(key, isRefresh, options, attempt + 1)));
    }

    /** What was asked for a key, and from which moment on. */
    record Question<V>(Origin origin, CompletionStage<Answer<V>> answer) {}

    /** A key's dirty write, or else what the store says. */
    record Answer<V>(Optional<JournalRecord> dirty, Optional<Lookup> stored) {}

    /**
     * Begins to ask for a key: the journal, if there is one, and the store only after it has answered. Asked at once, the
     * store could answer first, with a value that the journal knows to be old until a flush that comes in between.
     */
    Question<V> question(TextKey<K> key) {
        Origin origin = tier.origin();
        if (dirty == null) {
            return new Question<>(origin, stored(key));
        }
        CompletionStage<Answer<V>> answer = dirty.find(key.known())
                .whenComplete((record, failure) -> {
                    if (failure != null) {
                        forgetExpired(key, origin);
                    }
                })
                .thenCompose(record -> record.isPresent()
                        ? CompletableFuture.completedFuture(new Answer<>(record, Optional.empty()))
                        : stored(key));
        return new Question<>(origin, answer);
    }

    private CompletionStage<Answer<V>> stored(TextKey<K> key) {
        return remote.get(key.text()).thenApply(lookup -> new Answer<>(Optional.empty(), lookup));
    }

    /** Waits for what was asked; {@code null} if another instance loads the key. */
    @Nullable
    Found<V> answer(
            TextKey<K> key,
            Question<V> question,
            boolean isRefresh,
            Function<? super Optional<V>, EntryOptions> options)
            throws InterruptedException {
        Step<V> step = judged(key, await(key, question), question.origin, isRefresh, options);
        if (step.needsTicket) {
            step = granted(key, awaitTicket(key), step);
        }
        return step.found == null ? null : clean(key, step.found);
    }

    private Found<V> clean(TextKey<K> key, Found<V> found) throws InterruptedException {
        CompletionStage<Optional<JournalRecord>> again = askAgain(key, found);
        if (again == null) {
            return found;
        }
        try {
            return StoreAnswers.await(again).<Found<V>>map(this::dirtyHit).orElse(found);
        } catch (InterruptedException e) {
            abandon(((Found.Missing<V>) found).lease());
            throw e;
        }
    }

    private CompletionStage<Found<V>> cleanAsync(TextKey<K> key, Found<V> found) {
        CompletionStage<Optional<JournalRecord>> again = askAgain(key, found);
        return again == null
                ? CompletableFuture.completedFuture(found)
                : again.thenApplyAsync(
                        record -> record.<Found<V>>map(this::dirtyHit).orElse(found), runtime.executor());
    }

    /**
     * Asks the journal before a load under a ticket: only writes that come later than the ticket end it, so one that came
     * before must be found here. Without a ticket nothing is published.
     */
    private @Nullable CompletionStage<Optional<JournalRecord>> askAgain(TextKey<K> key, Found<V> found) {
        if (dirty == null || !(found instanceof Found.Missing<V> missing)) {
            return null;
        }
        Lease lease = missing.lease();
        return lease.ticket() == null
                ? null
                : dirty.find(key.known()).whenComplete((record, failure) -> {
                    if (failure != null || record.isPresent()) {
                        abandon(lease);
                    }
                });
    }

    private Found.Hit<V> dirtyHit(JournalRecord record) {
        Optional<V> value = dirtyValue(record);
        return new Found.Hit<>(value.orElse(null), here(dirtyOptions(value)));
    }

    private Optional<V> dirtyValue(JournalRecord record) {
        return dirty == null ? Optional.empty() : dirty.value(record);
    }

    /** The journal knows neither tags nor lifetimes. */
    private EntryOptions dirtyOptions(Optional<V> value) {
        Duration ttl = value.isEmpty() ? policy.nullTtl() : policy.defaultTtl();
        EntryOptions.Found found = new EntryOptions.Found(runtime.time().nanoTime(), Duration.ZERO, ttl, false);
        return ttl.isZero()
                ? EntryOptions.found(Duration.ofNanos(1), Set.of(), found).notCached()
                : EntryOptions.found(ttl, Set.of(), found);
    }

    private Answer<V> await(TextKey<K> key, Question<V> question) throws InterruptedException {
        try {
            return StoreAnswers.await(question.answer);
        } catch (InterruptedException e) {
            withdraw(key, question);
            throw e;
        }
    }

    private Optional<Ticket> awaitTicket(TextKey<K> key) throws InterruptedException {
        CompletionStage<Optional<Ticket>> answer = remote.ticket(key.text());
        try {
            return StoreAnswers.await(answer);
        } catch (InterruptedException e) {
            answer.thenAccept(ticket -> ticket.ifPresent(own -> leases.decline(key, own)));
            throw e;
        }
    }

    /** Gives back the ticket that may yet come of a question whose answer nobody waits for any more. */
    void withdraw(TextKey<K> key, Question<V> question) {
        question.answer.thenAccept(answer -> {
            if (answer.stored.orElse(null) instanceof Lookup.Miss miss) {
                leases.decline(key, miss.ticket());
            }
        });
    }

    /** To be called once the shared tier is closed. */
    void close() {
        leases.close();
    }

    CompletionStage<Boolean> pause(int attempt, int keys) {
        return leases.pause(attempt, keys);
    }

    private Step<V> judged(
            TextKey<K> key,
            Answer<V> asked,
            Origin origin,
            boolean isRefresh,
            Function<? super Optional<V>, EntryOptions> options) {
        if (asked.dirty.isPresent()) {
            return Step.found(dirtyHit(asked.dirty.get()));
        }
        Optional<Lookup> answer = asked.stored;
        if (answer.isEmpty()) {
            if (leases.areShared() && !remote.isClosed()) {
                counters.loadsAlone.increment();
            }
            forgetExpired(key, origin);
            return Step.found(missing(key, null, false));
        }
        if (answer.get() instanceof Lookup.Miss miss) {
            keepExpired(key, miss.stale(), origin);
            boolean replaces = miss.stale().isPresent();
            return leases.isMine(miss.ticket()) ? Step.found(missing(key, miss.ticket(), replaces)) : Step.patience();
        }
        StoredEntry entry = ((Lookup.Hit) answer.get()).entry();
        Optional<V> value = values.value(entry);
        if (value == null) {
            return Step.needsTicket(null);
        }
        if (isRefresh && isDue(entry)) {
            return Step.needsTicket(hit(entry, value, origin, true, options));
        }
        return Step.found(hit(entry, value, origin, false, options));
    }

    private Step<V> granted(TextKey<K> key, Optional<Ticket> ticket, Step<V> asked) {
        if (ticket.isEmpty() || leases.isMine(ticket.get())) {
            return Step.found(missing(key, ticket.orElse(null), asked.replaces));
        }
        return asked.instead == null ? Step.patience() : Step.found(asked.instead);
    }

    private Found<V> missing(TextKey<K> key, @Nullable Ticket ticket, boolean replaces) {
        return new Found.Missing<>(leases.begin(key, ticket, replaces));
    }

    private boolean isDue(StoredEntry entry) {
        double age = entry.age().toNanos();
        return refreshInterval > 0
                ? age >= refreshInterval
                : age >= (age + entry.ttl().toNanos()) * refreshAhead;
    }

    private Found.Hit<V> hit(
            StoredEntry entry,
            Optional<V> value,
            Origin origin,
            boolean isBeingRefreshed,
            Function<? super Optional<V>, EntryOptions> options) {
        EntryOptions.Found found = new EntryOptions.Found(origin.at(), entry.age(), entry.ttl(), isBeingRefreshed);
        EntryOptions own = isRelay
                ? options.apply(value).withFound(found)
                : here(EntryOptions.found(entry.ttl(), entry.tags(), found));
        return new Found.Hit<>(value.orElse(null), own);
    }

    private EntryOptions here(EntryOptions options) {
        return loaded.here(options);
    }

    /** Where the load finds it should it fail. */
    private void keepExpired(TextKey<K> key, Optional<StoredEntry> stale, Origin origin) {
        if (isRelay || policy.staleOnError().isEmpty()) {
            return;
        }
        V value = stale.map(values::value).flatMap(read -> read).orElse(null);
        if (value == null) {
            forgetExpired(key, origin);
            return;
        }
        StoredEntry entry = stale.get();
        EntryOptions.Found found = new EntryOptions.Found(origin.at(), entry.age(), entry.ttl(), false);
        Slot<V> slot = slots.makeExpired(
                key,
                value,
                EntryOptions.found(Duration.ofNanos(1), entry.tags(), found),
                origin,
                runtime.time().nanoTime(),
                entry.ttl().negated());
        Slot<V> held = tier.stale(key);
        if (slot != null && (held == null || slot.seenAt - held.seenAt > 0)) {
            tier.publish(key, origin, slot, entry.tags(), false);
        }
    }

    /** Without messages nobody says whether what was found expired was invalidated since. */
    private void forgetExpired(TextKey<K> key, Origin origin) {
        if (policy.tier() == Tier.REMOTE && tier.stale(key) != null) {
            tier.publish(key, origin, null, Set.of(), false);
        }
    }

    /**
     * Brings a loaded value to the shared tier.
     *
     * @param began when its load did
     * @return the options with which it is kept here
     * @throws CodecException if the value can't be encoded but is to be kept there
     */
    CompletionStage<EntryOptions> keep(Lease lease, Optional<V> value, EntryOptions options, long began) {
        return loaded.bring(lease, value, options, began);
    }

    /** Gives tickets back under which nothing will be published. */
    void decline(Map<TextKey<K>, Ticket> tickets) {
        tickets.forEach(leases::decline);
    }

    /** To be called for a load that comes to nothing. */
    void abandon(Lease lease) {
        leases.end(lease);
    }

    /**
     * Waits for what was found for a key that won't be loaded for others, as {@link #peeked} gives it.
     *
     * @param isLoadedNext whether its caller loads it by itself if there is nothing
     */
    @Nullable
    Slot<V> peeked(TextKey<K> key, Question<V> question, boolean isLoadedNext) throws InterruptedException {
        Answer<V> answer = await(key, question);
        if (isLoadedNext) {
            keepExpired(key, answer, question);
        }
        return peeked(key, answer, question.origin);
    }

    /** Keeps what was found expired of a key that won't be loaded for others. */
    void keepExpired(TextKey<K> key, Answer<V> answer, Question<V> question) {
        if (answer.stored.orElse(null) instanceof Lookup.Miss miss) {
            keepExpired(key, miss.stale(), question.origin);
        }
    }

    /**
     * Keeps what was found for a key that won't be loaded.
     *
     * @param origin from before the store was asked
     * @return {@code null} if there is nothing
     */
    @Nullable
    Slot<V> peeked(TextKey<K> key, Answer<V> answer, Origin origin) {
        if (answer.dirty.isPresent()) {
            return peekedDirty(key, answer.dirty.get(), origin);
        }
        Lookup found = answer.stored.orElse(null);
        if (found instanceof Lookup.Miss miss) {
            leases.decline(key, miss.ticket());
        }
        if (!(found instanceof Lookup.Hit hit)) {
            return null;
        }
        StoredEntry entry = hit.entry();
        Optional<V> value = values.value(entry);
        if (value == null) {
            return null;
        }
        EntryOptions options = EntryOptions.found(
                entry.ttl(), entry.tags(), new EntryOptions.Found(origin.at(), entry.age(), entry.ttl(), false));
        Slot<V> slot = slots.make(
                key, value.orElse(null), options, origin, runtime.time().nanoTime());
        if (slot != null && policy.tier() == Tier.TWO_LEVEL) {
            tier.publish(key, origin, slot, entry.tags(), false);
        }
        return slot;
    }

    private Slot<V> peekedDirty(TextKey<K> key, JournalRecord record, Origin origin) {
        Optional<V> value = dirtyValue(record);
        EntryOptions options = dirtyOptions(value);
        Slot<V> slot = slots.make(
                key, value.orElse(null), options, origin, runtime.time().nanoTime());
        if (slot == null) {
            return new Dirty<>(key, value, options, record.sequence(), origin).slot;
        }
        if (policy.tier() == Tier.TWO_LEVEL) {
            tier.publish(key, origin, slot, Set.of(), false);
        }
        return slot;
    }
}
