package io.hamster.spring.cache;

import io.hamster.cache.CacheListener;
import io.hamster.cache.HamsterCache;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/** Binds each cache to each registry, whichever comes first. */
final class CacheMeters implements MeterBinder, CacheListener {

    private final ReentrantLock lock = new ReentrantLock();
    private final List<HamsterCache<?, ?>> caches = new ArrayList<>();
    private final List<MeterRegistry> registries = new ArrayList<>();
    private final String manager;
    private final CacheChanges changes;
    private final WriteBackFigures figures;

    /**
     * Creates the binder.
     *
     * @param manager the tag {@code cache.manager} of every meter
     * @param changes counts what shared tiers didn't confirm
     * @param figures knows of write-back
     */
    CacheMeters(String manager, CacheChanges changes, WriteBackFigures figures) {
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

    private void bind(HamsterCache<?, ?> cache, MeterRegistry registry) {
        Tags tags = Tags.of("name", cache.name(), "cache.manager", manager);
        new HamsterCacheMetrics(cache, changes, tags).bindTo(registry);
        if (cache.writeBack().isPresent()) {
            new WriteBackMetrics(cache, figures, tags).bindTo(registry);
        }
    }
}
