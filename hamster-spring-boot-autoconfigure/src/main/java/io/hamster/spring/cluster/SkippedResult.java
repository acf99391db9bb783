package io.hamster.spring.cluster;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ReactiveAdapterRegistry;

/** What a call returns that was skipped. */
final class SkippedResult {

    private SkippedResult() {}

    static @Nullable Object of(Class<?> returnType) {
        if (returnType == Optional.class) {
            return Optional.empty();
        }
        if (returnType == OptionalInt.class) {
            return OptionalInt.empty();
        }
        if (returnType == OptionalLong.class) {
            return OptionalLong.empty();
        }
        if (returnType == OptionalDouble.class) {
            return OptionalDouble.empty();
        }
        boolean future = returnType == CompletableFuture.class
                || returnType == CompletionStage.class
                || returnType == Future.class;
        return future ? CompletableFuture.completedFuture(null) : null;
    }

    /** Why a method with this return type can't be skipped; empty if it can. */
    static Optional<String> obstacle(Class<?> returnType) {
        if (returnType.isPrimitive() && returnType != void.class) {
            return Optional.of("returns " + returnType + ", but a call that is skipped has no value to return");
        }
        return isReactive(returnType)
                ? Optional.of(
                        "returns a " + returnType.getSimpleName()
                                + ", which runs when it is subscribed to, perhaps on another thread or when this node no longer leads")
                : Optional.empty();
    }

    static boolean isReactive(Class<?> type) {
        return !CompletionStage.class.isAssignableFrom(type)
                && ReactiveAdapterRegistry.getSharedInstance().getAdapter(type) != null;
    }
}
