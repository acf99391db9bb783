package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import io.hamster.cluster.raft.LockCommand.Wanted;
import io.hamster.cluster.raft.ReplicatedPart.Entry;
import io.hamster.lock.LockStatus;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockToken;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps locks in the group's {@link LockTable}, which every node holds. All that is asked of it goes through the log, so
 * a node that can't reach a majority gets no answer instead of an old one.
 *
 * <p>A command may be applied long after its sender has given it up, or twice. Each has a stamp, which rises with every
 * command of a process and says until what table time it may be applied:
 *
 * <ul>
 *   <li>A request for a lock or a release by force that comes later does nothing; if its sender still waits, it is
 *       stamped anew and sent again.
 *   <li>A grant's end and a release are remembered until their own stamps have passed. Whatever was sent before has a
 *       lower stamp, so it is either refused or too late: no lock comes of it that nobody owns.
 *   <li>A renewal that was overtaken by a later command changes nothing, so it can't cut a lease that its holder counts
 *       on. One that is merely late extends a lease that its token still holds, by which others wait longer.
 *   <li>A release ends what its token has. The token asks for nothing afterwards, so it doesn't matter when.
 * </ul>
 *
 * <p>A request that waits may be sent again at any time: it keeps its place. Thread-safe.
 */
final class RaftLockStore implements LockStore {

    private static final Logger LOG = LoggerFactory.getLogger(RaftLockStore.class);

    private final String node;
    private final Messenger messenger;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final Duration commandTimeout;
    private final TableClock clock;
    private final LockCalls calls;
    private final TableTicker ticker;
    private final OwnWaiters waiters;
    private final List<Wakeups> listeners = new CopyOnWriteArrayList<>();

    /**
     * Creates the store of a node, before the node joins its group.
     *
     * @param node this node's name
     * @param log where commands go
     * @param table the part of this node's state that the log applies them to
     * @param messenger how nodes tell each other that a lock is on offer
     * @param time its clock
     * @param scheduler for signs of life while somebody of this process waits, for the end of leases that somebody waits
     *     for while this node orders the entries, and for releases that have to be tried again
     * @param executor where waiters are woken
     * @param commandTimeout how long a command may take; a request may be applied that long after it was sent
     */
    RaftLockStore(
            String node,
            GroupLog log,
            LockTable table,
            Messenger messenger,
            TimeSource time,
            ScheduledExecutorService scheduler,
            Executor executor,
            Duration commandTimeout) {
        this.node = node;
        this.messenger = messenger;
        this.time = time;
        this.scheduler = scheduler;
        this.executor = executor;
        this.commandTimeout = commandTimeout;
        this.clock = new TableClock(time, commandTimeout);
        this.calls = new LockCalls(node, log, time, clock, commandTimeout);
        this.ticker = new TableTicker(log, clock, scheduler, () -> calls.bytes(new LockCommand.Tick()), commandTimeout);
        this.waiters = new OwnWaiters(time, scheduler, this::keepAlive);
        table.watch(new Wakes());
        messenger.handle(Topic.LOCKS, this::told);
        messenger.onDisruption(this::recheckAll);
    }

    @Override
    public CompletionStage<Answer> acquire(Ask ask) {
        mayQueue(ask);
        return calls.call(() -> new LockCommand.Acquire(wanted(ask)), LockReply.Asked.class, reply -> {
            unlessQueued(ask.token(), reply.answer());
            return reply.answer();
        });
    }

    @Override
    public HandOver handOver(LockToken holder, Ask next) {
        mayQueue(next);
        waiters.left(holder);
        // Of this one the answers depend, so that whoever cancels one of them doesn't withdraw the command.
        CompletableFuture<LockReply.HandedOver> both = calls.call(
                () -> new LockCommand.HandOver(holder, wanted(next)), LockReply.HandedOver.class, Function.identity());
        return new HandOver(both.thenApply(LockReply.HandedOver::released), both.thenApply(reply -> {
            unlessQueued(next.token(), reply.answer());
            return reply.answer();
        }));
    }

    @Override
    public CompletionStage<Map<LockToken, Renewal>> renew(Collection<Extension> batch) {
        return LockRenewals.send(calls, batch);
    }

    @Override
    public CompletionStage<Boolean> release(String key, LockToken token, Duration tombstone) {
        waiters.left(token);
        return PatientRelease.of(
                () -> calls.call(
                        () -> new LockCommand.Release(key, token, tombstone.toNanos()),
                        LockReply.Done.class,
                        LockReply.Done::did),
                time,
                scheduler,
                commandTimeout);
    }

    @Override
    public CompletionStage<Optional<LockStatus>> status(String key) {
        return calls.call(
                () -> new LockCommand.Status(key),
                LockReply.Held.class,
                held -> held.locks().stream().findFirst().map(this::status));
    }

