package io.hamster.spring.redis;

import io.hamster.lock.LockStore.Registration;
import io.hamster.lock.LockStore.Wakeups;
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
final class ReleaseChannel implements Subscription.Listener {

    private static final Logger logger = LoggerFactory.getLogger(ReleaseChannel.class);

    private final String channel;
    private final Subscription subscription;
    private final List<Wakeups> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile boolean refused;

    ReleaseChannel(RedisLink link, String channel) {
        this.channel = channel;
        this.subscription = new Subscription(link, List.of(channel), this);
    }

    void start() {
        subscription.start();
    }

    Registration listen(Wakeups wakeups) {
        listeners.add(wakeups);
        return () -> listeners.remove(wakeups);
    }

    /** Whether announcements arrive, as far as is known. */
    boolean hears() {
        return subscription.hears();
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

    @Override
    public void heard(String from, String key) {
        tell(wakeups -> wakeups.woken(key, Optional.empty()));
    }

    /** After each reconnect too: what was announced in between is lost. */
    @Override
    public void subscribed() {
        // Whether announcing is allowed too is seen at the next release.
        refused = false;
        recheckAll();
    }

    @Override
    public void failed(Throwable failure, boolean notAllowed) {
        if (notAllowed) {
            refused("subscribe to");
        } else {
            logger.debug("Subscription to released locks failed; it is repeated", failure);
        }
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
        subscription.stop();
    }
}
