package io.hamster.cluster.raft;

import io.hamster.TimeSource;
import io.hamster.lock.LockToken;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of this process that may have a place in line, and the heart that beats while there are any: without a
 * sign of life the table drops them. Thread-safe.
 */
final class OwnWaiters {

    private static final Logger log = LoggerFactory.getLogger(OwnWaiters.class);

    /** Three signs of life, and then some, before a process counts as dead. */
    static final long BEAT = LockState.SESSION * 3 / 10;

    private final TimeSource time;
    private final ScheduledExecutorService scheduler;
    private final Runnable beat;
    private final ConcurrentHashMap<LockToken, Place> places = new ConcurrentHashMap<>();
    private final AtomicBoolean beating = new AtomicBoolean();
    private volatile boolean closed;
    private volatile @Nullable Future<?> next;

    private static final class Place {

        private final AtomicLong toldOf = new AtomicLong(Long.MIN_VALUE);
        private volatile long until;
    }

    /**
     * Nobody waits as yet.
     *
     * @param beat called now and then while somebody waits
     */
    OwnWaiters(TimeSource time, ScheduledExecutorService scheduler, Runnable beat) {
        this.time = time;
        this.scheduler = scheduler;
        this.beat = beat;
    }

    /** A request is about to be sent that may be given a place. */
    void asking(LockToken token, Duration patience) {
        long until = time.nanoTime() + patience.toNanos();
        places.computeIfAbsent(token, none -> new Place()).until = until;
        if (!closed && beating.compareAndSet(false, true)) {
            beatLater();
        }
    }

    /** It has no place any more, and wants none. */
    void left(LockToken token) {
        places.remove(token);
    }

    /** Whether it is news to a waiter that it got an offer in the entry of that index. */
    boolean isNews(LockToken token, long index) {
        Place place = places.get(token);
        return place != null && place.toldOf.getAndAccumulate(index, Math::max) < index;
    }

    boolean isEmpty() {
        return places.isEmpty();
    }

    void close() {
        closed = true;
        Future<?> last = next;
        if (last != null) {
            last.cancel(false);
        }
        places.clear();
    }

    private void beatLater() {
        try {
            next = scheduler.schedule(this::beatOrRest, BEAT, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // This process is being shut down: its waiters may be dropped.
            closed = true;
        }
    }

    private void beatOrRest() {
        long now = time.nanoTime();
        places.values().removeIf(place -> place.until - now <= 0);
        if (places.isEmpty()) {
            beating.set(false);
            // One that came in between found the heart beating.
            if (places.isEmpty() || closed || !beating.compareAndSet(false, true)) {
                return;
            }
        } else {
            try {
                beat.run();
            } catch (Throwable e) {
                // Thrown on, it would be the last: whoever waits here would lose its place without a word.
                log.warn("A sign of life for those who wait for locks failed; the next is due", e);
            }
        }
        if (!closed) {
            beatLater();
        }
    }
}
