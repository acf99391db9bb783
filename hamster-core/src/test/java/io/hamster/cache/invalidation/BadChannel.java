package io.hamster.cache.invalidation;

import io.hamster.cache.invalidation.NewsMessage.Heartbeat;
import io.hamster.cache.invalidation.NewsMessage.News;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A channel of which an instance hears others' messages late, in another order or not at all. Thread-safe. */
public final class BadChannel implements InvalidationChannel {

    /** How a channel treats messages. */
    public enum Treatment {
        /** All arrive. */
        GOOD,
        /** Some are lost, some are late, by different times. */
        BAD,
        /** No news arrives; heartbeats do. */
        NO_NEWS,
        /** Nothing of any other instance arrives. */
        NOTHING
    }

    private static final double LOST = 0.3;
    private static final double LATE = 0.3;

    private final InvalidationChannel channel;
    private final ScheduledExecutorService scheduler;
    private final Supplier<Treatment> treatment;
    private final Duration longestDelay;
    private final boolean areHeartbeatsMute;
    private final AtomicLong lost = new AtomicLong();
    private volatile Optional<UUID> self = Optional.empty();

    /**
     * Puts it before a good one.
     *
     * @param treatment asked for each message
     * @param areHeartbeatsMute a planted fault: heartbeats of others tell no number, and nobody ever falls silent
     */
    public BadChannel(
            InvalidationChannel channel,
            ScheduledExecutorService scheduler,
            Supplier<Treatment> treatment,
            Duration longestDelay,
            boolean areHeartbeatsMute) {
        this.channel = channel;
        this.scheduler = scheduler;
        this.treatment = treatment;
        this.longestDelay = longestDelay;
        this.areHeartbeatsMute = areHeartbeatsMute;
    }

    /** How many messages were lost so far. */
    public long lost() {
        return lost.get();
    }

    @Override
    public CompletionStage<Void> send(byte[] message) {
        self = NewsMessage.decode(message).map(NewsMessage::sender);
        return channel.send(message);
    }

    @Override
    public void listen(Consumer<byte[]> messages, Runnable disrupted) {
        channel.listen(message -> treat(message, messages), disrupted);
    }

    private void treat(byte[] message, Consumer<byte[]> messages) {
        NewsMessage read = NewsMessage.decode(message).orElseThrow();
        if (self.filter(read.sender()::equals).isPresent()) {
            messages.accept(message);
            return;
        }
        boolean isNews = read instanceof News;
        boolean isLost = switch (treatment.get()) {
            case GOOD -> false;
            case BAD -> ThreadLocalRandom.current().nextDouble() < LOST;
            case NO_NEWS -> isNews;
            case NOTHING -> true;
        };
        if (isLost) {
            lost.incrementAndGet();
            if (areHeartbeatsMute) {
                messages.accept(new Heartbeat(read.sender(), 0, 0).encode());
            }
            return;
        }
        byte[] heard = areHeartbeatsMute && read instanceof Heartbeat beat
                ? new Heartbeat(beat.sender(), 0, beat.sentAt()).encode()
                : message;
        if (treatment.get() == Treatment.BAD && ThreadLocalRandom.current().nextDouble() < LATE) {
            long delay = ThreadLocalRandom.current().nextLong(longestDelay.toNanos());
            scheduler.schedule(() -> messages.accept(heard), delay, TimeUnit.NANOSECONDS);
        } else {
            messages.accept(heard);
        }
    }

    @Override
    public void close() {
        channel.close();
    }
}
