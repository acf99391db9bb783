package io.hamster.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * W-TinyLFU by Caffeine.
 *
 * <p>Caffeine bounds one weight, an {@code int}. An entry's is {@code max(bytes, maxMemory / maxSize)}, in units that
 * make the bound fit, so that neither maximum is passed.
 */
final class CaffeineEngine<K, V> implements Engine<K, V> {

    private static final long MAX_WEIGHT = 1 << 30;

    /** Room is made at once for as many entries of this size as there is memory for; it takes some 2 % of that. */
    private static final long ROOMY = 1024;

    private final Cache<K, Slot<V>> cache;
    private final Upkeep upkeep;

    CaffeineEngine(CachePolicy policy, CacheRuntime runtime, Departures<V> departures) {
        this.upkeep = new Upkeep(runtime);
        long unit = 1 + (policy.maxMemory() - 1) / MAX_WEIGHT;
        long units = policy.maxMemory() / unit;
        // A multiple of the smallest weight, so that rounding keeps no entry out.
        long smallest = Math.max(1, units / policy.maxSize());
        long maximum = units < policy.maxSize() ? units : smallest * policy.maxSize();
        this.cache = Caffeine.newBuilder()
                .executor(upkeep::ask)
                .scheduler(upkeep.timer())
                .ticker(upkeep::now)
                .initialCapacity(initialCapacity(policy))
                .maximumWeight(maximum)
                .weigher((K key, Slot<V> slot) -> weight(slot.bytes, unit, smallest))
                .expireAfter(new UntilRetained<K, V>())
                .evictionListener(
                        (@Nullable K key,
                                @Nullable Slot<V> slot,
                                com.github.benmanes.caffeine.cache.RemovalCause cause) ->
                                departures.left(Objects.requireNonNull(slot), causeOf(cause)))
                .build();
    }

    /**
     * Caffeine remembers as many uses as it has initial capacity for, and adapts to them from the first read on. With
     * less than the cache comes to hold, it would settle on a balance for a far smaller cache.
     */
    private static int initialCapacity(CachePolicy policy) {
        long likely = Math.min(policy.maxSize(), policy.maxMemory() / ROOMY);
        return (int) Math.max(policy.expectedSize(), Math.min(likely, MAX_WEIGHT));
    }

    private static RemovalCause causeOf(com.github.benmanes.caffeine.cache.RemovalCause cause) {
        return cause == com.github.benmanes.caffeine.cache.RemovalCause.EXPIRED
                ? RemovalCause.EXPIRED
                : RemovalCause.EVICTED;
    }

    private static int weight(long bytes, long unit, long smallest) {
        long units = bytes / unit + (bytes % unit == 0 ? 0 : 1);
        return (int) Math.min(Integer.MAX_VALUE, Math.max(units, smallest));
    }

    @Override
    public @Nullable Slot<V> get(K key) {
        Slot<V> slot = cache.getIfPresent(key);
        upkeep.afterRead();
        return slot;
    }

    @Override
    public @Nullable Slot<V> peek(K key) {
        return cache.policy().getIfPresentQuietly(key);
    }

    @Override
    public void compute(K key, UnaryOperator<@Nullable Slot<V>> step) {
        upkeep.tick();
        cache.asMap().compute(key, (same, slot) -> step.apply(slot));
        upkeep.afterWrite();
    }

    @Override
    public void forEachKey(Consumer<K> action) {
        cache.asMap().keySet().forEach(action);
        upkeep.afterRead();
    }

    @Override
    public long size() {
        return cache.estimatedSize();
    }

    @Override
    public void cleanUp() {
        upkeep.run(cache::cleanUp);
    }

    private static final class UntilRetained<K, V> implements Expiry<K, Slot<V>> {

        @Override
        public long expireAfterCreate(K key, Slot<V> slot, long now) {
            return Math.max(0, slot.retainedUntil - now);
        }

        @Override
        public long expireAfterUpdate(K key, Slot<V> slot, long now, long remaining) {
            return Math.max(0, slot.retainedUntil - now);
        }

        @Override
        public long expireAfterRead(K key, Slot<V> slot, long now, long remaining) {
            return remaining;
        }
    }
}
