package io.hamster.spring.cache;

import java.lang.reflect.Method;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.springframework.core.KotlinDetector;
import org.springframework.core.ReactiveAdapterRegistry;
import org.springframework.util.ClassUtils;

/** How a method hands over its value. */
enum ReturnShape {
    /** It returns it. */
    VALUE,
    /** It returns it in an {@link Optional}. */
    OPTIONAL,
    /** It returns a {@link CompletableFuture} or {@link CompletionStage} of it. */
    STAGE,
    /** It returns a Reactor {@code Mono} of it. */
    MONO,
    /** It returns nothing. */
    NOTHING,
    /** It returns what can be read only once: a stream or an iterator. */
    CONSUMABLE,
    /**
     * It returns what comes later in pieces, such as a {@code Flux}, or doesn't tell when, such as a {@code Future}; or it
     * suspends, so that only its continuation gets the value.
     */
    UNSUPPORTED;

    static final boolean REACTOR =
            ClassUtils.isPresent("reactor.core.publisher.Mono", ReturnShape.class.getClassLoader());

    static ReturnShape of(Method method) {
        if (KotlinDetector.isSuspendingFunction(method)) {
            return UNSUPPORTED;
        }
        Class<?> type = method.getReturnType();
        if (type == void.class || type == Void.class) {
            return NOTHING;
        }
        if (type == Optional.class) {
            return OPTIONAL;
        }
        if (type == CompletableFuture.class || type == CompletionStage.class) {
            return STAGE;
        }
        if (REACTOR && Monos.isMono(type)) {
            return MONO;
        }
        if (BaseStream.class.isAssignableFrom(type) || Iterator.class.isAssignableFrom(type)) {
            return CONSUMABLE;
        }
        boolean unsupported = Future.class.isAssignableFrom(type)
                || CompletionStage.class.isAssignableFrom(type)
                || ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
        return unsupported ? UNSUPPORTED : VALUE;
    }
}
