package io.hamster.spring.lock;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.scheduling.annotation.Async;

/** When a method's work has ended, by what it returns. */
enum Returns {
    /** With its return. */
    AT_ONCE,
    /** When its future completes. */
    FUTURE,
    /** When its {@code Mono} terminates. */
    MONO;

    private static final String MONO_TYPE = "reactor.core.publisher.Mono";

    /** Empty if the end can't be seen from outside. */
    static Optional<Returns> of(Method method, Class<?> targetClass) {
        Class<?> type = method.getReturnType();
        if (Future.class.isAssignableFrom(type) && isAsync(method, targetClass)) {
            // Its thread is there to wait, so it may wait for the lock and for the future too.
            return Optional.of(AT_ONCE);
        }
        if (KotlinDetector.isSuspendingFunction(method)) {
            return Optional.empty();
        }
        if (type == CompletableFuture.class || type == CompletionStage.class) {
            return Optional.of(FUTURE);
        }
        if (type.getName().equals(MONO_TYPE)) {
            return Optional.of(MONO);
        }
        boolean later = Future.class.isAssignableFrom(type)
                || CompletionStage.class.isAssignableFrom(type)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
        return later ? Optional.empty() : Optional.of(AT_ONCE);
    }

    private static boolean isAsync(Method method, Class<?> targetClass) {
        return AnnotatedElementUtils.hasAnnotation(method, Async.class)
                || AnnotatedElementUtils.hasAnnotation(targetClass, Async.class);
    }
}
