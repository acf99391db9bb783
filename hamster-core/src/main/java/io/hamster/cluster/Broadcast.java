package io.hamster.cluster;

import io.hamster.HamsterException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** One call to many nodes, and their answers as one. */
final class Broadcast {

    private Broadcast() {}

    static <R> CompletableFuture<Map<String, CallResult<R>>> gather(
            List<String> nodes, Function<String, CompletableFuture<Optional<R>>> call) {
        Map<String, CompletableFuture<CallResult<R>>> answers = new LinkedHashMap<>();
        for (String node : nodes) {
            answers.put(node, call.apply(node).handle((value, error) -> {
                // The value is null exactly when there is an error.
                return error == null
                        ? new CallResult<>(node, value, Optional.empty())
                        : new CallResult<>(node, Optional.empty(), Optional.of(known(node, error)));
            }));
        }
        return CompletableFuture.allOf(answers.values().toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    Map<String, CallResult<R>> results = new LinkedHashMap<>();
                    answers.forEach((node, answer) -> results.put(node, answer.join()));
                    return Collections.unmodifiableMap(results);
                });
    }

    private static HamsterException known(String node, Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof HamsterException hamster
                ? hamster
                : new NodeUnreachableException("The call to node '" + node + "' failed", cause);
    }
}
