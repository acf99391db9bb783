package io.hamster.cache.invalidation;

import io.hamster.TimeSource;
import io.hamster.cache.invalidation.NewsMessage.Farewell;
import io.hamster.cache.invalidation.NewsMessage.Heartbeat;
import io.hamster.cache.invalidation.NewsMessage.News;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the other instances what this one has changed, and keeps this one's local tiers from being wrong about the
 * others' changes for longer than a bound. Thread-safe.
 *
 * <p>Local tiers may be read while {@link #isTrusted} says so. It does once a heartbeat of this instance's own has come
 * back, until the bound has passed since that was sent. A message that was missed, a channel that was disrupted and a
 * sender that fell silent without a farewell have the listener drop everything; so does trust that had lapsed, before
 * it is regained.
 *
 * <p>A channel on which one's own heartbeats arrive while another's messages don't (a cluster of servers that is split)
 * is found out once, when that sender has been silent for the bound, and once more when it is heard again.
 */
public final class InvalidationNews implements AutoCloseable {

    private static final Logger logger = LoggerFactory.getLogger(InvalidationNews.class);
    private static final int BEATS_IN_BOUND = 4;
    private static final int BOUNDS_UNHEARD = 2;

    private final UUID self;
    private final InvalidationChannel channel;
    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final long bound;
    private final long pause;
    private final Listener listener;

    /** Numbers are given and messages sent in one step, so that they leave in order. */
    private final ReentrantLock sending = new ReentrantLock();
    /** Guarded by {@link #sending}. */
    private long lastNumber;

    private final ReentrantLock hearing = new ReentrantLock();
    /** Guarded by {@link #hearing}. */
    private final Map<UUID, Sender> senders = new HashMap<>();

    /** Guarded by {@link #hearing}. */
    private long disruptedAt;

    /** Whether heartbeats are on their way of which none has come back. Guarded by {@link #hearing}. */
    private boolean isUnheard;
    /** When the first of those was sent. Guarded by {@link #hearing}. */
    private long unheardSince;

    private volatile boolean heardItself;
    private volatile boolean disrupted;
    private volatile boolean closed;
    /** When the last heartbeat that came back was sent. */
    private volatile long provenAt;

    private volatile long startedAt;
    private volatile long misses;
    /** What the last heartbeat found; heartbeats come one after another. */
    private boolean wasTrusted;

    /** Whether the last line that was logged is one of lost trust; of heartbeats alone, too. */
    private boolean warned;

    private volatile @Nullable Future<?> beats;

    /**
     * Listens to a channel; {@link #start} begins to speak.
     *
     * @param self a random identity of this instance, a new one for each start
     * @param channel closed with this
     * @param time the clock
     * @param scheduler for heartbeats; nothing blocks on it
     * @param bound how long local tiers may be wrong; more than zero, the same for all instances
     * @param listener learns of changes
     */
    public InvalidationNews(
            UUID self,
            InvalidationChannel channel,
            TimeSource time,
            ScheduledExecutorService scheduler,
            Duration bound,
            Listener listener) {
        this.self = self;
        this.channel = channel;
        this.time = time;
        this.scheduler = scheduler;
        this.bound = bound.toNanos();
        this.pause = Math.max(1, this.bound / BEATS_IN_BOUND);
        this.listener = listener;
        channel.listen(this::hear, this::disrupt);
    }

    /** Begins to send heartbeats, the first at once. */
    public void start() {
        startedAt = time.nanoTime();
        beats = scheduler.scheduleWithFixedDelay(this::beat, 0, pause, TimeUnit.NANOSECONDS);
    }

    /**
     * Tells the other instances of a change, which this one has made to its own tiers by itself.
     *
     * @param change what they are to drop
     * @return completes when it is on its way; fails if it may not be, and then the others drop everything once they hear
     *     of this instance again
     */
    public CompletionStage<Void> tell(Invalidation change) {
        sending.lock();
        try {
            return send(new News(self, ++lastNumber, change));
        } finally {
            sending.unlock();
        }
    }

    private CompletionStage<Void> send(NewsMessage message) {
        try {
            return channel.send(message.encode());
        } catch (RuntimeException e) {
            // Its threads may have ended: the change is made all the same.
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Whether what is kept locally is known to be wrong for no longer than the bound.
     *
     * @return {@code false} if local tiers have to be bypassed
     */
    public boolean isTrusted() {
        return isTrusted(time.nanoTime());
    }

    /**
     * What {@link #isTrusted()} says, for callers that have looked at the clock.
     *
     * @param now by the clock's monotonic time
     * @return {@code false} if local tiers have to be bypassed
     */
    public boolean isTrusted(long now) {
        return heardItself && !disrupted && now - provenAt < bound;
    }

    /**
     * What is known of the channel.
     *
     * @return the state now
     */
    public Status status() {
        hearing.lock();
        try {
            long now = time.nanoTime();
            return new Status(isTrusted(now), heardItself, senders.size(), misses, untrustedSince(now));
        } finally {
            hearing.unlock();
        }
    }

    /** Under {@link #hearing}. By the wall clock, for people. */
    private Optional<Instant> untrustedSince(long now) {
        if (isTrusted(now) || beats == null) {
            return Optional.empty();
        }
        long lasted = now - startedAt;
        if (heardItself) {
            long lapsed = now - provenAt - bound;
            lasted = disrupted ? Math.max(lapsed, now - disruptedAt) : lapsed;
        }
        return Optional.of(time.instant().minusNanos(lasted));
    }

    /** Says farewell, so that the others needn't wonder, and closes the channel. */
    @Override
    public void close() {
        closed = true;
        Future<?> timer = beats;
        if (timer != null) {
            timer.cancel(false);
        }
        sending.lock();
        try {
            send(new Farewell(self, lastNumber)).whenComplete((done, failure) -> channel.close());
        } finally {
            sending.unlock();
        }
    }

    private void beat() {
        try {
            logTrust();
            sending.lock();
            try {
                long sentAt = time.nanoTime();
                send(new Heartbeat(self, lastNumber, sentAt))
                        .whenComplete((done, failure) -> onItsWay(sentAt, failure));
            } finally {
                sending.unlock();
            }
            lookForTheSilent();
        } catch (Throwable e) {
            // An exception or error would end the heartbeats; without one that comes back, nothing is trusted.
            logger.warn("A heartbeat for invalidations failed; the next is due", e);
        }
    }

    private void onItsWay(long sentAt, @Nullable Throwable failure) {
        if (failure != null) {
            logger.debug("A heartbeat for invalidations couldn't be sent", failure);
        }
        if (isDeaf(sentAt, failure == null) && !closed) {
            logger.debug("Heartbeats for invalidations are sent, but none comes back: listening anew");
            channel.listenAnew();
        }
    }

    /** Only heartbeats that were all taken say that it is the hearing that fails. */
    private boolean isDeaf(long sentAt, boolean isTaken) {
        hearing.lock();
        try {
            if (!isTaken) {
                isUnheard = false;
            } else if (!isUnheard) {
                isUnheard = true;
                unheardSince = sentAt;
            } else if (sentAt - unheardSince >= BOUNDS_UNHEARD * bound) {
                unheardSince = sentAt;
                return true;
            }
            return false;
        } finally {
            hearing.unlock();
        }
    }

    private void lookForTheSilent() {
        hearing.lock();
        try {
            // This is looked at once a pause, and the bound must not be passed meanwhile.
            long silence = bound - pause;
            long now = time.nanoTime();
            if (senders.values().removeIf(sender -> now - sender.heardAt >= silence)) {
                miss("an instance has been silent");
            }
        } finally {
            hearing.unlock();
        }
    }

    /** A line for each change: regained is what two heartbeats in a row found, so that flickering isn't repeated. */
    private void logTrust() {
        long now = time.nanoTime();
        boolean isTrusted = isTrusted(now);
        if (!isTrusted && !warned && (heardItself || now - startedAt >= bound)) {
            warned = true;
            logger.warn(
                    "Local tiers of shared caches are bypassed until invalidations that this instance sends come"
                            + " back to it: {}",
                    reason());
        } else if (isTrusted && wasTrusted && warned) {
            warned = false;
            logger.info("Invalidations come back to this instance again: local tiers of shared caches are used");
        }
        wasTrusted = isTrusted;
    }

    private String reason() {
        if (!heardItself) {
            return "none ever has. See whether the channel may be published and subscribed to";
        }
        return disrupted ? "the channel was disrupted" : "none has for " + Duration.ofNanos(bound);
    }

    private void disrupt() {
        hearing.lock();
        try {
            disruptedAt = time.nanoTime();
            disrupted = true;
            isUnheard = false;
            miss("the channel was disrupted");
        } finally {
            hearing.unlock();
        }
    }

    private void hear(byte[] message) {
        if (closed) {
            return;
        }
        hearing.lock();
        try {
            NewsMessage read = NewsMessage.decode(message).orElse(null);
            if (read != null && read.sender().equals(self)) {
                isUnheard = false;
            }
            if (read == null) {
                // Of another version or of somebody else: what it says may concern us.
                miss("a message can't be read");
            } else if (!read.sender().equals(self)) {
                hearOther(read);
            } else if (read instanceof Heartbeat beat) {
                hearSelf(beat);
            }
        } finally {
            hearing.unlock();
        }
    }

    /** What was missed while nothing was proven isn't known, and what came in meanwhile has to go. */
    private void hearSelf(Heartbeat beat) {
        long now = time.nanoTime();
        boolean isProof = now - beat.sentAt() >= 0
                && now - beat.sentAt() < bound
                && !(disrupted && beat.sentAt() - disruptedAt < 0);
        if (!isProof) {
            return;
        }
        if (!isTrusted()) {
            miss("nothing was trusted before");
        }
        if (!heardItself || beat.sentAt() - provenAt > 0) {
            provenAt = beat.sentAt();
        }
        heardItself = true;
        disrupted = false;
    }

    private void hearOther(NewsMessage message) {
        Sender sender = senders.get(message.sender());
        long before = message instanceof News ? message.number() - 1 : message.number();
        if (sender == null) {
            // Whether it began just now or was there before us is told by its number alone.
            sender = new Sender();
            senders.put(message.sender(), sender);
        }
        if (before > sender.number) {
            miss("a message is missing");
        }
        sender.number = Math.max(sender.number, message.number());
        sender.heardAt = time.nanoTime();
        if (message instanceof News news) {
            listener.invalidated(news.what());
        } else if (message instanceof Farewell) {
            senders.remove(message.sender());
        }
    }

    /** Under {@link #hearing}, so that nothing is trusted before it is dropped. */
    private void miss(String reason) {
        misses++;
        logger.debug("Local tiers of shared caches are cleared: {}", reason);
        listener.missed();
    }

    /** Drops entries of local tiers. Neither blocks nor throws nor calls back. */
    public interface Listener {

        /**
         * Another instance has changed something.
         *
         * @param change what to drop
         */
        void invalidated(Invalidation change);

        /** Nobody knows what has changed: everything is to be dropped, and loads that are running not to be kept. */
        void missed();
    }

    /**
     * The state of the news.
     *
     * @param trusted whether local tiers may be read
     * @param heardItself whether what was sent has ever come back
     * @param others how many other instances are heard of
     * @param misses how often everything had to be dropped
     * @param untrustedSince when trust ended, or the first heartbeat was due; empty while there is trust or none was due
     */
    public record Status(
            boolean trusted, boolean heardItself, int others, long misses, Optional<Instant> untrustedSince) {}

    private static final class Sender {

        private long number;
        private long heardAt;
    }
}
