package io.hamster.spring.redis;

import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Hears of channels on a connection of its own. When it reconnects, Lettuce asks again only for what Redis has granted
 * before, and tells nobody if that is refused now: so whatever wasn't confirmed is asked for once more after each
 * reconnect, and after a refusal from time to time, as rights can be granted without breaking a connection. Thread-safe.
 */
final class Subscription {

    private static final long FIRST_PAUSE_MILLIS = 1000;
    private static final long LONGEST_PAUSE_MILLIS = 30_000;

    private final List<String> channels;
    private final Listener listener;
    private final ScheduledExecutorService scheduler;
    private final Reconnecting<StatefulRedisPubSubConnection<String, String>> line;
    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean retryDue = new AtomicBoolean();
    private volatile @Nullable StatefulRedisPubSubConnection<String, String> latest;
    private volatile long pauseMillis = FIRST_PAUSE_MILLIS;
    private volatile boolean stopped = true;

    /** Not started yet. */
    Subscription(RedisLink link, List<String> channels, Listener listener) {
        this.channels = List.copyOf(channels);
        this.listener = listener;
        this.scheduler = link.scheduler();
        this.line = link.subscriber(this::connected);
        line.whenUp(this::ask);
        line.whenDown(confirmed::clear);
    }

    /** Told on Lettuce's threads, which must go on. */
    interface Listener {

        /** A message came in. */
        void heard(String channel, String text);

        /** All channels are heard, for the first time or again: what was sent before may be lost. */
        void subscribed();

        /**
         * Redis didn't take the subscription. It is repeated.
         *
         * @param refused whether this user may not subscribe
         */
        void failed(Throwable failure, boolean refused);
    }

    void start() {
        stopped = false;
        line.start();
    }

    void stop() {
        stopped = true;
        line.stop();
        confirmed.clear();
    }

    /** Whether messages arrive on all channels, as far as is known. */
    boolean hears() {
        return confirmed.containsAll(channels);
    }

    private void connected(StatefulRedisPubSubConnection<String, String> connection) {
        latest = connection;
        confirmed.clear();
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String channel, String text) {
                listener.heard(channel, text);
            }

            @Override
            public void subscribed(String channel, long count) {
                if (connection == latest) {
                    confirmed(channel);
                }
            }
        });
    }

    private void confirmed(String channel) {
        confirmed.add(channel);
        if (hears()) {
            pauseMillis = FIRST_PAUSE_MILLIS;
            listener.subscribed();
        }
    }

    /** Asks for what is missing on a connection that is there, though that was done when it was made. */
    void check() {
        StatefulRedisPubSubConnection<String, String> connection = line.current();
        if (connection != null && connection.isOpen()) {
            ask();
        }
    }

    /** Begins anew on another connection: this one may be dead although neither end has closed it. */
    void renew() {
        StatefulRedisPubSubConnection<String, String> connection = line.current();
        if (connection != null) {
            line.replace(connection);
        }
    }

    /** Asks for what is missing. Asking twice does no harm. */
    private void ask() {
        StatefulRedisPubSubConnection<String, String> connection = line.current();
        String[] missing =
                channels.stream().filter(each -> !confirmed.contains(each)).toArray(String[]::new);
        if (stopped || connection == null || missing.length == 0) {
            return;
        }
        try {
            connection.async().subscribe(missing).whenComplete((none, failure) -> {
                if (failure != null) {
                    failed(failure);
                }
            });
        } catch (RuntimeException e) {
            failed(e);
        }
    }

    private void failed(Throwable failure) {
        if (stopped) {
            return;
        }
        listener.failed(failure, String.valueOf(failure.getMessage()).startsWith("NOPERM"));
        if (!retryDue.compareAndSet(false, true)) {
            return;
        }
        long pause = pauseMillis;
        pauseMillis = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        try {
            scheduler.schedule(this::retry, pause, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The application ends.
            stopped = true;
        }
    }

    private void retry() {
        retryDue.set(false);
        ask();
    }
}
