package io.hamster.spring.cache;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheRefresh;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.cache.CachePlacements.Placement;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.KotlinDetector;
import org.springframework.core.MethodClassKey;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/** Reads the annotations of methods, each once. Thread-safe. */
final class CacheMethods {

    private static final int RECENT = 256;
    private static final boolean HAS_TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.annotation.Transactional", CacheMethods.class.getClassLoader());

    private final MethodExpressionParser parser;
    private final Supplier<HamsterCacheProperties> properties;
    private final Supplier<CacheClient> client;
    private final CacheValueTypes types;
    private final CachePlacements placements;
    private final Map<MethodClassKey, MethodPlan> plans = new ConcurrentHashMap<>();
    private final AtomicReferenceArray<@Nullable Known> recent = new AtomicReferenceArray<>(RECENT);

    /**
     * Creates the reader.
     *
     * @param properties called when a method is read
     * @param client called when a cache is first used
     * @param types told of what methods bring
     * @param placements told of what annotations say
     */
    CacheMethods(
            MethodExpressionParser parser,
            Supplier<HamsterCacheProperties> properties,
            Supplier<CacheClient> client,
            CacheValueTypes types,
            CachePlacements placements) {
        this.parser = parser;
        this.properties = properties;
        this.client = client;
        this.types = types;
        this.placements = placements;
    }

    MethodPlan plan(Method method, Class<?> targetClass) {
        // A proxy asks with the very same objects each time: that needs no comparison of names and parameters.
        int slot = System.identityHashCode(method) & RECENT - 1;
        Known known = recent.getAcquire(slot);
        if (known != null && known.method == method && known.targetClass == targetClass) {
            return known.plan;
        }
        MethodClassKey key = new MethodClassKey(method, targetClass);
        MethodPlan read = plans.get(key);
        MethodPlan plan = read != null ? read : plans.computeIfAbsent(key, missing -> read(method, targetClass));
        recent.setRelease(slot, new Known(method, targetClass, plan));
        return plan;
    }

    private record Known(Method method, Class<?> targetClass, MethodPlan plan) {}

    private MethodPlan read(Method method, Class<?> targetClass) {
        Method specific = AopUtils.getMostSpecificMethod(method, targetClass);
        if (Proxy.isProxyClass(targetClass)) {
            // A proxy class has neither parameter names nor generic types of its own: those are its interface's.
            return read(BridgeMethodResolver.findBridgedMethod(method), specific, targetClass);
        }
        return read(specific, method, targetClass);
    }

    /** By the first of two declarations of a method that has annotations. */
    private MethodPlan read(Method method, Method other, Class<?> targetClass) {
        MethodPlan own = readOwn(method, targetClass);
        boolean isEmpty = own.cached() == null && !own.changesCaches();
        return isEmpty && !method.equals(other) ? readOwn(other, targetClass) : own;
    }

    private MethodPlan readOwn(Method method, Class<?> targetClass) {
        Cached cached = AnnotatedElementUtils.findMergedAnnotation(method, Cached.class);
        CacheUpdate update = AnnotatedElementUtils.findMergedAnnotation(method, CacheUpdate.class);
        Set<CacheInvalidate> invalidations = AnnotatedElementUtils.findMergedRepeatableAnnotations(
                method, CacheInvalidate.class, CacheInvalidate.List.class);
        CacheRefresh refresh = AnnotatedElementUtils.findMergedAnnotation(method, CacheRefresh.class);
        ReturnShape shape = ReturnShape.of(method);
        if (cached != null || update != null) {
            requireValue(cached != null ? "@Cached" : "@CacheUpdate", shape, method);
        } else if (!invalidations.isEmpty() && shape == ReturnShape.UNSUPPORTED) {
            requireValue("@CacheInvalidate", shape, method);
        }
        if (cached != null && update != null) {
            throw new HamsterConfigurationException(
                    name(method) + " has both @Cached, which skips the method when it can, and @CacheUpdate, which"
                            + " never does.",
                    "Keep one of them.");
        }
        if (refresh != null && cached == null) {
            throw new HamsterConfigurationException(
                    name(method) + " has @CacheRefresh, but no @Cached that says what would be refreshed.",
                    "Add @Cached to the method, or remove @CacheRefresh.");
        }
        List<InvalidateOperation> drops = new ArrayList<>();
        invalidations.forEach(invalidate -> drops.add(read(invalidate, method)));
        CachedOperation reads = cached == null ? null : read(cached, refresh, method);
        if (reads != null) {
            types.add(reads.named().name(), ValueTypes.of(method, targetClass), name(method));
        }
        UpdateOperation updates = update == null ? null : read(update, method);
        if (updates != null) {
            types.add(updates.named().name(), ValueTypes.of(method, targetClass), name(method));
        }
        return new MethodPlan(
                shape,
                reads,
                updates == null ? List.of() : List.of(updates),
                List.copyOf(drops),
                HAS_TRANSACTIONS && SeparateTransactions.isApart(method));
    }

