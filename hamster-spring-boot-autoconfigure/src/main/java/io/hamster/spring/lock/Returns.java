package io.hamster.spring.lock;

import java.lang.reflect.Method;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.core.ResolvableType;
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

    private static final Set<String> WEB_TYPES = Set.of(
            "org.springframework.web.context.request.async.DeferredResult",
            "org.springframework.web.context.request.async.WebAsyncTask",
            "org.springframework.web.servlet.mvc.method.annotation.ResponseBodyEmitter",
            "org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody");
    private static final Set<String> WEB_WRAPPERS = Set.of("org.springframework.http.HttpEntity");

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
        boolean later = isRunByOthers(ResolvableType.forMethodReturnType(method))
                || Future.class.isAssignableFrom(type)
                || CompletionStage.class.isAssignableFrom(type)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
        return later ? Optional.empty() : Optional.of(AT_ONCE);
    }

    /** What a framework, or the caller, goes on with after the return. */
    private static boolean isRunByOthers(ResolvableType returned) {
        Class<?> type = returned.resolve(Object.class);
        return type == Callable.class
                || BaseStream.class.isAssignableFrom(type)
                || extendsOneOf(type, WEB_TYPES)
                || extendsOneOf(type, WEB_WRAPPERS) && isRunByOthers(returned.getGeneric(0));
    }

    private static boolean extendsOneOf(@Nullable Class<?> type, Set<String> names) {
        for (Class<?> own = type; own != null; own = own.getSuperclass()) {
            if (names.contains(own.getName())) {
                return true;
            }
        }
        return false;
    }

    private static boolean isAsync(Method method, Class<?> targetClass) {
        return AnnotatedElementUtils.hasAnnotation(method, Async.class)
                || AnnotatedElementUtils.hasAnnotation(targetClass, Async.class);
    }
}
