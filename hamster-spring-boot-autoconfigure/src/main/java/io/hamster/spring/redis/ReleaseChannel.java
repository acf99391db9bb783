package io.hamster.spring.redis;

import io.hamster.lock.LockStore.Registration;
import io.hamster.lock.LockStore.Wakeups;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of releases: one subscription an application, on a connection of its own. Where Redis refuses it, waiters poll
 * by their retry strategy. Thread-safe.
 */
final class ReleaseChannel {

    private static final Logger logger = LoggerFactory.getLogger(ReleaseChannel.class);

    private final String channel;
    private final Reconnecting<StatefulRedisPubSubConnection<String, String>> line;
    private final List<Wakeups> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile boolean refused;
    private volatile boolean subscribed;

    ReleaseChannel(RedisLink link, String channel) {
        this.channel = channel;
        this.line = link.subscriber(this::subscribe);
    }

    void start() {
        line.start();
    }

    Registration listen(Wakeups wakeups) {
        listeners.add(wakeups);
        return () -> listeners.remove(wakeups);
    }

    /** Whether announcements arrive, as far as is known. */
    boolean hears() {
        StatefulRedisPubSubConnection<String, String> connection = line.current();
        return subscribed && connection != null && connection.isOpen();
    }

    /** Whether Redis doesn't let this application announce releases or hear of them. */
    boolean isRefused() {
        return refused;
    }

    /** Every waiter asks again. */
    void recheckAll() {
        tell(Wakeups::recheckAll);
    }

    /** Redis did what was asked, but didn't let it be announced. */
    void announcingRefused() {
        refused("publish to");
    }

    private void subscribe(StatefulRedisPubSubConnection<String, String> connection) {
        connection.addListener(new RedisPubSubAdapter<>() {
            @Override
            public void message(String from, String key) {
                tell(wakeups -> wakeups.woken(key, Optional.empty()));
            }

            @Override
            public void subscribed(String to, long count) {
                // After each reconnect too: what was announced in between is lost.
                subscribed = true;
                // Whether announcing is allowed too is seen at the next release.
                refused = false;
                recheckAll();
            }
        });
        connection.async().subscribe(channel).whenComplete((none, failure) -> {
            if (failure != null) {
                subscribed = false;
                if (String.valueOf(failure.getMessage()).startsWith("NOPERM")) {
                    refused("subscribe to");
                } else {
                    logger.debug("Subscription to released locks failed; made again with the connection", failure);
                }
            }
        });
    }

    private void tell(Consumer<Wakeups> news) {
        for (Wakeups listener : listeners) {
            try {
                news.accept(listener);
            } catch (RuntimeException e) {
                // On Lettuce's thread, and the other listeners' waiters have no part in this one's fault.
                logger.error("A listener for released locks failed", e);
            }
        }
    }

    private void refused(String action) {
        refused = true;
        if (warned.compareAndSet(false, true)) {
            logger.warn(
                    "Redis doesn't let this user {} the channel of released locks: waiters poll by their retry"
                            + " strategy. Grant it with ACL SETUSER <user> &{} +subscribe +publish",
                    action,
                    channel);
        }
    }

    void stop() {
        line.stop();
    }
}
