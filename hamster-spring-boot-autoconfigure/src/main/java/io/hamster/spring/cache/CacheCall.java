package io.hamster.spring.cache;

import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/**
 * What expressions are evaluated over.
 *
 * @param target the object that the method is called on
 * @param arguments the call's arguments
 */
record CacheCall(Object target, @Nullable Object[] arguments) {

    CacheCall(MethodInvocation invocation) {
        this(requireTarget(invocation), invocation.getArguments());
    }

    private static Object requireTarget(MethodInvocation invocation) {
        Object target = invocation.getThis();
        if (target == null) {
            throw new IllegalStateException("A proxy without a target can't use caches: " + invocation.getMethod());
        }
        return target;
    }
}
