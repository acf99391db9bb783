package io.hamster.spring.cache;

import io.hamster.annotation.ForCache;
import io.hamster.cache.BulkCacheLoader;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.CachePolicyBuilder;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.expression.MethodExpressionParser;
import java.lang.reflect.Type;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * The loader and writer beans of each cache, and the sources of keys of their Bloom guards. Found by their definitions
 * when the client is made, but made themselves when they are first called: they may well depend on beans that use
 * caches.
 */
final class CacheBindings {

    private final ListableBeanFactory beans;
    private final MethodExpressionParser parser;
    private final CacheValueTypes types;
    private final HamsterCacheProperties properties;
    private final Map<String, Binding<CacheLoader<?, ?>>> loaders = new HashMap<>();
    private final Map<String, Binding<CacheWrites.Writer>> writers = new HashMap<>();
    private final Map<String, Binding<BloomPolicy<?>>> guards = new HashMap<>();
    private final CacheWrites writes;

    /**
     * Finds the beans.
     *
     * @param parser resolves placeholders in caches' names
     * @param types told of what loaders and writers have to do with
     * @param journalsInMemory whether what is written back outlasts nothing, whatever the properties say
     * @throws HamsterConfigurationException if a cache has two of a kind, or a Bloom guard without a source or a size
     */
    CacheBindings(
            ListableBeanFactory beans,
            MethodExpressionParser parser,
            CacheValueTypes types,
            HamsterCacheProperties properties,
            boolean journalsInMemory) {
        this.beans = beans;
        this.parser = parser;
        this.types = types;
        this.properties = properties;
        bind(CacheLoader.class, loaders, (cache, bean) -> new LazyLoader(supplier(bean, CacheLoader.class)));
        bind(BulkCacheLoader.class, loaders, (cache, bean) -> new OneByOne(supplier(bean, BulkCacheLoader.class)));
        bind(CacheWriter.class, writers, (cache, bean) -> through(bean));
        bind(WriteBackWriter.class, writers, (cache, bean) -> back(bean));
        bind(Supplier.class, guards, this::guard);
        properties.guarded().forEach(this::requireSource);
        Map<String, CacheWrites.Writer> parts = new HashMap<>();
        writers.forEach((cache, binding) -> parts.put(cache, binding.part));
        this.writes = new CacheWrites(properties, types, parts, journalsInMemory);
    }

    void applyTo(String cache, CachePolicyBuilder policy) {
        Binding<CacheLoader<?, ?>> loader = loaders.get(cache);
        if (loader != null) {
            policy.loader(loader.part);
        }
        writes.applyTo(cache, policy);
        Binding<BloomPolicy<?>> guard = guards.get(cache);
        if (guard != null) {
            policy.bloom(guard.part);
        }
    }

    /** The caches that write back. */
    Set<String> writingBack() {
        return writes.writingBack();
    }

    private CacheWrites.Writer through(String bean) {
        LazyWriter writer = new LazyWriter(supplier(bean, CacheWriter.class));
        return new CacheWrites.Writer(bean, writer, WriteBackWriter.of(writer), generic(bean, CacheWriter.class, 0));
    }

    private CacheWrites.Writer back(String bean) {
        Supplier<WriteBackWriter<Object, Object>> writer = supplier(bean, WriteBackWriter.class);
        WriteBackWriter<Object, Object> lazy = batch -> writer.get().write(batch);
        return new CacheWrites.Writer(bean, null, lazy, generic(bean, WriteBackWriter.class, 0));
    }

    private <T> void bind(Class<?> type, Map<String, Binding<T>> into, BiFunction<String, String, ? extends T> part) {
        for (String bean : beans.getBeanNamesForType(type, true, false)) {
            ForCache annotation = beans.findAnnotationOnBean(bean, ForCache.class, false);
            if (annotation == null) {
                continue;
            }
            String cache = name(bean, annotation);
            if (type != Supplier.class) {
                types.addBean(cache, generic(bean, type, 1), bean);
            }
            Binding<T> other = into.putIfAbsent(cache, new Binding<>(bean, part.apply(cache, bean)));
            if (other != null) {
                throw new HamsterConfigurationException(
                        "Beans '" + other.bean + "' and '" + bean
                                + "' are both a loader, both a writer or both a source of keys for cache '"
                                + cache + "'.",
                        "Keep @ForCache(\"" + cache + "\") on one of them.");
            }
        }
    }

    private String name(String bean, ForCache annotation) {
        String where = "@ForCache on bean '" + bean + "'";
        String name = parser.resolve(annotation.value(), where);
        if (name.isBlank()) {
            throw new HamsterConfigurationException(where + " is empty.", "Name the cache.");
        }
        return name;
    }

    private BloomPolicy<?> guard(String cache, String bean) {
        Supplier<Supplier<Stream<Object>>> source = supplier(bean, Supplier.class);
        return properties
                .bloom(cache)
                .policy(
                        HamsterCacheProperties.path(cache) + ".bloom",
                        bean,
                        () -> source.get().get());
    }

    private void requireSource(String cache) {
        if (!guards.containsKey(cache)) {
            throw new HamsterConfigurationException(
                    HamsterCacheProperties.path(cache) + ".bloom is set, but nothing tells which keys there are.",
                    "Define a bean that does:\n\n@Bean\n@ForCache(\"" + cache
                            + "\")\nSupplier<Stream<String>> keys(…) {\n    return () -> …;\n}");
        }
    }

    /** By the definition, which knows what a method declares that makes the bean: a lambda's class doesn't. */
    private Optional<Type> generic(String bean, Class<?> type, int index) {
        if (!(beans instanceof ConfigurableListableBeanFactory factory) || !factory.containsBeanDefinition(bean)) {
            return Optional.empty();
        }
        ResolvableType declared = factory.getMergedBeanDefinition(bean).getResolvableType();
        Class<?> known = declared.resolve() == null ? factory.getType(bean, false) : null;
        if (known != null) {
            // A scanned class that isn't loaded yet.
            declared = ResolvableType.forClass(ClassUtils.getUserClass(known));
        }
        return ValueTypes.of(declared.as(type).getGeneric(index));
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
