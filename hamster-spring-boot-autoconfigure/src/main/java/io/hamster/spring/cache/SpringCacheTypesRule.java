package io.hamster.spring.cache;

import io.hamster.spring.aop.AnnotatedMethodRule;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.cache.annotation.AnnotationCacheOperationSource;
import org.springframework.cache.annotation.CachePut;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.Caching;
import org.springframework.cache.interceptor.CacheEvictOperation;
import org.springframework.cache.interceptor.CacheOperation;

/** Refuses nothing: learns of what types the values are that methods put into caches by Spring's own annotations. */
final class SpringCacheTypesRule implements AnnotatedMethodRule {

    private final AnnotationCacheOperationSource operations = new AnnotationCacheOperationSource(false);
    private final Supplier<CacheValueTypes> types;

    /** Asks for the types late: rules are made while the first bean is, which may be those. */
    SpringCacheTypesRule(Supplier<CacheValueTypes> types) {
        this.types = types;
    }

    @Override
    public List<Class<? extends Annotation>> annotations() {
        return List.of(Cacheable.class, CachePut.class, Caching.class);
    }

    @Override
    public void check(Class<?> beanType, Method method, Optional<String> obstacle) {
        Collection<CacheOperation> found = operations.getCacheOperations(method, beanType);
        if (found == null || obstacle.isPresent()) {
            return;
        }
        Optional<Type> type = ValueTypes.of(method, beanType);
        for (CacheOperation operation : found) {
            // Whoever names a manager or resolver may mean another's caches.
            if (!(operation instanceof CacheEvictOperation)
                    && operation.getCacheManager().isEmpty()
                    && operation.getCacheResolver().isEmpty()) {
                operation.getCacheNames().forEach(cache -> types.get().add(cache, type, CacheMethods.name(method)));
            }
        }
    }
}
