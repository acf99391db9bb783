package io.hamster.cache;

import io.hamster.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;

/** Makes shared caches that publish every load, whatever has happened to its key meanwhile. */
public final class PlantedAdmission implements AutoCloseable {

    private final List<ManagedCache<?, ?>> caches = new CopyOnWriteArrayList<>();
    private final SharedCaches shared;

    public PlantedAdmission(
            SharedTier tier,
            ScheduledExecutorService scheduler,
            ExecutorService executor,
            BooleanSupplier inTransaction) {
        CacheRuntime runtime = new CacheRuntime(
                TimeSource.system(), executor, executor, scheduler, Math::random, inTransaction, new LoadGraph());
        shared = new SharedCaches(tier, runtime, () -> new ArrayList<>(caches));
    }

    public <K, V> HamsterCache<K, V> cache(String name, CachePolicy policy) {
        SharedCache<K, V> cache = shared.make(name, policy, (isCurrent, tagsUntouched) -> true);
        caches.add(cache);
        cache.start();
        return cache;
    }

    @Override
    public void close() {
        caches.forEach(ManagedCache::close);
        shared.close();
    }
}
