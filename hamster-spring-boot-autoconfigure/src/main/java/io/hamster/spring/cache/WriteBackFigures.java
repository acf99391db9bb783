package io.hamster.spring.cache;

import io.hamster.TimeSource;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackStats;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the caches that write back are doing, for health and meters, which must not wait. A journal that instances share
 * has to be asked: that is done behind, now and then, and what it said last is given meanwhile. Thread-safe.
 */
final class WriteBackFigures {

    private static final Logger log = LoggerFactory.getLogger(WriteBackFigures.class);
    private static final long PAUSE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Figures UNKNOWN = new Figures(null, false);

    private final Supplier<TimeSource> time;
    private final Supplier<Executor> executor;
    private final Map<String, Watch> watches = new ConcurrentHashMap<>();

    WriteBackFigures(Supplier<TimeSource> time, Supplier<Executor> executor) {
        this.time = time;
        this.executor = executor;
    }

    /** Empty if the cache doesn't write back. */
    Optional<Figures> of(HamsterCache<?, ?> cache) {
        WriteBackAdmin<?> admin = cache.writeBack().orElse(null);
        if (admin == null) {
            return Optional.empty();
        }
        boolean isShared = cache.policy()
                .writeBack()
                .map(WriteBackPolicy::durability)
                .filter(Durability.REDIS::equals)
                .isPresent();
        return Optional.of(
                isShared
                        ? watches.computeIfAbsent(cache.name(), name -> new Watch(name, admin))
                                .last()
                        : new Figures(admin.stats(), false));
    }

    /**
     * What is known.
     *
     * @param stats {@code null} until the journal has answered once
     * @param isAway whether the journal didn't answer when it was last asked
     */
    record Figures(@Nullable WriteBackStats stats, boolean isAway) {

        long dead() {
            return stats == null ? 0 : stats.dead();
        }

        long damaged() {
            return stats == null ? 0 : stats.damaged();
        }
    }

    private final class Watch {

        private final String cache;
        private final WriteBackAdmin<?> admin;
        private final AtomicBoolean asking = new AtomicBoolean();
        private volatile Figures known = UNKNOWN;
        private volatile long askedAt;

        private Watch(String cache, WriteBackAdmin<?> admin) {
            this.cache = cache;
            this.admin = admin;
        }

        private Figures last() {
            long now = time.get().nanoTime();
            boolean isDue = known == UNKNOWN || now - askedAt >= PAUSE_NANOS;
            if (isDue && asking.compareAndSet(false, true)) {
                askedAt = now;
                try {
                    executor.get().execute(this::ask);
                } catch (RejectedExecutionException e) {
                    log.debug("The application ends: cache '{}' isn't asked for its journal any more", cache);
                    asking.set(false);
                } catch (Throwable e) {
                    // Out of threads, for one: it is to be asked again.
                    log.warn("Cache '{}' can't be asked for its journal for now", cache, e);
                    asking.set(false);
                }
            }
            return known;
        }

        private void ask() {
            try {
                known = new Figures(admin.stats(), false);
            } catch (RuntimeException e) {
                log.debug("The journal of cache '{}' doesn't answer", cache, e);
                known = new Figures(known.stats(), true);
            } finally {
                asking.set(false);
            }
        }
    }
}
