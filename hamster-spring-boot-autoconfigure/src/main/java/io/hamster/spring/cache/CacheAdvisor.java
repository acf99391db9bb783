package io.hamster.spring.cache;

import io.hamster.spring.aop.AnnotatedMethodPointcut;
import java.util.function.Supplier;
import org.aopalliance.aop.Advice;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;

/** Applies the interceptor. Advisors are made before other beans, so the properties are read when first needed. */
@SuppressWarnings("serial")
final class CacheAdvisor extends AbstractPointcutAdvisor {

    private final transient Pointcut pointcut = new AnnotatedMethodPointcut(CacheAnnotationRule.ANNOTATIONS);
    private final transient CacheInterceptor interceptor;
    private final transient Supplier<HamsterCacheProperties> properties;

    CacheAdvisor(CacheInterceptor interceptor, Supplier<HamsterCacheProperties> properties) {
        this.interceptor = interceptor;
        this.properties = properties;
    }

    @Override
    public Pointcut getPointcut() {
        return pointcut;
    }

    @Override
    public Advice getAdvice() {
        return interceptor;
    }

    @Override
    public int getOrder() {
        return properties.get().aspectOrder();
    }
}
