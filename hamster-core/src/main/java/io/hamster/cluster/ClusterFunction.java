package io.hamster.cluster;

import org.jspecify.annotations.Nullable;

/**
 * A function that other nodes may call. Thread-safe: several calls can run at once.
 *
 * @param <A> its argument; {@link Void} if it takes none
 * @param <R> its result
 */
@FunctionalInterface
public interface ClusterFunction<A extends @Nullable Object, R extends @Nullable Object> {

    /**
     * Runs the function.
     *
     * @param argument the decoded argument; {@code null} only for an argument type of {@link Void}
     * @return the result, or {@code null} for none
     * @throws Exception whatever went wrong; its type and message reach the caller, so they shouldn't hold secrets
     */
    R apply(A argument) throws Exception;
}
