package io.hamster.spring.cache;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.util.ClassUtils;

/** Finds methods whose work is no part of their caller's transaction. Needs Spring's transactions. */
final class SeparateTransactions {

    private SeparateTransactions() {}

    /**
     * The name of the transaction that such a method runs in, as Spring names it by default.
     *
     * @return {@code null} if the method takes part in its caller's transaction
     */
    static @Nullable String name(Method method, Class<?> targetClass) {
        Transactional own = AnnotatedElementUtils.findMergedAnnotation(method, Transactional.class);
        if (own == null) {
            own = AnnotatedElementUtils.findMergedAnnotation(method.getDeclaringClass(), Transactional.class);
        }
        boolean isSeparate = own != null
                && (own.propagation() == Propagation.REQUIRES_NEW || own.propagation() == Propagation.NOT_SUPPORTED);
        return isSeparate ? ClassUtils.getQualifiedMethodName(method, ClassUtils.getUserClass(targetClass)) : null;
    }
}
