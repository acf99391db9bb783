package io.hamster.spring.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.api.StatefulConnection;
import java.net.SocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one connection open: makes the first in the background, so that a start needs no Redis, and a new one when the
 * present one stays down or is of no use. Lettuce reconnects by itself too, but after a long outage only every half
 * minute, and not when its client was replaced because the context was stopped and started again. Thread-safe.
 */
final class Reconnecting<C extends StatefulConnection<String, String>> implements RedisConnectionStateListener {

    private static final Logger logger = LoggerFactory.getLogger(Reconnecting.class);
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 1000;
    private static final long STOP_SECONDS = 2;

    private final String what;
    private final Supplier<C> connector;
    private final Consumer<C> connected;
    private final ScheduledExecutorService scheduler;
    private final Executor executor;
    private final ReentrantLock lock = new ReentrantLock();

    private volatile @Nullable C connection;
    private volatile @Nullable StatefulConnection<?, ?> outdated;
    private final CompletableFuture<C> first = new CompletableFuture<>();
    private volatile boolean stopped = true;
    private volatile CompletableFuture<?> attempt = CompletableFuture.completedFuture(null);

    private volatile Runnable whenUp = () -> {};
    private volatile Runnable whenDown = () -> {};
    private final AtomicLong breaks = new AtomicLong();

    // Guarded by the lock.
    private boolean checkDue;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private boolean reported;

    /**
     * @param what the connection's purpose, for the log
     * @param connector makes a connection or throws; may block
     * @param connected called with each new connection before anybody else gets it
     * @param scheduler for pauses
     * @param executor where connections are made
     */
    Reconnecting(
            String what,
            Supplier<C> connector,
            Consumer<C> connected,
            ScheduledExecutorService scheduler,
            Executor executor) {
        this.what = what;
        this.connector = connector;
        this.connected = connected;
        this.scheduler = scheduler;
        this.executor = executor;
    }

    /** Has a connection made if there is none. */
    void start() {
        stopped = false;
        checkAfter(0);
    }

    /** Has work done whenever the connection can be used again. */
    void whenUp(Runnable work) {
        whenUp = work;
    }

    /** Has work done whenever the connection is lost, before anything can be sent on the next. It mustn't block. */
    void whenDown(Runnable work) {
        whenDown = work;
    }

    /** The connection, which may be down; null before the first. */
    @Nullable
    C current() {
        return connection;
    }

    /** Goes up whenever a connection is lost or made: each loss before anything can be sent on the next connection. */
    long breaks() {
        return breaks.get();
    }

    /** What became of the first attempt. */
    CompletableFuture<C> first() {
        return first;
    }

    /** Has a connection that is down looked after; does nothing if that is under way. */
    void check() {
        lock.lock();
        try {
            checkAfter(pauseMillis);
        } finally {
            lock.unlock();
        }
    }

    /** Has another made in the place of one that is open but of no use, at most one each second. */
    void replace(StatefulConnection<?, ?> wrong) {
        if (wrong == connection) {
            outdated = wrong;
            checkAfter(LONGEST_PAUSE_MILLIS);
        }
    }

    /** Lettuce has reconnected by itself. */
    @Override
    public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
        breaks.incrementAndGet();
        lock.lock();
        try {
            // Not at once: the connection doesn't count as open before this thread has told all whom it concerns.
            if (!stopped) {
                scheduler.schedule(whenUp, FIRST_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (RejectedExecutionException e) {
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
        breaks.incrementAndGet();
        whenDown.run();
        check();
    }

    private void checkAfter(long millis) {
        lock.lock();
        try {
            if (checkDue || stopped) {
                return;
            }
            checkDue = true;
            scheduler.schedule(this::begin, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The application ends.
            stopped = true;
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        try {
            executor.execute(this::connect);
        } catch (RejectedExecutionException | OutOfMemoryError e) {
            // Left at that, it would count as due for ever, and there would be no other.
            settled(e);
        }
    }

    private void connect() {
        CompletableFuture<?> own = new CompletableFuture<>();
        attempt = own;
        try {
            connectIfNeeded();
        } finally {
            own.complete(null);
        }
    }

    private void connectIfNeeded() {
        C old = connection;
        if (stopped || isGood(old)) {
            settled(null);
            return;
        }
        try {
            C fresh = connector.get();
            // If the old one came back by itself meanwhile, commands are under way on it.
            boolean needed = !isGood(old);
            if (needed) {
                breaks.incrementAndGet();
                fresh.addListener(this);
                connected.accept(fresh);
                connection = fresh;
                outdated = null;
            }
            discard(needed ? old : fresh);
        } catch (RuntimeException | Error e) {
            settled(e);
            first.completeExceptionally(e);
            return;
        }
        settled(null);
        first.complete(connection);
        whenUp.run();
        if (stopped) {
            closeLast();
        }
    }

    private boolean isGood(@Nullable C candidate) {
        return candidate != null && candidate.isOpen() && candidate != outdated;
    }

    private void settled(@Nullable Throwable failure) {
        lock.lock();
        try {
            checkDue = false;
            if (failure == null) {
                if (reported) {
                    logger.info("Connected to Redis again ({})", what);
                }
                reported = false;
                pauseMillis = FIRST_PAUSE_MILLIS;
                return;
            }
            if (stopped) {
                return;
            }
            if (!reported) {
                logger.warn("Can't connect to Redis ({}); trying on: {}", what, rootMessage(failure));
                reported = true;
            }
            checkAfter(pauseMillis);
            pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pauseMillis * 2);
        } finally {
            lock.unlock();
        }
    }

    private void discard(@Nullable C unused) {
        if (unused != null) {
            unused.removeListener(this);
            unused.closeAsync();
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root);
    }

    /** Ends the connection; {@link #start} makes another. */
    void stop() {
        stopped = true;
        first.completeExceptionally(new IllegalStateException("The connection to Redis is closed"));
        awaitAttempt();
        closeLast();
    }

    /** A client that is closed while it connects leaves the connection open for ever. */
    private void awaitAttempt() {
        try {
            attempt.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            logger.debug("A connection to Redis ({}) was still being made at the end", what, e);
        }
    }

    private void closeLast() {
        C last = connection;
        if (last != null) {
            last.removeListener(this);
            if (last.isOpen()) {
                // To its end: closing its client while it closes would be logged as a fault.
                last.close();
            }
        }
    }
}
