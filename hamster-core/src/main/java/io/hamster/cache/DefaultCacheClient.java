package io.hamster.cache;

import java.util.List;
import java.util.Optional;
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

    private final ConcurrentHashMap<String, ManagedCache<?, ?>> caches = new ConcurrentHashMap<>();
    private final ReentrantLock making = new ReentrantLock();
    private final CacheRuntime runtime;
    private final Function<String, CachePolicy> policies;
    private final List<CacheListener> listeners;
    private final List<Runnable> owned;
    private final @Nullable SharedCaches shared;
    /** Guarded by {@link #making}. */
    private boolean closed;

    /**
     * Creates the client.
     *
     * @param shared {@code null} if it has none
     * @param owned what to run at the end, in order
     */
    DefaultCacheClient(
            CacheRuntime runtime,
            Function<String, CachePolicy> policies,
            List<CacheListener> listeners,
            @Nullable SharedTier shared,
            List<Runnable> owned) {
        this.runtime = runtime;
        this.shared = shared == null ? null : new SharedCaches(shared, runtime, caches::values);
        this.policies = policies;
        this.listeners = List.copyOf(listeners);
        this.owned = List.copyOf(owned);
    }

    @Override
    public <K, V> HamsterCache<K, V> cache(String name) {
        ManagedCache<?, ?> found = caches.get(CacheKeys.requireName(name));
        return typed(found != null ? found : make(name, null));
    }

    @Override
    public <K, V> HamsterCache<K, V> cache(String name, CachePolicy policy) {
        ManagedCache<?, ?> found = caches.get(CacheKeys.requireName(name));
        ManagedCache<?, ?> cache = found != null ? found : make(name, policy);
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
    public Optional<SharedTierStatus> sharedTier() {
        return Optional.ofNullable(shared).map(SharedCaches::status);
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
        // Without the lock: what is dirty is written by others' code.
        caches.values().forEach(DefaultCacheClient::close);
        if (shared != null) {
            shared.close();
        }
        owned.forEach(Runnable::run);
    }

    /** One that fails keeps none of the others from writing what they have to. */
    private static void close(ManagedCache<?, ?> cache) {
        try {
            cache.close();
        } catch (Throwable e) {
            log.warn("Cache '{}' was not closed properly", cache.name(), e);
        }
    }

    private ManagedCache<?, ?> make(String name, @Nullable CachePolicy policy) {
        ManagedCache<?, ?> made = watched(make(name, policy != null ? policy : policies.apply(name), shared));
        ManagedCache<?, ?> found = enter(made);
        if (found != null) {
            made.close();
            return found;
        }
        try {
            made.start();
        } catch (Throwable e) {
            caches.remove(name, made);
            close(made);
            throw e;
        }
        listeners.forEach(listener -> tell(listener, made));
        return made;
    }

    private ManagedCache<?, ?> make(String name, CachePolicy policy, @Nullable SharedCaches sharing) {
        if (!policy.isShared()) {
            return new LocalCache<>(name, policy, runtime, Admission.STRICT);
        }
        if (sharing == null) {
            throw new InvalidCachePolicyException("Cache '" + name + "' has "
                    + (policy.usesStore()
                            ? "tier " + policy.tier() + " and loadScope " + policy.loadScope()
                            : "tellsOthers")
                    + ", but the client has no shared tier; give it one with CacheClientBuilder.shared, or set the tier"
                    + " to LOCAL and the loadScope to JVM and leave tellsOthers out");
        }
        return sharing.make(name, policy, Admission.STRICT);
    }

    private <K, V> ManagedCache<K, V> watched(ManagedCache<K, V> cache) {
        return listeners.isEmpty()
                ? cache
                : new WatchedCache<>(cache, new ChangeWatch(cache.name(), runtime.time(), runtime.listeners()));
    }

    /** Gives the cache that there is already. Others' code never runs under the lock: it may wait for who waits here. */
    private @Nullable ManagedCache<?, ?> enter(ManagedCache<?, ?> made) {
        making.lock();
        try {
            ManagedCache<?, ?> found = caches.putIfAbsent(made.name(), made);
            if (found == null && closed) {
                made.close();
            }
            return found;
        } finally {
            making.unlock();
        }
    }

    private static void tell(CacheListener listener, ManagedCache<?, ?> made) {
        try {
            listener.created(made);
        } catch (Throwable e) {
            log.warn("A listener failed for the new cache '{}'", made.name(), e);
        }
    }

    @SuppressWarnings("unchecked")
    private static <K, V> HamsterCache<K, V> typed(ManagedCache<?, ?> cache) {
        return (HamsterCache<K, V>) cache;
    }
}
