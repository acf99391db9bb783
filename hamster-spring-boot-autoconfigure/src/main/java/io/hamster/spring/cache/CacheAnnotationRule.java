package io.hamster.spring.cache;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.CacheRefresh;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.spring.aop.AnnotatedMethodRule;
import io.hamster.spring.aop.SelfCalls;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Refuses broken annotations at start and warns of those that can't work. */
final class CacheAnnotationRule implements AnnotatedMethodRule {

    static final List<Class<? extends Annotation>> ANNOTATIONS = List.of(
            Cached.class, CacheUpdate.class, CacheInvalidate.class, CacheInvalidate.List.class, CacheRefresh.class);

    private static final Logger log = LoggerFactory.getLogger(CacheAnnotationRule.class);

    private final CacheMethods methods;

    CacheAnnotationRule(CacheMethods methods) {
        this.methods = methods;
    }

    @Override
    public List<Class<? extends Annotation>> annotations() {
        return ANNOTATIONS;
    }

    @Override
    public void check(Class<?> beanType, Method method, Optional<String> obstacle) {
        if (obstacle.isPresent()) {
            log.warn(
                    "{}.{} {}, so its cache annotation has no effect; make it an instance method that a proxy can"
                            + " override",
                    beanType.getName(),
                    method.getName(),
                    obstacle.get());
            return;
        }
        methods.plan(method, beanType);
        for (String caller : SelfCalls.of(method, beanType)) {
            log.warn(
                    "{}.{} calls {} of the same object, where its cache annotation has no effect; call it on the bean",
                    beanType.getName(),
                    caller,
                    method.getName());
        }
    }
}
