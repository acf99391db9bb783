package io.hamster.spring.cache;

import io.hamster.annotation.ForCache;
import io.hamster.cache.BulkCacheLoader;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.CacheWriter;
import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * The loader and writer beans of each cache. Found by their definitions when the client is made, but made themselves
 * when they are first called: they may well depend on beans that use caches.
 */
final class CacheBindings {

    private final ListableBeanFactory beans;
    private final CacheValueTypes types;
    private final Map<String, Binding<CacheLoader<?, ?>>> loaders = new HashMap<>();
    private final Map<String, Binding<CacheWriter<?, ?>>> writers = new HashMap<>();

    /**
     * Finds the beans.
     *
     * @param types told of what loaders and writers have to do with
     */
    CacheBindings(ListableBeanFactory beans, CacheValueTypes types) {
        this.beans = beans;
        this.types = types;
        bind(CacheLoader.class, loaders, bean -> new LazyLoader(supplier(bean, CacheLoader.class)));
        bind(BulkCacheLoader.class, loaders, bean -> new OneByOne(supplier(bean, BulkCacheLoader.class)));
        bind(CacheWriter.class, writers, bean -> new LazyWriter(supplier(bean, CacheWriter.class)));
    }

    void applyTo(String cache, CachePolicyBuilder policy) {
        Binding<CacheLoader<?, ?>> loader = loaders.get(cache);
        if (loader != null) {
            policy.loader(loader.part);
        }
        Binding<CacheWriter<?, ?>> writer = writers.get(cache);
        if (writer != null) {
            policy.writeThrough(writer.part);
        }
    }

    private <T> void bind(Class<?> type, Map<String, Binding<T>> into, Function<String, ? extends T> part) {
        for (String bean : beans.getBeanNamesForType(type, true, false)) {
            ForCache cache = beans.findAnnotationOnBean(bean, ForCache.class, false);
            if (cache == null) {
                continue;
            }
            types.add(cache.value(), valueType(bean, type), "bean '" + bean + "'");
            Binding<T> other = into.putIfAbsent(cache.value(), new Binding<>(bean, part.apply(bean)));
            if (other != null) {
                throw new HamsterConfigurationException(
                        "Beans '" + other.bean + "' and '" + bean + "' are both a loader, or both a writer, for cache '"
                                + cache.value() + "'.",
                        "Keep @ForCache(\"" + cache.value() + "\") on one of them.");
            }
        }
    }

    /** By the definition, which knows what a method declares that makes the bean: a lambda's class doesn't. */
    private Optional<Type> valueType(String bean, Class<?> type) {
        if (!(beans instanceof ConfigurableListableBeanFactory factory) || !factory.containsBeanDefinition(bean)) {
            return Optional.empty();
        }
        return ValueTypes.of(factory.getMergedBeanDefinition(bean)
                .getResolvableType()
                .as(type)
                .getGeneric(1));
    }

    @SuppressWarnings("unchecked")
    private <T> Supplier<T> supplier(String bean, Class<?> type) {
        return SingletonSupplier.of(() -> (T) beans.getBean(bean, type));
    }

    private record Binding<T>(String bean, T part) {}

    private record LazyLoader(Supplier<CacheLoader<Object, Object>> loader) implements CacheLoader<Object, Object> {

        @Override
        public @Nullable Object load(Object key) throws Exception {
            return loader.get().load(key);
        }
    }

    private record OneByOne(Supplier<BulkCacheLoader<Object, Object>> loader) implements CacheLoader<Object, Object> {

        @Override
        public @Nullable Object load(Object key) throws Exception {
            return loader.get().loadAll(Set.of(key)).get(key);
        }
    }

    private record LazyWriter(Supplier<CacheWriter<Object, Object>> writer) implements CacheWriter<Object, Object> {

        @Override
        public void write(Object key, Object value) throws Exception {
            writer.get().write(key, value);
        }

        @Override
        public void delete(Object key) throws Exception {
            writer.get().delete(key);
        }

        @Override
        public void writeAll(Map<?, ?> batch) throws Exception {
            writer.get().writeAll(batch);
        }
    }
}
