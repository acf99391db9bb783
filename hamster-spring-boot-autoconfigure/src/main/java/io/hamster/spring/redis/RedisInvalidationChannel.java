package io.hamster.spring.redis;

import io.hamster.cache.invalidation.InvalidationChannel;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Invalidations over publish/subscribe, which forgets what nobody hears: what to do about that is the listener's. One
 * channel an application and one subscription, on a connection of its own. In a cluster everybody publishes to the
 * primary that has the channel's name, so that an instance's messages keep their order. Messages are Base64 text.
 *
 * <p>Nothing is queued for a server that is known to be away: an invalidation that arrives after a long outage would
 * be one gap among many.
 */
final class RedisInvalidationChannel implements InvalidationChannel, Subscription.Listener {

    private static final Logger logger = LoggerFactory.getLogger(RedisInvalidationChannel.class);
    private static final byte[] UNREADABLE = {};

    private final String name;
    private final RedisLink link;
    private final Subscription subscription;
    private final ScheduledExecutorService scheduler;
    private final Duration timeout;
    private volatile @Nullable Consumer<byte[]> messages;
    private volatile @Nullable Runnable disrupted;
    private volatile boolean closed;
    /** And so it was said in the log. */
    private volatile boolean failing;

    /**
     * Subscribes once {@link #listen} was called and {@link #start}.
     *
     * @param link publishes; not stopped with this
     * @param name of the channel
     * @param scheduler for timeouts
     * @param timeout how long Redis may take to answer
     */
    RedisInvalidationChannel(RedisLink link, String name, ScheduledExecutorService scheduler, Duration timeout) {
        this.link = link;
        this.name = name;
        this.scheduler = scheduler;
        this.timeout = timeout;
        this.subscription = new Subscription(link, List.of(name), this);
    }

    @Override
    public void listen(Consumer<byte[]> messages, Runnable disrupted) {
        this.messages = messages;
        this.disrupted = disrupted;
    }

    void start() {
        subscription.start();
    }

    void stop() {
        subscription.stop();
    }

    @Override
    public CompletionStage<Void> send(byte[] message) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        if (closed || !link.isUp()) {
            sent.completeExceptionally(
                    new IllegalStateException(closed ? "The channel is closed" : "The connection to Redis is down"));
            return sent;
        }
        String text = Base64.getEncoder().encodeToString(message);
        Future<?> timer = scheduler.schedule(
                () -> sent.completeExceptionally(
                        new IllegalStateException("Redis didn't take an invalidation within " + timeout)),
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
        link.primaryOf(name)
                .thenCompose(primary -> RedisLink.publish(primary, name, text))
                .whenComplete((receivers, failure) -> {
                    timer.cancel(false);
                    if (failure == null) {
                        sent.complete(null);
                    } else {
                        sent.completeExceptionally(failure);
                    }
                });
        return sent;
    }

    /** On Lettuce's thread, which must go on. */
    @Override
    public void heard(String from, String text) {
        Consumer<byte[]> listener = messages;
        if (listener != null && !closed) {
            listener.accept(decoded(text));
        }
    }

    /** After each reconnect too: what was sent in between is lost. */
    @Override
    public void subscribed() {
        failing = false;
        Runnable told = disrupted;
        if (told != null) {
            told.run();
        }
    }

    @Override
    public void failed(Throwable failure, boolean refused) {
        if (failing) {
            return;
        }
        failing = true;
        logger.warn(
                "Can't subscribe to invalidations of caches: local tiers of shared caches are bypassed until it"
                        + " works. If this user may not, grant it with ACL SETUSER <user> &{} +subscribe"
                        + " +publish: {}",
                name,
                failure.getMessage());
    }

    @Override
    public void listenAnew() {
        subscription.renew();
    }

    private static byte[] decoded(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return UNREADABLE;
        }
    }

    /** Sends and hears no more; {@link #stop} ends the subscription, which Lettuce's threads mustn't wait for. */
    @Override
    public void close() {
        closed = true;
    }
}
