package io.hamster.spring.cache;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Dependent futures that fail with the very exception, not with a {@link CompletionException} around it. */
final class Stages {

    private Stages() {}

    /** What is inside of the {@link Optional}, or {@code null}. */
    static CompletableFuture<@Nullable Object> content(CompletableFuture<Optional<Object>> found) {
        return map(found, value -> value.orElse(null));
    }

    /** The same value, once what an action begins with it has ended. */
    static CompletableFuture<@Nullable Object> then(
            CompletionStage<?> stage, Function<@Nullable Object, CompletableFuture<Void>> action) {
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(failure);
                return;
            }
            try {
                action.apply(value).whenComplete((none, late) -> {
                    if (late == null) {
                        answer.complete(value);
                    } else {
                        answer.completeExceptionally(unwrapped(late));
                    }
                });
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static <T> CompletableFuture<@Nullable Object> map(
            CompletionStage<T> stage, Function<? super T, ? extends @Nullable Object> mapping) {
        CompletableFuture<@Nullable Object> answer = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> {
            try {
                if (failure == null) {
                    answer.complete(mapping.apply(value));
                } else {
                    answer.completeExceptionally(failure);
                }
            } catch (Throwable e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }
}
