package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.cluster.Node;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.Transport;
import io.hamster.spring.redis.Announcements.Table;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members by announcements in Redis that expire, and messages by publish/subscribe, a channel for each process.
 *
 * <p>Each node repeats its announcement at least three times in the time it counts, and thereby learns of all others;
 * who comes and goes is published too. A node that can't reach Redis for as long is the only one alive that it knows of.
 * So is one whose subscription is gone: it announces nothing before Redis has confirmed that messages to it arrive. Only
 * one that Redis forbids to subscribe is announced all the same, so that it can lead.
 *
 * <p>A message is sent once and heard by whoever listens then. Who doesn't listen sends no request, as it would miss the
 * answer. To a process that doesn't, the call fails at once, or on a cluster of Redis servers by its timeout; so it does if
 * either side's connection breaks under way. Who listens has no say in how much it is sent: messages of several megabytes
 * need a {@code client-output-buffer-limit pubsub} to match.
 */
final class RedisTransport implements Transport, GroupLines.Listener {

    private static final Logger logger = LoggerFactory.getLogger(RedisTransport.class);
    private static final long FIRST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LEAVE_MILLIS = 500;
    private static final double JITTER = 0.2;

    private final Node self;
    private final GroupLines lines;
    private final Announcements announcements;
    private final MemberTable base;
    private final long timeoutNanos;
    private final long intervalNanos;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Correspondence correspondence;
    private final SeldomLog namesakes;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile MemberTable members;

    // All that follows is guarded by the lock.
    private @Nullable Receiver receiver;
    private boolean asking;
    private boolean askAgain;
    private boolean announced;
    private long lastHeard;
    private boolean warnedOfDeafness;
    /** The members that the receiver knows of. */
    private @Nullable MemberTable told;

    private @Nullable Future<?> next;

    /**
     * @param timeout how long a silent member counts as alive
     * @param sync how often members are looked at, at least
     */
    RedisTransport(
            Node self,
            List<Node> configured,
            GroupLines lines,
            Announcements announcements,
            Duration timeout,
            Duration sync,
            TimeSource time,
            ScheduledExecutorService scheduler) {
        this.self = self;
        this.lines = lines;
        this.announcements = announcements;
        this.base = MemberTable.of(self, configured);
        this.members = base;
        this.timeoutNanos = timeout.toNanos();
        this.intervalNanos = Math.min(timeoutNanos / 3, sync.toNanos());
        this.time = time;
        this.scheduler = scheduler;
        this.correspondence = new Correspondence(self.name(), lines, time, scheduler);
        this.namesakes = new SeldomLog(logger, time);
    }

