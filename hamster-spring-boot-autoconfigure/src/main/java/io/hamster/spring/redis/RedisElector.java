package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.cluster.Elector;
import io.hamster.cluster.Standing;
import io.hamster.spring.redis.LeaderLease.Answer;
import io.hamster.spring.redis.LeaderLease.Finding;
import io.hamster.spring.redis.LeaderLease.Wish;
import io.hamster.spring.redis.LeaseDoubts.Moment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Elects whoever has a lease in Redis. One question to Redis is under way at a time; whatever happens, the next one
 * tells what became of it. A leader believes in its lease for a period less a margin from before it asked, and an answer
 * that doesn't come extends nothing: so it ends here before it ends in Redis.
 *
 * <p>Redis may lose what it knew: the last second or more when it restarts, the last moments when a replica takes over,
 * everything without persistence or when it is flushed. So a node takes a lease that is gone without having been
 * released only if its own connection has lasted for a period, in which any lease that it can't know of has run out; and
 * terms go on above the highest that any node remembers. What isn't covered, and locks on Redis have the same bounds:
 * nodes that weren't running when Redis lost its memory know nothing of the lease and the terms before; on a cluster of
 * Redis servers, and where a primary lives on unseen beside its successor, a node may not notice that it talks to
 * another server.
 */
final class RedisElector implements Elector, GroupLines.Listener {

    private static final Logger logger = LoggerFactory.getLogger(RedisElector.class);

    private final String self;
    private final GroupLines lines;
    private final LeaderLease lease;
    private final ElectionTimes times;
    private final LeaseDoubts doubts;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final ReentrantLock lock = new ReentrantLock();

    // All that follows is guarded by the lock.
    private Consumer<Standing> reports = standing -> {};
    private boolean running;
    /** Of the questions whose answers count; another when this node started, resigned or closed. */
    private int round;

    private @Nullable Question asked;
    private boolean askAgain;
    private boolean releasing;
    private @Nullable Future<?> next;
    private boolean failing;

    private long known;
    private boolean leading;
    /** This node has just found that it has the lease. */
    private boolean owning;
    /** While in the future nobody else can lead: of the lease that this node has or has just lost in Redis. */
    private long deadline;
    /** The last term that this node believed to lead in. */
    private long believedTerm = -1;
    /** When the other's lease that was seen last has run out. */
    private long followsUntil;

    private boolean following;
    private boolean forGood;
    /** A lease of this node is left to run out, also if the node is started again meanwhile. */
    private boolean runningOut;

    private long standsBackUntil;

    RedisElector(
            String self, GroupLines lines, ElectionTimes times, TimeSource time, ScheduledExecutorService scheduler) {
        this.self = self;
        this.lines = lines;
        this.lease = new LeaderLease(lines, self, Duration.ofNanos(times.period()));
        this.times = times;
        this.doubts = new LeaseDoubts(lines, times);
        this.time = time;
        this.scheduler = scheduler;
    }

    /** What Redis was asked. */
    private record Question(int round, Moment asked, Wish wish) {}

