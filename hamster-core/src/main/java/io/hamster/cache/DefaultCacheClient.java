package io.hamster.cache;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the caches by name and owns what they run on. */
final class DefaultCacheClient implements CacheClient {

    private static final Logger log = LoggerFactory.getLogger(DefaultCacheClient.class);

    private final ConcurrentHashMap<String, LocalCache<?, ?>> caches = new ConcurrentHashMap<>();
    private final ReentrantLock making = new ReentrantLock();
    private final CacheRuntime runtime;
    private final Function<String, CachePolicy> policies;
    private final List<CacheListener> listeners;
    private final List<Runnable> owned;
    /** Guarded by {@link #making}. */
    private boolean closed;

    /**
     * Creates the client.
     *
     * @param owned what to run at the end, in order
     */
    DefaultCacheClient(
            CacheRuntime runtime,
            Function<String, CachePolicy> policies,
            List<CacheListener> listeners,
            List<Runnable> owned) {
        this.runtime = runtime;
        this.policies = policies;
        this.listeners = List.copyOf(listeners);
        this.owned = List.copyOf(owned);
    }

    @Override
    public <K, V> HamsterCache<K, V> cache(String name) {
        LocalCache<?, ?> found = caches.get(CacheKeys.requireName(name));
        return typed(found != null ? found : make(name, null));
    }

    @Override
    public <K, V> HamsterCache<K, V> cache(String name, CachePolicy policy) {
        LocalCache<?, ?> found = caches.get(CacheKeys.requireName(name));
        LocalCache<?, ?> cache = found != null ? found : make(name, policy);
        if (!cache.policy().equals(policy)) {
            throw new InvalidCachePolicyException("Cache '" + name + "' exists with " + cache.policy() + ", not with "
                    + policy + "; ask for it by its name alone, or use another name");
        }
        return typed(cache);
    }

    @Override
    public Set<String> names() {
        return new TreeSet<>(caches.keySet());
    }

    @Override
    public void close() {
        making.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            making.unlock();
        }
        caches.values().forEach(LocalCache::close);
        owned.forEach(Runnable::run);
    }

    private LocalCache<?, ?> make(String name, @Nullable CachePolicy policy) {
        LocalCache<Object, Object> made =
                new LocalCache<>(name, policy != null ? policy : policies.apply(name), runtime, Admission.STRICT);
        LocalCache<?, ?> found = enter(made);
        if (found != null) {
            return found;
        }
        try {
            made.start();
        } catch (RuntimeException e) {
            caches.remove(name, made);
            made.close();
            throw e;
        }
        listeners.forEach(listener -> tell(listener, made));
        return made;
    }

    /** Gives the cache that there is already. Others' code never runs under the lock: it may wait for who waits here. */
    private @Nullable LocalCache<?, ?> enter(LocalCache<?, ?> made) {
        making.lock();
        try {
            LocalCache<?, ?> found = caches.putIfAbsent(made.name(), made);
            if (found == null && closed) {
                made.close();
            }
            return found;
        } finally {
            making.unlock();
        }
    }

    private static void tell(CacheListener listener, LocalCache<?, ?> made) {
        try {
            listener.created(made);
        } catch (RuntimeException e) {
            log.warn("A listener failed for the new cache '{}'", made.name(), e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <K, V> HamsterCache<K, V> typed(LocalCache<?, ?> cache) {
        return (HamsterCache<K, V>) cache;
    }
}
