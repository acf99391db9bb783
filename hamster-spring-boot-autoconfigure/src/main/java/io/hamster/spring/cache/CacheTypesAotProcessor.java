package io.hamster.spring.cache;

import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.cache.BulkCacheLoader;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.writeback.WriteBackWriter;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.util.ClassUtils;

/**
 * Lets a native image write and read as text what shared tiers and journals keep: what cached methods return, and the keys
 * and values of loaders and writers.
 */
final class CacheTypesAotProcessor implements BeanRegistrationAotProcessor {

    private static final Logger logger = LoggerFactory.getLogger(CacheTypesAotProcessor.class);

    private static final List<Class<? extends Annotation>> ANNOTATIONS =
            List.of(Cached.class, CacheUpdate.class, Cacheable.class, CachePut.class, Caching.class);

    private static final List<Class<?>> BEANS =
            List.of(CacheLoader.class, BulkCacheLoader.class, CacheWriter.class, WriteBackWriter.class);

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean registeredBean) {
        Set<Type> types = new LinkedHashSet<>();
        addOfMethods(ClassUtils.getUserClass(registeredBean.getBeanClass()), types);
        addOfBean(registeredBean, types);
        if (types.isEmpty()) {
            return null;
        }
        return (generation, code) -> new BindingReflectionHintsRegistrar()
                .registerReflectionHints(generation.getRuntimeHints().reflection(), types.toArray(Type[]::new));
    }

    private static void addOfMethods(Class<?> type, Set<Type> types) {
        MetadataLookup<Boolean> annotated = method -> isAnnotated(method) ? Boolean.TRUE : null;
        try {
            for (Method method :
                    MethodIntrospector.selectMethods(type, annotated).keySet()) {
                ValueTypes.of(method, type).ifPresent(types::add);
            }
        } catch (LinkageError | IllegalStateException e) {
            // A class with an optional dependency that is absent works, as long as nobody asks for its methods.
            logger.debug("{} can't be searched for cached methods", type.getName(), e);
        }
    }

    private static boolean isAnnotated(Method method) {
        return ANNOTATIONS.stream().anyMatch(annotation -> AnnotatedElementUtils.hasAnnotation(method, annotation));
    }

    private static void addOfBean(RegisteredBean bean, Set<Type> types) {
        if (bean.getBeanFactory().findAnnotationOnBean(bean.getBeanName(), ForCache.class, false) == null) {
            return;
        }
        for (Class<?> type : BEANS) {
            for (ResolvableType generic : bean.getBeanType().as(type).getGenerics()) {
                ValueTypes.of(generic).ifPresent(types::add);
            }
        }
    }
}