    @Override
    public void start(Consumer<Standing> to) {
        lock.lock();
        try {
            long now = time.nanoTime();
            reports = to;
            running = true;
            round++;
            asked = null;
            askAgain = false;
            leading = false;
            owning = false;
            following = false;
            forGood = false;
            // A release may be on its way, or have failed and yet arrive: the lease that it means is left alone.
            runningOut |= releasing;
            releasing = false;
            failing = false;
            deadline = now;
            standsBackUntil = now;
            doubts.start(now);
            reports.accept(new Standing.Electing(known, true));
            lines.add(this);
            ask();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void leaderChanged() {
        lock.lock();
        try {
            ask();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public CompletionStage<Void> resign(boolean workEnded, boolean noMore) {
        lock.lock();
        try {
            forGood |= noMore;
            if (!running || !leading) {
                return CompletableFuture.completedFuture(null);
            }
            round++;
            asked = null;
            leading = false;
            deadline = time.nanoTime();
            // Whatever comes of the rest.
            askAfter(times.pause());
            if (!workEnded || doubts.untilBelieved(deadline) > 0) {
                runningOut = true;
                electing();
                return CompletableFuture.completedFuture(null);
            }
            electing();
            return release();
        } finally {
            lock.unlock();
        }
    }

    private CompletableFuture<Void> release() {
        releasing = true;
        int current = round;
        CompletableFuture<Void> resigned = new CompletableFuture<>();
        CompletableFuture<Boolean> released = attempted(() -> lease.release(known));
        giveUpLate(released);
        released.whenComplete((had, failure) -> {
            lock.lock();
            try {
                if (round == current) {
                    releasing = false;
                    // Not known to be released: then it runs out like that of a crashed leader.
                    runningOut = failure != null;
                    standsBackUntil = time.nanoTime() + times.standBack();
                    askAfter(times.pause());
                }
            } finally {
                lock.unlock();
            }
            resigned.complete(null);
        });
        return resigned;
    }

    @Override
    public void close() {
        lines.remove(this);
        lock.lock();
        try {
            running = false;
            round++;
            leading = false;
            asked = null;
            reports = standing -> {};
            cancelNext();
        } finally {
            lock.unlock();
        }
    }

    private void ask() {
        if (!running) {
            return;
        }
        if (asked != null || releasing) {
            askAgain = true;
            return;
        }
        cancelNext();
        askAgain = false;
        long now = time.nanoTime();
        Question question = new Question(round, doubts.asking(now), wish(now));
        CompletableFuture<Answer> answer = attempted(() -> lease.ask(question.wish(), known));
        asked = question;
        giveUpLate(answer);
        answer.whenComplete((found, failure) -> answered(question, found, failure));
    }

    /** What can't be sent counts as not answered, and is followed by what follows that. */
    private static <T> CompletableFuture<T> attempted(Supplier<CompletableFuture<T>> command) {
        try {
            return command.get();
        } catch (Throwable e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Wish wish(long now) {
        if (leading || owning) {
            // Answers that don't come mustn't extend a lease time and again that nobody believes in.
            return failing ? Wish.LOOK : Wish.RENEW;
        }
        if (!mayStand(now)) {
            return Wish.LOOK;
        }
        return deadline - now > 0 ? Wish.INSIST : doubts.wish(now);
    }

    private boolean mayStand(long now) {
        return !forGood && !runningOut && now - standsBackUntil >= 0;
    }

    private void giveUpLate(CompletableFuture<?> answer) {
        try {
            Future<?> timer = scheduler.schedule(() -> answer.cancel(false), times.patience(), TimeUnit.NANOSECONDS);
            answer.whenComplete((done, failure) -> timer.cancel(false));
        } catch (Throwable e) {
            // Of no use without its timer, whether the application ends or there is no thread.
            answer.cancel(false);
        }
    }

    private void answered(Question question, @Nullable Answer found, @Nullable Throwable failure) {
        lock.lock();
        try {
            if (!running && found != null && found.finding() == Finding.GRANTED) {
                grantedTooLate(found);
            }
            if (!running || question.round() != round) {
                return;
            }
            asked = null;
            try {
                if (found == null) {
                    failed(failure);
                } else {
                    found(question, found);
                }
            } catch (Throwable e) {
                logger.warn("{} failed on what it was told of the leader; asking again", self, e);
                failing = true;
                doubts.failed();
                askAfter(times.pause());
            }
            if (askAgain) {
                ask();
            }
        } finally {
            lock.unlock();
        }
    }

    private void failed(@Nullable Throwable failure) {
        if (!failing) {
            failing = true;
            // Without a connection that has been logged already.
            logger.atLevel(lines.isUp() ? Level.WARN : Level.DEBUG)
                    .log(
                            "{} got no answer from Redis on who leads within {}; trying on: {}",
                            self,
                            Duration.ofNanos(times.patience()),
                            String.valueOf(failure));
        }
        doubts.failed();
        long now = time.nanoTime();
        boolean over = leading ? deadline - now <= 0 : following && followsUntil - now <= 0;
        if (over) {
            leading = false;
            electing();
        }
        owning = false;
        askAfter(times.pause());
    }

    private void found(Question question, Answer answer) {
        long now = time.nanoTime();
        failing = false;
        owning = false;
        doubts.answered(question.asked(), answer.finding() == Finding.FORGOTTEN, now);
        boolean behind = answer.term() < known;
        boolean anotherLed = answer.term() > known;
        known = Math.max(known, answer.term());
        if (answer.finding() == Finding.GRANTED || answer.finding() == Finding.KEPT) {
            granted(question, answer, now);
            return;
        }
        boolean led = leading;
        leading = false;
        if (answer.finding() != Finding.HELD) {
            gone(answer, now, led, anotherLed);
            return;
        }
        long left = TimeUnit.MILLISECONDS.toNanos(answer.leftMillis());
        doubts.seen(question.asked(), left, now);
        if (answer.token().equals(lines.token())) {
            own(left, now, led);
        } else {
            held(answer, left, now, behind);
        }
    }

    private void granted(Question question, Answer answer, long now) {
        following = false;
        if (answer.finding() == Finding.GRANTED && question.wish().takesWhatIsGone()) {
            doubts.taken(question.asked(), now);
        } else if (answer.finding() == Finding.KEPT && !leading && answer.term() != believedTerm) {
            doubts.found(question.asked(), now);
        }
        long disbelieved = doubts.untilBelieved(now);
        if (!mayStand(now)) {
            // It came after this node had given up asking for it, and may be released at any time from now on.
            runningOut = true;
            if (disbelieved <= 0) {
                giveUpLate(lease.release(known));
            }
            electing();
            askAfter(times.untilLook());
            return;
        }
        leading = true;
        deadline = question.asked().sentAt() + times.period() - times.margin();
        if (disbelieved > 0) {
            electing();
            askAfter(Math.min(disbelieved, times.untilRenewal()));
        } else {
            believedTerm = known;
            reports.accept(new Standing.Leading(known, deadline));
            askAfter(times.untilRenewal());
        }
    }

    /** Asked for before this was closed, and of no use now: others would have to wait for its end. */
    private void grantedTooLate(Answer answer) {
        if (doubts.untilBelieved(time.nanoTime()) <= 0) {
            giveUpLate(lease.release(answer.term()));
        }
    }

    /** This node has the lease: still, left to run out, or by a question that was given up. */
    private void own(long left, long now, boolean led) {
        following = false;
        leading = led && deadline - now > 0;
        if (!leading) {
            electing();
        }
        owning = mayStand(now);
        askAfter(owning ? 0 : Math.min(times.afterExpiry(left), times.untilLook()));
    }

    private void held(Answer answer, long left, long now, boolean behind) {
        followsUntil = now + left;
        deadline = now;
        runningOut = false;
        standsBackUntil = now;
        if (behind || answer.node().equals(self)) {
            // Its leader takes a new term when it renews, or there is another node of this name.
            following = false;
            electing();
        } else {
            following = true;
            reports.accept(new Standing.Following(answer.term(), answer.node()));
        }
        askAfter(Math.min(times.afterExpiry(left), times.untilLook()));
    }

    private void gone(Answer answer, long now, boolean led, boolean anotherLed) {
        if (anotherLed) {
            // It had its turn, whether or not this node saw it.
            standsBackUntil = now;
        }
        boolean released = answer.finding() == Finding.RELEASED;
        doubts.gone(!released, led, now);
        following = false;
        if (runningOut) {
            runningOut = false;
            standsBackUntil = now + times.standBack();
        }
        electing(released);
        boolean atOnce = mayStand(now) && (released || wish(now).takesWhatIsGone());
        long until = Math.max(standsBackUntil - now, released ? 0 : doubts.untilCertain(now));
        askAfter(atOnce ? 0 : Math.min(Math.max(until, 0) + times.pause(), times.untilLook()));
    }

    private void electing() {
        electing(false);
    }

    /** @param released whether the last leader has given its lease up */
    private void electing(boolean released) {
        reports.accept(new Standing.Electing(known, !forGood && !runningOut, released));
    }

    private void askAfter(long nanos) {
        cancelNext();
        try {
            next = scheduler.schedule(this::leaderChanged, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The application ends; the lease runs out.
            running = false;
        } catch (Throwable e) {
            // Without a next question it might wait for ever: nobody else need have news of the leader.
            logger.warn(
                    "{} asks Redis on the JVM's timer who leads, as its scheduler failed: {}", self, String.valueOf(e));
            next = CompletableFuture.runAsync(
                    this::leaderChanged, CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS));
        }
    }

    private void cancelNext() {
        Future<?> due = next;
        if (due != null) {
            due.cancel(false);
            next = null;
        }
    }
}