    @Override
    public void start(Receiver to) {
        lock.lock();
        try {
            receiver = to;
            announced = false;
            asking = false;
            lastHeard = time.nanoTime();
            told = null;
            report(to, base);
            correspondence.open(to);
            lines.add(this);
            // Announced when it listens, or without that if it never may.
            askAfter(FIRST_WAIT_NANOS);
            lines.start();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<byte[]> request(Node node, byte[] message, Duration timeout) {
        Optional<String> token = members.token(node.name());
        if (token.isEmpty()) {
            return unsent("Node '" + node.name() + "' is lost; nothing was sent");
        }
        return lines.hears()
                ? correspondence.request(node.name(), token.get(), message, timeout)
                : unsent("Node '" + self.name() + "' isn't subscribed to its channel in Redis at present and would miss"
                        + " the answer of node '" + node.name() + "'; nothing was sent");
    }

    private static CompletionStage<byte[]> unsent(String why) {
        return CompletableFuture.failedFuture(new NodeUnreachableException(why, null));
    }

    @Override
    public void received(String message) {
        correspondence.received(message);
    }

    @Override
    public void resumed() {
        membersChanged();
    }

    @Override
    public void membersChanged() {
        lock.lock();
        try {
            announce();
        } finally {
            lock.unlock();
        }
    }

    private void announce() {
        Receiver current = receiver;
        if (current == null) {
            return;
        }
        if (asking) {
            askAgain = true;
            return;
        }
        if (!lines.hears() && !lines.isBarred()) {
            // Others would call it, and it would call others, and nobody would hear the one or the other's answer.
            askLater();
            lines.listen();
            unheard(current);
            warnOfDeafness();
            return;
        }
        cancelNext();
        asking = true;
        askAgain = false;
        CompletableFuture<Table> answer = attempted();
        try {
            Future<?> timer = scheduler.schedule(() -> answer.cancel(false), intervalNanos, TimeUnit.NANOSECONDS);
            answer.whenComplete((table, failure) -> timer.cancel(false));
        } catch (Throwable e) {
            // Of no use without its timer, whether the application ends or there is no thread.
            answer.cancel(false);
        }
        answer.whenComplete((table, failure) -> announced(current, table, failure));
    }

    /** What can't be sent counts as not answered, and is followed by what follows that. */
    private CompletableFuture<Table> attempted() {
        try {
            return announcements.announce();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private void announced(@Nullable Receiver asker, @Nullable Table table, @Nullable Throwable failure) {
        lock.lock();
        try {
            Receiver present = receiver;
            if (present == null || present != asker) {
                return;
            }
            asking = false;
            try {
                take(present, table, failure);
            } catch (Throwable e) {
                logger.warn("{} failed on what it was told of the members; asking again", self.name(), e);
            }
            if (askAgain) {
                announce();
            } else {
                askLater();
            }
        } finally {
            lock.unlock();
        }
    }

    private void take(Receiver to, @Nullable Table table, @Nullable Throwable failure) {
        if (table == null) {
            logger.debug("{} couldn't announce itself in Redis; trying on", self.name(), failure);
            unheard(to);
            return;
        }
        lastHeard = time.nanoTime();
        warnedOfDeafness = false;
        correspondence.clock(table.millis());
        lookForNamesake(table);
        announced = true;
        report(to, base.with(self, table));
    }

    private void warnOfDeafness() {
        if (time.nanoTime() - lastHeard > timeoutNanos && !warnedOfDeafness) {
            warnedOfDeafness = true;
            logger.warn(
                    "{} isn't a member of the cluster: Redis hasn't confirmed its subscription for {} ms; trying on",
                    self.name(),
                    TimeUnit.NANOSECONDS.toMillis(timeoutNanos));
        }
    }

    private void unheard(Receiver to) {
        if (time.nanoTime() - lastHeard > timeoutNanos) {
            report(to, members.unreachable());
        }
    }

    /** Before the first announcement, one of a process that has crashed may still count. */
    private void lookForNamesake(Table table) {
        table.before()
                .filter(before -> announced && !before.token().equals(lines.token()))
                .ifPresent(before -> namesakes.warn(
                        "Two processes are node '{}': {} and {}. Calls to it reach either; give each a name of its own"
                                + " with hamster.cluster.node-name",
                        self.name(),
                        announcements.place(),
                        before.place()));
    }

    private void report(Receiver to, MemberTable latest) {
        if (!latest.equals(told)) {
            // Until it has been told it knows neither these nor surely those before, whatever comes next.
            told = null;
            members = latest;
            correspondence.lose(latest.alive().values());
            to.membersChanged(latest.members(self.name()));
            told = latest;
        }
    }

    private void askLater() {
        double jitter = 1 - JITTER * ThreadLocalRandom.current().nextDouble();
        askAfter((long) (intervalNanos * jitter));
    }

    private void askAfter(long nanos) {
        cancelNext();
        try {
            next = scheduler.schedule(this::membersChanged, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            logger.debug("{} announces itself no more: the application ends", self.name(), e);
        } catch (Throwable e) {
            // Without a next announcement it would be missed, and miss others.
            logger.warn(
                    "{} announces itself on the JVM's timer, as its scheduler failed: {}",
                    self.name(),
                    String.valueOf(e));
            next = CompletableFuture.runAsync(
                    this::membersChanged, CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS));
        }
    }

    private void cancelNext() {
        Future<?> due = next;
        if (due != null) {
            due.cancel(false);
            next = null;
        }
    }

    @Override
    public void close() {
        lines.remove(this);
        boolean leaving;
        lock.lock();
        try {
            leaving = receiver != null;
            receiver = null;
            cancelNext();
        } finally {
            lock.unlock();
        }
        correspondence.close();
        if (leaving && lines.isUp()) {
            leave();
        }
        lines.stop();
    }

    private void leave() {
        try {
            announcements.leave().get(LEAVE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            logger.debug("{} couldn't tell that it leaves; it is missed when its announcement ends", self.name(), e);
        }
    }
}
