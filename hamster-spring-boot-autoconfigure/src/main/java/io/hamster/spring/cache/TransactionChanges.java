package io.hamster.spring.cache;

import io.hamster.cache.CacheEntry;
import io.hamster.cache.CacheTicket;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one transaction does to caches once it has committed, in the order in which it asked for it, as far as later ones
 * don't {@linkplain NetChanges make up} for it. Thread-safe.
 *
 * <p>A database releases its locks when it commits, before this transaction's value gets into the cache: meanwhile
 * another may change the row, commit and be first. So a put carries a {@link CacheTicket} from before the commit, and a
 * key to which anything has happened since is dropped, or left alone by what was to be put only if there was nothing. So
 * is every key where a ticket would be a lease, for which others would wait. If nobody knows whether the transaction
 * committed, whatever it would have put or dropped is dropped; what is dirty stays.
 */
final class TransactionChanges implements CacheTransactions.Pending {

    /** How a transaction ended. */
    enum End {
        COMMITTED,
        ROLLED_BACK,
        UNKNOWN
    }

    private static final Logger log = LoggerFactory.getLogger(TransactionChanges.class);

    private final CacheChanges maker;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<CacheChange> changes = new ArrayList<>();
    private final Map<HamsterCache<?, ?>, Touched> touched = new IdentityHashMap<>();
    private final Map<Object, Integer> savepoints = new HashMap<>();
    private boolean ended;
    private boolean rolledBack;
    private @Nullable RuntimeException failure;

    TransactionChanges(CacheChanges maker) {
        this.maker = maker;
    }

