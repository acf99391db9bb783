package io.hamster.spring.cache;

import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.Advisor;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionInterceptor;

/** Finds methods whose work is no part of their caller's transaction. Needs Spring's transactions. */
final class SeparateTransactions {

    private SeparateTransactions() {}

    static boolean isApart(Method method) {
        Transactional own = AnnotatedElementUtils.findMergedAnnotation(method, Transactional.class);
        if (own == null) {
            own = AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), Transactional.class);
        }
        return own != null
                && (own.propagation() == Propagation.REQUIRES_NEW || own.propagation() == Propagation.NOT_SUPPORTED);
    }

    /** Whether a proxy begins transactions before it comes to its caches, which isn't so by default. */
    static boolean beginFurtherOut(MethodInvocation invocation) {
        if (invocation instanceof ProxyMethodInvocation proxied && proxied.getProxy() instanceof Advised advised) {
            for (Advisor advisor : advised.getAdvisors()) {
                if (advisor.getAdvice() instanceof TransactionInterceptor) {
                    return true;
                }
                if (advisor.getAdvice() instanceof CacheInterceptor) {
                    return false;
                }
            }
        }
        return false;
    }
}
