package io.hamster.lock;

import io.hamster.Keys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A release that nobody waits for: sent, now or later, until the store answers or there is nothing left to release. */
final class BackgroundCommand extends SharedTimer.Item {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundCommand.class);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);

    private final LockEngine engine;
    private final String key;
    private final Supplier<? extends CompletionStage<Boolean>> command;
    private final long from;
    private final long until;
    private final int spread;
    private volatile long pause = FIRST_PAUSE;

    /**
     * @param engine the client's
     * @param key the lock's
     * @param command sends it
     * @param from when it may be sent first
     * @param until when nothing is left to release
     * @param spread any value, for the timer
     */
    BackgroundCommand(
            LockEngine engine,
            String key,
            Supplier<? extends CompletionStage<Boolean>> command,
            long from,
            long until,
            int spread) {
        this.engine = engine;
        this.key = key;
        this.command = command;
        this.from = from;
        this.until = until;
        this.spread = spread;
    }

    /** Sends it for the first time as soon as it may. */
    void run() {
        if (isDue()) {
            engine.timer().add(this, SharedTimer.NEVER);
            send();
        } else {
            engine.timer().add(this, from);
        }
    }

    private boolean isDue() {
        return engine.clock().now() >= from;
    }

    /** Sends it once more, whatever came of the earlier attempts; but not before its time. */
    CompletableFuture<Boolean> lastAttempt() {
        engine.timer().remove(this);
        return isDue() ? engine.calls().bounded(command) : CompletableFuture.completedFuture(false);
    }

    private void send() {
        engine.calls().bounded(command).whenComplete((answer, failure) -> {
            if (failure == null) {
                engine.timer().remove(this);
            } else if (engine.clock().now() + pause >= until) {
                engine.timer().remove(this);
                LOG.warn(
                        "Lock {} couldn't be released and runs out by itself: {}",
                        Keys.shortened(key),
                        String.valueOf(failure));
            } else {
                engine.timer().dueAt(this, engine.clock().now() + pause);
                pause = Math.min(LONGEST_PAUSE, pause * 2);
            }
        });
    }

    @Override
    void fire(long now) {
        engine.timer().dueAt(this, SharedTimer.NEVER);
        send();
    }

    @Override
    int spread() {
        return spread;
    }
}
