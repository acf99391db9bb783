package io.hamster.spring.lock;

import io.hamster.annotation.HamsterLocked.OnFailure;
import io.hamster.lock.LockNotAcquiredException;
import io.hamster.lock.NestedLockException;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;

/** What a call comes to whose lock another owner keeps. */
final class Refusals {

    private Refusals() {}

    /** Whether the lock's annotation has an answer to the failure; a fault of the program has none. */
    static boolean answers(LockSpec lock, Throwable failure) {
        return failure instanceof LockNotAcquiredException
                && !(failure instanceof NestedLockException)
                && (lock.fallback() != null || lock.onFailure() == OnFailure.SKIP);
    }

    /** The result of a call that returns at once, in place of the method's. */
    static @Nullable Object answer(
            LockSpec lock, Method method, Object target, @Nullable Object[] arguments, LockNotAcquiredException failure)
            throws Throwable {
        Method fallback = lock.fallback();
        return fallback == null ? nothing(method) : Fallbacks.call(fallback, target, arguments, failure);
    }

    private static @Nullable Object nothing(Method method) {
        Class<?> type = method.getReturnType();
        if (Future.class.isAssignableFrom(type) || CompletionStage.class.isAssignableFrom(type)) {
            Class<?> value =
                    ResolvableType.forMethodReturnType(method).getGeneric(0).resolve(Object.class);
            return type.isAssignableFrom(CompletableFuture.class)
                    ? CompletableFuture.completedFuture(empty(value))
                    : null;
        }
        return empty(type);
    }

    private static @Nullable Object empty(Class<?> type) {
        if (type == Optional.class) {
            return Optional.empty();
        }
        if (type == OptionalInt.class) {
            return OptionalInt.empty();
        }
        if (type == OptionalLong.class) {
            return OptionalLong.empty();
        }
        return type == OptionalDouble.class ? OptionalDouble.empty() : null;
    }
}
