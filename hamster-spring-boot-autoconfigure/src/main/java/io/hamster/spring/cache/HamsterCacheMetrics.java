package io.hamster.spring.cache;

import io.hamster.cache.CacheStats;
import io.hamster.cache.HamsterCache;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.cache.CacheMeterBinder;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/** The meters of one cache, by Micrometer's names for caches and with Boot's tags. */
final class HamsterCacheMetrics extends CacheMeterBinder<HamsterCache<?, ?>> {

    private final CacheChanges changes;

    HamsterCacheMetrics(HamsterCache<?, ?> cache, CacheChanges changes, Tags tags) {
        super(cache, cache.name(), tags);
        this.changes = changes;
    }

    @Override
    protected Long size() {
        return count(CacheStats::size);
    }

    @Override
    protected long hitCount() {
        return count(CacheStats::hits);
    }

    @Override
    protected Long missCount() {
        return count(CacheStats::misses);
    }

    @Override
    protected Long evictionCount() {
        return count(CacheStats::evictions);
    }

    /** What came in, by callers or loads. */
    @Override
    protected long putCount() {
        return count(stats -> stats.sets() + stats.loads() - stats.loadFailures());
    }

    @Override
    protected void bindImplementationSpecificMetrics(MeterRegistry registry) {
        HamsterCache<?, ?> cache = Objects.requireNonNull(getCache(), "bound while the cache is there");
        Gauge.builder("cache.memory", cache, of(CacheStats::memory))
                .tags(getTagsWithCacheName())
                .description("The memory that the entries take, as weighed")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        TimeGauge.builder(
                        "cache.load.duration",
                        cache,
                        TimeUnit.NANOSECONDS,
                        of(stats -> stats.loadTime().toNanos()))
                .tags(getTagsWithCacheName())
                .description("The time that was spent in loads")
                .register(registry);
        loads(cache, "success", stats -> stats.loads() - stats.loadFailures(), registry);
        loads(cache, "failure", CacheStats::loadFailures, registry);
        counter(
                cache,
                "cache.stale",
                CacheStats::staleServed,
                "Reads that were answered with an expired value",
                registry);
        counter(
                cache,
                "cache.expirations",
                CacheStats::expirations,
                "Entries that were reclaimed after their time to live",
                registry);
        counter(
                cache,
                "cache.bloom.rejections",
                CacheStats::rejections,
                "Misses that the Bloom guard answered without a load",
                registry);
        if (CacheChanges.isShared(cache)) {
            bindShared(cache, registry);
        }
    }

    private void bindShared(HamsterCache<?, ?> cache, MeterRegistry registry) {
        hits(cache, "local", stats -> stats.hits() - stats.remoteHits(), registry);
        hits(cache, "remote", CacheStats::remoteHits, registry);
        counter(
                cache,
                "cache.undecodable",
                CacheStats::undecodable,
                "Values of the shared tier that couldn't be read and were loaded again",
                registry);
        counter(
                cache,
                "cache.loads.alone",
                CacheStats::loadsAlone,
                "Loads that were to be shared with other instances and weren't",
                registry);
        Gauge.builder("cache.changes.pending", cache, of(CacheStats::pendingChanges))
                .tags(getTagsWithCacheName())
                .description("Changes that the shared tier hasn't confirmed yet")
                .baseUnit(BaseUnits.OPERATIONS)
                .register(registry);
        String name = cache.name();
        FunctionCounter.builder("cache.changes.unconfirmed", changes, made -> made.unconfirmed(name))
                .tags(getTagsWithCacheName())
                .description("Changes by annotated methods that the shared tier didn't confirm at once")
                .register(registry);
    }

    private void hits(
            HamsterCache<?, ?> cache, String tier, ToLongFunction<CacheStats> figure, MeterRegistry registry) {
        FunctionCounter.builder("cache.tier.hits", cache, of(figure))
                .tags(getTagsWithCacheName())
                .tag("tier", tier)
                .description("Reads that were answered, by the tier that answered them")
                .register(registry);
    }

    private void loads(
            HamsterCache<?, ?> cache, String result, ToLongFunction<CacheStats> figure, MeterRegistry registry) {
        FunctionCounter.builder("cache.load", cache, of(figure))
                .tags(getTagsWithCacheName())
                .tag("result", result)
                .description("Loads that ended")
                .register(registry);
    }

    private void counter(
            HamsterCache<?, ?> cache,
            String name,
            ToLongFunction<CacheStats> figure,
            String description,
            MeterRegistry registry) {
        FunctionCounter.builder(name, cache, of(figure))
                .tags(getTagsWithCacheName())
                .description(description)
                .register(registry);
    }

    private static ToDoubleFunction<HamsterCache<?, ?>> of(ToLongFunction<CacheStats> figure) {
        return cache -> figure.applyAsLong(cache.stats());
    }

    /** 0 once the cache is gone. */
    private long count(ToLongFunction<CacheStats> figure) {
        HamsterCache<?, ?> cache = getCache();
        return cache == null ? 0 : figure.applyAsLong(cache.stats());
    }
}