    @Override
    public CompletionStage<List<LockStatus>> list(int limit) {
        return list(limit, Long.MIN_VALUE, new ArrayList<>());
    }

    /** Lists page by page: an entry of the log shouldn't have an answer of any size. */
    private CompletableFuture<List<LockStatus>> list(int limit, long afterFence, List<LockStatus> found) {
        int page = Math.min(limit - found.size(), LockCommand.MAX_LISTED);
        return calls.call(() -> new LockCommand.ListHeld(page, afterFence), LockReply.Held.class, LockReply.Held::locks)
                .thenCompose(locks -> {
                    locks.forEach(lock -> found.add(status(lock)));
                    return locks.size() < page || found.size() >= limit
                            ? CompletableFuture.completedFuture(found)
                            : list(limit, locks.get(locks.size() - 1).fence(), found);
                });
    }

    private LockStatus status(LockReply.Held.Lock lock) {
        return new LockStatus(
                lock.key(),
                lock.owner(),
                lock.fence(),
                time.instant().minusNanos(lock.heldFor()),
                Duration.ofNanos(lock.remaining()));
    }

    @Override
    public CompletionStage<Boolean> forceRelease(String key) {
        return calls.call(() -> new LockCommand.ForceRelease(key), LockReply.Done.class, LockReply.Done::did);
    }

    @Override
    public Registration listen(Wakeups wakeups) {
        listeners.add(wakeups);
        return () -> listeners.remove(wakeups);
    }

    @Override
    public boolean ordersWaiters() {
        return true;
    }

    /** Refuses every later request. The table's copy stays; locks do until they are released or run out. */
    @Override
    public void close() {
        calls.close();
        ticker.close();
        waiters.close();
    }

    private Wanted wanted(Ask ask) {
        return new Wanted(
                ask.key(),
                ask.token(),
                ask.owner(),
                node,
                ask.lease().toNanos(),
                ask.patience().toNanos());
    }

    private void mayQueue(Ask ask) {
        if (!ask.patience().isZero() && !calls.isClosed()) {
            waiters.asking(ask.token(), ask.patience());
        }
    }

    private void unlessQueued(LockToken token, Answer answer) {
        if (answer instanceof Answer.Granted || answer instanceof Answer.Refused) {
            waiters.left(token);
        }
    }

    private void keepAlive() {
        if (calls.isClosed() || !calls.silentFor(OwnWaiters.BEAT)) {
            // Any command is a sign of life.
            return;
        }
        calls.call(LockCommand.KeepAlive::new, LockReply.Done.class, LockReply.Done::did)
                .whenComplete((waits, failure) -> {
                    if (failure != null) {
                        LOG.debug("The group didn't hear that this node's waiters are alive", failure);
                    } else if (!waits && !waiters.isEmpty()) {
                        // Was silent for too long: its places are gone.
                        recheckAll();
                    }
                });
    }

    // --- wake-ups

    private CompletionStage<byte[]> told(String from, byte[] message) {
        try {
            woken(Offer.fromMessage(message, node));
        } catch (IOException e) {
            LOG.debug("A message from node '{}' is no offer of a lock", from, e);
        }
        return CompletableFuture.completedFuture(new byte[0]);
    }

    private void woken(Offer offer) {
        // The table's copy here and the node that orders the entries both say so.
        if (waiters.isNews(offer.token(), offer.index())) {
            elsewhere(listener -> listener.woken(offer.key(), Optional.of(offer.token())));
        }
    }

    private void recheckAll() {
        if (!waiters.isEmpty()) {
            elsewhere(Wakeups::recheckAll);
        }
    }

    /** Off the threads that apply entries and take messages; on them if there are no others left. */
    private void elsewhere(Consumer<Wakeups> what) {
        Runnable work = () -> listeners.forEach(what);
        try {
            executor.execute(work);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            work.run();
        }
    }

    /** What the table's copy on this node has to say. */
    private final class Wakes implements LockTable.Watcher {

        private long term = -1;

        @Override
        public void applied(Entry entry, List<Offer> offers, long nextDue) {
            clock.heard(entry.time());
            ticker.due(nextDue);
            for (Offer offer : offers) {
                if (offer.session() == calls.session()) {
                    woken(offer);
                } else if (entry.leading() && !calls.isClosed()) {
                    messenger.tell(offer.node(), Topic.LOCKS, offer.toMessage());
                }
            }
            if (term != -1 && term != entry.term()) {
                // The leader before may have made offers that nobody was told of.
                recheckAll();
            }
            term = entry.term();
        }

        @Override
        public void replaced(long nextDue) {
            clock.forget();
            ticker.due(nextDue);
            recheckAll();
        }

        @Override
        public void leading(boolean here) {
            ticker.leading(here);
        }
    }
}
