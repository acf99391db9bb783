package io.hamster.lock;

import io.hamster.Keys;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A release that nobody waits for: sent again until the store answers or there is nothing left to release. */
final class BackgroundCommand extends SharedTimer.Item {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundCommand.class);
    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);
    private static final long LONGEST_PAUSE = TimeUnit.SECONDS.toNanos(2);

    private final LockEngine engine;
    private final String key;
    private final Supplier<? extends CompletionStage<Boolean>> command;
    private final long until;
    private final int spread;
    private volatile long pause = FIRST_PAUSE;

    BackgroundCommand(
            LockEngine engine,
            String key,
            Supplier<? extends CompletionStage<Boolean>> command,
            long until,
            int spread) {
        this.engine = engine;
        this.key = key;
        this.command = command;
        this.until = until;
        this.spread = spread;
    }

    /** Sends it for the first time. */
    void run() {
        engine.timer().add(this, SharedTimer.NEVER);
        send();
    }

    /** Sends it once more, whatever came of the earlier attempts. */
    CompletableFuture<Boolean> lastAttempt() {
        engine.timer().remove(this);
        return engine.calls().bounded(command);
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
