package io.hamster.cache.torture;

import io.hamster.cache.CachePolicy;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.CacheWriteException;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.torture.CacheHistory.Change;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** Threads of one process that read, load and change what shared caches have of a source, and log what they saw. */
public final class CacheUsers {

    private static final int KEYS_OF_A_KIND = 3;
    private static final int READERS = 3;
    private static final long READ_EVERY_NANOS = 1_000_000;
    private static final long CHANGE_EVERY_NANOS = 40_000_000;
    /** Longer than any bound, so that a change has no successor that would hide what it has left behind. */
    private static final long REST_NANOS = CacheRun.BOUND.plus(CacheRun.SLACK).toNanos();

    private static final long DRAINED_WITHIN_NANOS = Duration.ofSeconds(15).toNanos();

    /** Makes caches. */
    public interface Caches {

        <K, V> HamsterCache<K, V> cache(String name, CachePolicy policy);
    }

    /** Who changes a key, and how. */
    private enum Kind {
        /** By one thread of all: only so a put can't bring an older version than the one before. */
        OWNED("two-level", true, true),
        /** By everybody; never put. */
        ANYBODY("two-level", false, true),
        /** By everybody, through a writer that refuses older versions. */
        WRITTEN_THROUGH("write-through", false, false),
        OWNED_REMOTE("remote", true, false);

        private final String cache;
        private final boolean isOwned;
        /** Then it is loaded only in ways that give tags. */
        private final boolean isTagged;

        Kind(String cache, boolean isOwned, boolean isTagged) {
            this.cache = cache;
            this.isOwned = isOwned;
            this.isTagged = isTagged;
        }
    }

    static final int KEYS = KEYS_OF_A_KIND * Kind.values().length;

    private record Key(int index, Kind kind, String name, HamsterCache<String, Long> cache) {}

    private record Unconfirmed(Key key, long version) {}

    private final int self;
    private final SharedSource source;
    private final UserLog log;
    private final ThreadLocal<Boolean> inTransaction;
    private final List<Key> keys = new ArrayList<>();
    private final AtomicLong loads = new AtomicLong();
    private volatile boolean ended;

    private final CacheWriter<String, Long> writer = new CacheWriter<>() {
        @Override
        public void write(String key, Long version) throws IOException {
            if (!source.write(Integer.parseInt(key.substring(key.lastIndexOf('-') + 1)), version)) {
                throw new IOException("A newer version was written");
            }
        }

        @Override
        public void delete(String key) {
            throw new UnsupportedOperationException("Nobody deletes");
        }
    };

    /**
     * Makes the caches.
     *
     * @param inTransaction what the caches' client believes
     */
    public CacheUsers(int self, SharedSource source, UserLog log, ThreadLocal<Boolean> inTransaction, Caches caches) {
        this.self = self;
        this.source = source;
        this.log = log;
        this.inTransaction = inTransaction;
        for (Kind kind : Kind.values()) {
            HamsterCache<String, Long> cache =
                    caches.cache(kind.cache, policy(kind).build());
            for (int i = 0; i < KEYS_OF_A_KIND; i++) {
                keys.add(new Key(keys.size(), kind, kind + "-" + keys.size(), cache));
            }
        }
    }

    private CachePolicyBuilder policy(Kind kind) {
        CachePolicyBuilder policy = CachePolicy.builder()
                .tier(kind == Kind.OWNED_REMOTE ? Tier.REMOTE : Tier.TWO_LEVEL)
                .valueType(Long.class);
        return kind == Kind.WRITTEN_THROUGH
                ? policy.loadScope(LoadScope.CLUSTER)
                        .leaseTimeout(Duration.ofSeconds(1))
                        .writeThrough(writer)
                : policy;
    }

