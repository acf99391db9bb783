package io.hamster.spring.lock;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;

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
    static Optional<Returns> of(Method method) {
        Class<?> type = method.getReturnType();
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
}
