package io.hamster.cluster;

import java.util.concurrent.CompletableFuture;

/**
 * A call under way: the future of its reply, completed once by whoever comes first.
 *
 * @param node the called node's name
 * @param function the called function's name
 * @param reply the answer as it came
 */
record PendingCall(String node, String function, CompletableFuture<byte[]> reply) {

    PendingCall(String node, String function) {
        this(node, function, new CompletableFuture<>());
    }

    void fail(RuntimeException error) {
        reply.completeExceptionally(error);
    }
}