    /** Uses the caches until this process's standard input ends, then sees whether they agree with the source. */
    public void runUntilInputEnds(long seed) throws Exception {
        ExecutorService threads = Executors.newCachedThreadPool();
        List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            Random random = new Random(seed * 100 + i);
            running.add(threads.submit(() -> guarded(() -> readOn(random))));
        }
        Random owners = new Random(seed * 100 + READERS);
        Random anybodys = new Random(seed * 100 + READERS + 1);
        running.add(threads.submit(() -> guarded(() -> changeOn(owners, true))));
        running.add(threads.submit(() -> guarded(() -> changeOn(anybodys, false))));
        threads.shutdown();
        source.ready();
        while (System.in.read() >= 0) {
            // Nothing is said there; only its end counts.
        }
        ended = true;
        for (Future<?> each : running) {
            each.get();
        }
        for (Key key : keys) {
            Optional<Long> last = key.cache.get(key.name, same -> source.read(key.index));
            if (!last.equals(Optional.of(source.read(key.index)))) {
                log.fault("in the end " + key.name + " is " + last + ", not " + source.read(key.index));
            }
        }
        log.loads(loads.get());
    }

    private void guarded(Runnable use) {
        try {
            use.run();
        } catch (RuntimeException | Error e) {
            log.fault("a user ended with " + e);
            throw e;
        }
    }

    private void readOn(Random random) {
        Reads reads = new Reads(Integer.toString(self), log);
        while (!ended) {
            Key key = keys.get(random.nextInt(KEYS));
            long quietFrom = source.quietFrom();
            long began = System.nanoTime();
            Optional<Long> seen = read(key, random);
            boolean isQuiet = began - quietFrom > 0 && source.quietFrom() == quietFrom;
            seen.ifPresent(version -> reads.add(key.name, version, began, isQuiet));
            LockSupport.parkNanos(random.nextLong(2 * READ_EVERY_NANOS));
        }
        reads.end();
    }

    /** What was read; empty if it came from a load in a transaction, which sees what it likes. */
    private Optional<Long> read(Key key, Random random) {
        return switch (random.nextInt(key.kind.isTagged ? 16 : 20)) {
            case 0 -> readInTransaction(key);
            case 1 ->
                key.cache
                        .composeAsync(
                                key.name,
                                same -> CompletableFuture.completedFuture(load(key, random)),
                                value -> options(key))
                        .join();
            case 2 -> key.cache.get(key.name, same -> load(key, random), value -> options(key));
            case 16, 17 ->
                Optional.ofNullable(key.cache
                        .getAll(List.of(key.name), all -> Map.of(key.name, load(key, random)))
                        .get(key.name));
            case 18, 19 ->
                key.cache.getAsync(key.name, same -> load(key, random)).join();
            default -> key.cache.get(key.name, same -> load(key, random), options(key));
        };
    }

    private Optional<Long> readInTransaction(Key key) {
        AtomicBoolean hasLoaded = new AtomicBoolean();
        inTransaction.set(true);
        try {
            Optional<Long> seen = key.cache.get(key.name, same -> {
                hasLoaded.set(true);
                return SharedSource.OLD_SNAPSHOT;
            });
            return hasLoaded.get() ? Optional.empty() : seen;
        } finally {
            inTransaction.set(false);
        }
    }

    private static EntryOptions options(Key key) {
        return EntryOptions.tags(tag(key));
    }

    private static String tag(Key key) {
        return "tag-of-" + key.name;
    }

    /** Now and then slow, so that other instances' changes overtake it. */
    private long load(Key key, Random random) {
        loads.incrementAndGet();
        long version = source.read(key.index);
        int how = random.nextInt(200);
        if (how == 0) {
            LockSupport.parkNanos(REST_NANOS / 2);
        } else if (how < 20) {
            LockSupport.parkNanos(random.nextLong(CHANGE_EVERY_NANOS));
        }
        return version;
    }

    private void changeOn(Random random, boolean ofOwned) {
        List<Key> mine = keys.stream()
                .filter(key -> key.kind.isOwned == ofOwned && (!ofOwned || key.index % CacheRun.PROCESSES == self))
                .toList();
        Queue<Unconfirmed> unconfirmed = new ArrayDeque<>();
        while (!ended) {
            if (source.isWriting()) {
                change(mine.get(random.nextInt(mine.size())), random, unconfirmed);
            }
            confirm(unconfirmed);
            LockSupport.parkNanos(random.nextInt(120) == 0 ? REST_NANOS : random.nextLong(2 * CHANGE_EVERY_NANOS));
        }
        long end = System.nanoTime() + DRAINED_WITHIN_NANOS;
        while (!unconfirmed.isEmpty() && System.nanoTime() - end < 0) {
            confirm(unconfirmed);
            LockSupport.parkNanos(CHANGE_EVERY_NANOS);
        }
        unconfirmed.forEach(left -> log.fault("never confirmed: " + left));
    }

    private void change(Key key, Random random, Queue<Unconfirmed> unconfirmed) {
        if (random.nextInt(100) == 0) {
            List<Key> cleared =
                    keys.stream().filter(other -> other.cache == key.cache).toList();
            List<Unconfirmed> before = cleared.stream()
                    .map(other -> new Unconfirmed(other, source.read(other.index)))
                    .toList();
            acknowledge(before, key.cache::clear, unconfirmed);
            return;
        }
        long version = source.next(key.index);
        int how = random.nextInt(4);
        boolean isPut = key.kind != Kind.ANYBODY && how < 2;
        if (!(isPut && key.kind == Kind.WRITTEN_THROUGH)) {
            source.write(key.index, version);
        }
        List<Unconfirmed> one = List.of(new Unconfirmed(key, version));
        if (isPut) {
            acknowledge(one, () -> key.cache.put(key.name, version, options(key)), unconfirmed);
        } else if (how < 3 || !key.kind.isTagged) {
            acknowledge(one, () -> key.cache.invalidate(key.name), unconfirmed);
        } else {
            acknowledge(one, () -> key.cache.invalidateTags(Set.of(tag(key))), unconfirmed);
        }
    }

    private void acknowledge(List<Unconfirmed> versions, Runnable change, Queue<Unconfirmed> unconfirmed) {
        boolean isConfirmed = true;
        try {
            change.run();
        } catch (CacheStoreUnavailableException e) {
            isConfirmed = false;
            unconfirmed.addAll(versions);
        } catch (CacheWriteException e) {
            // Somebody else has written a newer version: nothing has happened.
            return;
        }
        for (Unconfirmed each : versions) {
            changed(each, isConfirmed);
        }
    }

    /** What was pending before nothing was is confirmed. */
    private void confirm(Queue<Unconfirmed> unconfirmed) {
        while (!unconfirmed.isEmpty() && unconfirmed.element().key.cache.stats().pendingChanges() == 0) {
            changed(unconfirmed.remove(), true);
        }
    }

    private void changed(Unconfirmed what, boolean isConfirmed) {
        log.changed(new Change(Integer.toString(self), what.key.name, what.version, System.nanoTime(), isConfirmed));
    }
}
