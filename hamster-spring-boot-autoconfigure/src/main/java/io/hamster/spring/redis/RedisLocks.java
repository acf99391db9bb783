package io.hamster.spring.redis;

import io.hamster.TimeSource;
import io.hamster.lock.CircuitLockStore;
import io.hamster.lock.LockStore;
import io.hamster.spring.lock.LockStoreHealth;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * The application's lock store on Redis, with a circuit before it. Its connections end after the lock client's last
 * releases and before Lettuce's client, and come back when the context is started again.
 */
final class RedisLocks implements SmartLifecycle, LockStoreHealth {

    /** Below the lock client's, above that of the connection factory, 0. */
    static final int PHASE = 1024;

    private static final String LOOKED_UP = "health";
    private static final long SELDOM_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final RedisLockStore redis;
    private final CircuitLockStore circuit;
    private final TimeSource time;
    private final AtomicBoolean asking = new AtomicBoolean();
    private volatile long askedAt;
    private volatile boolean running = true;
    /** When the connection was first seen to be down. */
    private volatile @Nullable Instant seenDown;

    RedisLocks(RedisLockStore redis, CircuitLockStore circuit, TimeSource time) {
        this.redis = redis;
        this.circuit = circuit;
        this.time = time;
        this.askedAt = time.nanoTime() - SELDOM_NANOS;
    }

    /** Whether Redis is there although it refused a command: only such failures don't count against it. */
    static boolean isAnswer(Throwable failure) {
        return RefusalKind.of(failure) == RefusalKind.OF_COMMAND;
    }

    LockStore store() {
        return circuit;
    }

    @Override
    public boolean isUp() {
        boolean isUp = isReachable();
        if (isUp) {
            seenDown = null;
        } else if (seenDown == null) {
            seenDown = time.instant();
        }
        return isUp;
    }

    private boolean isReachable() {
        if (circuit.isOpen()) {
            // Where being down keeps requests away, nobody else would ever find Redis back. Not waited for.
            circuit.status(LOOKED_UP);
            return false;
        }
        if (redis.isUp()) {
            // A server that hangs keeps its connection: where nobody asks for locks, only its silence tells.
            askSeldom();
            return true;
        }
        return false;
    }

    /** Not waited for, and one at a time: what comes of it is the circuit's to judge. */
    private void askSeldom() {
        long now = time.nanoTime();
        if (now - askedAt >= SELDOM_NANOS && asking.compareAndSet(false, true)) {
            askedAt = now;
            circuit.status(LOOKED_UP).whenComplete((status, failure) -> asking.set(false));
        }
    }

    @Override
    public Map<String, Object> details() {
        Map<String, Object> details = new LinkedHashMap<>();
        details.put("redis", redis.isUp() && !circuit.isOpen() ? "connected" : "away");
        details.put(
                "wakeUps",
                redis.channel().isRefused()
                        ? "polling, publish/subscribe is refused"
                        : redis.channel().hears() ? "publish/subscribe" : "polling, not subscribed at present");
        circuit.awaySince().or(() -> Optional.ofNullable(seenDown)).ifPresent(since -> details.put("awaySince", since));
        redis.eviction().policy().ifPresent(policy -> details.put("maxmemoryPolicy", policy));
        return details;
    }

    @Override
    public void start() {
        redis.start();
        running = true;
    }

    @Override
    public void stop() {
        redis.stop();
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