    @Override
    public boolean add(CacheChange change) {
        requireRules(change);
        // Outside of the lock: a shared tier is asked for it.
        CacheTicket<Object, Object> ticket = ticket(change);
        lock.lock();
        try {
            if (ended) {
                // A future may complete after its transaction: what it brings was rolled back with it.
                return rolledBack && change.brings();
            }
            changes.add(change);
            Touched reach = touched.computeIfAbsent(change.cache(), cache -> new Touched());
            change.keys()
                    .ifPresentOrElse(
                            keys -> keys.forEach(key -> reach.add(key, ticket)), () -> reach.everything = true);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** After the commit it would be too late to refuse what the change names. */
    private static void requireRules(CacheChange change) {
        change.keys().ifPresent(keys -> keys.forEach(change.cache()::requireKey));
        if (change instanceof CacheChange.DropTags drop) {
            EntryOptions.none().withTags(drop.tags());
        }
    }

    private static @Nullable CacheTicket<Object, Object> ticket(CacheChange change) {
        if (!NetChanges.isPublished(change.cache()) || CacheChanges.leasesTickets(change.cache())) {
            return null;
        }
        if (change instanceof CacheChange.Put put) {
            // Its own is from before its method, which may have had a transaction of its own that committed long ago.
            return put.ticket() != null ? put.ticket() : put.cache().ticket(put.key());
        }
        return change instanceof CacheChange.PutIfAbsent put ? put.cache().ticket(put.key()) : null;
    }

    boolean touches(HamsterCache<?, ?> cache, Object key) {
        lock.lock();
        try {
            Touched reach = ended ? null : touched.get(cache);
            return reach != null && reach.has(key);
        } finally {
            lock.unlock();
        }
    }

    boolean areShared() {
        lock.lock();
        try {
            return touched.keySet().stream().anyMatch(CacheChanges::isShared);
        } finally {
            lock.unlock();
        }
    }

    CompletableFuture<?> elsewhere(Runnable work) {
        return maker.elsewhere(() -> {
            work.run();
            return true;
        });
    }

    void savepoint(Object savepoint) {
        lock.lock();
        try {
            savepoints.put(savepoint, changes.size());
        } finally {
            lock.unlock();
        }
    }

    void rollBackTo(Object savepoint) {
        lock.lock();
        try {
            // What was touched stays so: reading past the cache once too often does no harm.
            // An unknown savepoint was set before the first of the changes, when nobody listened yet.
            int kept = savepoints.getOrDefault(savepoint, 0);
            changes.subList(kept, changes.size()).clear();
        } finally {
            lock.unlock();
        }
    }

    /** Makes the changes; {@link #rethrow} tells how it went. */
    void committed() {
        applyAll(end(false));
    }

    void rethrow() {
        RuntimeException thrown = failure;
        if (thrown != null) {
            throw thrown;
        }
    }

    /** Does what is left: nothing unless there was no commit, or what else was to run after it failed earlier. */
    void completed(End how) {
        List<CacheChange> left = end(how == End.ROLLED_BACK);
        switch (how) {
            case COMMITTED -> applyAll(left);
            case UNKNOWN ->
                applyAll(left.stream().map(TransactionChanges::inDoubt).toList());
            case ROLLED_BACK -> {}
        }
    }

    private List<CacheChange> end(boolean inVain) {
        lock.lock();
        try {
            rolledBack |= inVain;
            List<CacheChange> open = ended ? List.of() : List.copyOf(changes);
            ended = true;
            return open;
        } finally {
            lock.unlock();
        }
    }

    /** One failure keeps none of the others from being applied. */
    private void applyAll(List<CacheChange> all) {
        for (CacheChange change : NetChanges.of(all)) {
            try {
                if (change instanceof CacheChange.Put put && NetChanges.isPublished(put.cache())) {
                    put(put);
                } else if (change instanceof CacheChange.PutIfAbsent put && NetChanges.isPublished(put.cache())) {
                    putIfAbsent(put);
                } else {
                    maker.make(change);
                }
            } catch (RuntimeException e) {
                log.warn(
                        "A change of cache '{}' failed after its transaction",
                        change.cache().name(),
                        e);
                RuntimeException first = failure;
                if (first == null) {
                    failure = e;
                } else {
                    first.addSuppressed(e);
                }
            }
        }
    }

    private void put(CacheChange.Put put) {
        CacheTicket<Object, Object> ticket = ticket(put.cache(), put.key());
        maker.confirmed(put.cache(), true, () -> {
            boolean isPut = false;
            try {
                isPut = ticket != null && ticket.put(put.key(), put.value(), put.options());
            } finally {
                // Also if the value can't be kept: what is there is older.
                if (!isPut) {
                    put.cache().invalidate(put.key());
                }
            }
            return isPut;
        });
    }

    /** Nothing is put if the key has had another value meanwhile, even if that is gone again. */
    private void putIfAbsent(CacheChange.PutIfAbsent put) {
        CacheTicket<Object, Object> ticket = ticket(put.cache(), put.key());
        if (ticket != null
                && put.cache().entry(put.key()).flatMap(CacheEntry::value).isEmpty()) {
            maker.confirmed(
                    put.cache(), false, () -> ticket.put(put.key(), Optional.of(put.value()), EntryOptions.none()));
        }
    }

    private @Nullable CacheTicket<Object, Object> ticket(HamsterCache<?, ?> cache, Object key) {
        Touched reach = touched.get(cache);
        return reach == null ? null : reach.ticket(key);
    }

    private static CacheChange inDoubt(CacheChange change) {
        if (change.cache().policy().writeBack().isPresent()) {
            // To drop what is dirty would delete it in the source.
            return new CacheChange.ClearWritten(change.cache());
        }
        return change.keys()
                .<CacheChange>map(keys -> new CacheChange.Drop(change.cache(), keys))
                .orElse(change);
    }

    /** What is known of one cache. */
    private static final class Touched {

        private final Set<Object> keys = new HashSet<>();
        private final Map<Object, CacheTicket<Object, Object>> tickets = new HashMap<>();
        private boolean everything;

        void add(Object key, @Nullable CacheTicket<Object, Object> ticket) {
            Object compared = MethodKeys.compared(key);
            keys.add(compared);
            if (ticket != null) {
                tickets.putIfAbsent(compared, ticket);
            }
        }

        boolean has(Object key) {
            return everything || keys.contains(MethodKeys.compared(key));
        }

        @Nullable
        CacheTicket<Object, Object> ticket(Object key) {
            return tickets.get(MethodKeys.compared(key));
        }
    }
}