    private CachedOperation read(Cached cached, @Nullable CacheRefresh refresh, Method method) {
        CacheAttributes attributes = attributes("@Cached", method);
        String name = attributes.name(cached.name());
        Placement placement = attributes.placement(name, cached.tier(), cached.localTtl(), cached.loadScope());
        placements.add(
                name,
                refresh == null
                        ? placement
                        : attributes("@CacheRefresh", method)
                                .refreshed(name, placement, cached.ttl(), refresh.interval(), refresh.stopAfterIdle()),
                name(method));
        EntryRule entry = attributes.entry(name, cached.ttl(), cached.nullTtl(), cached.unless(), cached.tags());
        entry.options().ttl().ifPresent(ttl -> placements.addTtl(name, ttl));
        return new CachedOperation(
                new NamedCache(name, client),
                attributes.beforeCall().key(cached.key()),
                attributes.beforeCall().optional("condition", cached.condition()),
                entry);
    }

    private UpdateOperation read(CacheUpdate update, Method method) {
        CacheAttributes attributes = attributes("@CacheUpdate", method);
        String name = attributes.name(update.name());
        return new UpdateOperation(
                new NamedCache(name, client),
                attributes.key(update.key()),
                attributes.optional("condition", update.condition()),
                attributes.entry(name, update.ttl(), "", update.unless(), update.tags()));
    }

    private InvalidateOperation read(CacheInvalidate invalidate, Method method) {
        CacheAttributes attributes = invalidate.beforeInvocation()
                ? attributes("@CacheInvalidate", method).beforeCall()
                : attributes("@CacheInvalidate", method);
        String name = attributes.name(invalidate.name());
        CacheExpression keys = attributes.optional("keys", invalidate.keys());
        List<CacheExpression> tags = attributes.tags(invalidate.tags());
        int ways = (invalidate.key().isEmpty() ? 0 : 1)
                + (keys == null ? 0 : 1)
                + (tags.isEmpty() ? 0 : 1)
                + (invalidate.all() ? 1 : 0);
        if (ways > 1) {
            throw new HamsterConfigurationException(
                    "@CacheInvalidate on " + name(method) + " sets more than one of key, keys, tags and all.",
                    "Keep one, or repeat the annotation.");
        }
        boolean byKey = keys == null && tags.isEmpty() && !invalidate.all();
        return new InvalidateOperation(
                new NamedCache(name, client),
                byKey ? attributes.key(invalidate.key()) : null,
                keys,
                tags,
                attributes.optional("condition", invalidate.condition()),
                invalidate.beforeInvocation());
    }

    private static void requireValue(String annotation, ReturnShape shape, Method method) {
        if (KotlinDetector.isSuspendingFunction(method)) {
            throw new HamsterConfigurationException(
                    annotation + " on " + name(method) + ", which is a suspending function, can't work.",
                    "Return a Mono or a CompletableFuture, and await it in the suspending function.");
        }
        if (shape == ReturnShape.NOTHING || shape == ReturnShape.CONSUMABLE || shape == ReturnShape.UNSUPPORTED) {
            throw new HamsterConfigurationException(
                    annotation + " on " + name(method) + ", which returns "
                            + method.getReturnType().getSimpleName() + ", can't work.",
                    "Return a value, an Optional, a CompletableFuture or a Mono; collect a stream or Flux first.");
        }
    }

    private CacheAttributes attributes(String annotation, Method method) {
        return new CacheAttributes(parser, properties.get(), annotation, method);
    }

    static String name(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }
}
