package io.hamster.spring.cluster;

import io.hamster.CodecException;
import io.hamster.cluster.ClusterInterruptedException;
import io.hamster.cluster.ClusterNotReadyException;
import io.hamster.cluster.NodeUnreachableException;
import io.hamster.cluster.PayloadTooLargeException;
import io.hamster.cluster.RemoteCallRejectedException;
import io.hamster.cluster.RemoteCallTimeoutException;
import io.hamster.cluster.RemoteFunctionException;
import io.hamster.cluster.UnknownFunctionException;
import io.hamster.cluster.UnknownNodeException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** How a remote call went, in one word from a fixed list. */
final class RemoteCallOutcome {

    private static final Map<Class<?>, String> BY_TYPE = Map.of(
            RemoteCallTimeoutException.class, "timeout",
            NodeUnreachableException.class, "unreachable",
            UnknownNodeException.class, "unknown_node",
            UnknownFunctionException.class, "unknown_function",
            ClusterNotReadyException.class, "not_ready",
            RemoteCallRejectedException.class, "rejected",
            PayloadTooLargeException.class, "too_large",
            RemoteFunctionException.class, "failed",
            CodecException.class, "codec");

    private RemoteCallOutcome() {}

    static String of(Optional<Throwable> error) {
        return error.map(RemoteCallOutcome::of).orElse("ok");
    }

    /** On the side where the function ran. */
    static String ofFunction(Optional<Throwable> error) {
        return error.isPresent() ? "failed" : "ok";
    }

    private static String of(Throwable error) {
        boolean cancelled = error instanceof CancellationException || error instanceof ClusterInterruptedException;
        return cancelled ? "cancelled" : BY_TYPE.getOrDefault(error.getClass(), "error");
    }
}
