package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheListener;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.SharedTierStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** Binds each cache to each registry, whichever comes first, and times loads. */
final class CacheMeters implements MeterBinder, CacheListener {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<HamsterCache<?, ?>> caches = new ArrayList<>();
    private final List<MeterRegistry> registries = new ArrayList<>();
    private final Map<String, List<LoadTimers>> timers = new ConcurrentHashMap<>();
    private final String manager;
    private final CacheChanges changes;
    private final WriteBackFigures figures;
    private final Supplier<CacheClient> client;

    /**
     * Creates the binder.
     *
     * @param client asked for when a gauge is read: it is made with this as its listener
     * @param manager the tag {@code cache.manager} of every meter
     * @param changes counts what shared tiers didn't confirm
     * @param figures knows of write-back
     */
    CacheMeters(Supplier<CacheClient> client, String manager, CacheChanges changes, WriteBackFigures figures) {
        this.client = client;
        this.manager = manager;
        this.changes = changes;
        this.figures = figures;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        List<HamsterCache<?, ?>> known;
        lock.lock();
        try {
            registries.add(registry);
            known = List.copyOf(caches);
        } finally {
            lock.unlock();
        }
        known.forEach(cache -> bind(cache, registry));
        Gauge.builder("hamster.cache.degraded", client, source -> isDegraded(source.get()) ? 1 : 0)
                .description(
                        "1 while the shared tier of caches is away, its news can't be trusted or changes wait for it")
                .strongReference(true)
                .register(registry);
    }

    private static boolean isDegraded(CacheClient client) {
        return client.sharedTier().map(SharedTierStatus::isDegraded).orElse(false);
    }

    @Override
    public void created(HamsterCache<?, ?> cache) {
        List<MeterRegistry> known;
        lock.lock();
        try {
            caches.add(cache);
            known = List.copyOf(registries);
        } finally {
            lock.unlock();
        }
        known.forEach(registry -> bind(cache, registry));
    }

    @Override
    public Loading loading(String cache, Collection<?> keys, boolean isRefresh) {
        return (took, error) ->
                timers.getOrDefault(cache, List.of()).forEach(bound -> bound.record(took, LoadOutcome.of(error)));
    }

    private void bind(HamsterCache<?, ?> cache, MeterRegistry registry) {
        Tags tags = Tags.of("name", cache.name(), "cache.manager", manager);
        new HamsterCacheMetrics(cache, changes, tags).bindTo(registry);
        if (cache.writeBack().isPresent()) {
            new WriteBackMetrics(cache, figures, tags).bindTo(registry);
        }
        timers.computeIfAbsent(cache.name(), name -> new CopyOnWriteArrayList<>())
                .add(new LoadTimers(registry, tags.and("cache", cache.name())));
    }
}
