package io.hamster.spring.cache;

import java.lang.reflect.Method;
import org.aopalliance.intercept.MethodInvocation;
import org.springframework.aop.Advisor;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.interceptor.TransactionAttributeSource;
import org.springframework.transaction.interceptor.TransactionInterceptor;

/** Finds methods whose work is no part of their caller's transaction. Needs Spring's transactions. */
final class SeparateTransactions {

    private SeparateTransactions() {}

    /** What Spring's annotation says of a method. */
    static boolean isApart(Method method) {
        Transactional own = AnnotatedElementUtils.findMergedAnnotation(method, Transactional.class);
        if (own == null) {
            own = AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), Transactional.class);
        }
        return own != null && leaves(own.propagation().value());
    }

    /**
     * Whether a call is apart from its caller's transaction, to the caches around it: not if the method's own has begun
     * further out, which isn't so by default.
     *
     * @param byAnnotation what {@link #isApart(Method)} says, which counts where the proxy doesn't tell: its transactions
     *     may be woven into the class
     */
    static boolean isApart(MethodInvocation invocation, Class<?> targetClass, boolean byAnnotation) {
        boolean isInside = false;
        for (Advisor advisor : advisors(invocation)) {
            if (advisor.getAdvice() instanceof CacheInterceptor) {
                isInside = true;
            } else if (advisor.getAdvice() instanceof TransactionInterceptor transactions
                    && leave(transactions, invocation.getMethod(), targetClass)) {
                return isInside;
            }
        }
        return byAnnotation;
    }

    private static Advisor[] advisors(MethodInvocation invocation) {
        return invocation instanceof ProxyMethodInvocation proxied && proxied.getProxy() instanceof Advised advised
                ? advised.getAdvisors()
                : new Advisor[0];
    }

    /** Whether an interceptor has a method leave its caller's transaction, wherever it knows that from. */
    private static boolean leave(TransactionInterceptor transactions, Method method, Class<?> targetClass) {
        TransactionAttributeSource source = transactions.getTransactionAttributeSource();
        TransactionAttribute attribute = source == null ? null : source.getTransactionAttribute(method, targetClass);
        return attribute != null && leaves(attribute.getPropagationBehavior());
    }

    private static boolean leaves(int propagation) {
        return propagation == TransactionDefinition.PROPAGATION_REQUIRES_NEW
                || propagation == TransactionDefinition.PROPAGATION_NOT_SUPPORTED;
    }
}
