package io.hamster.spring.redis;

import io.hamster.spring.redis.RedisLink.Call;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Waits until replicas have a grant. {@code WAIT} is about the writes of its own connection, and the grant goes over
 * another one: so it follows a write of the grant's bucket, which also tells whether this primary
 * still has the grant.
 *
 * @param replicas how many; 0 for none
 * @param timeout how long to wait for them
 */
record Replication(int replicas, Duration timeout) {

    static final Replication NONE = new Replication(0, Duration.ZERO);

    private static final Script REPLICATE = Script.named("lock-replicate");

    /** Fails if the replicas don't have the grant in time. */
    CompletableFuture<Void> of(RedisLink link, String fence, String lock, String token) {
        CompletableFuture<StatefulRedisConnection<String, String>> found = link.primaryOf(lock)
                .exceptionally(failure -> {
                    // Not as it is: that this wasn't sent doesn't say that the grant wasn't.
                    throw new IllegalStateException("Replicas couldn't be asked for the lock", failure);
                });
        return found.thenCompose(primary -> {
            CompletableFuture<long[]> written = link.runOn(primary, new Write(fence, lock, token));
            return written.thenCompose(reply -> {
                if (reply[0] == 0) {
                    throw new IllegalStateException("The primary has lost the lock: there was a failover");
                }
                return awaitReplicas(primary);
            });
        });
    }

    private CompletableFuture<Void> awaitReplicas(StatefulRedisConnection<String, String> primary) {
        return primary.async()
                .waitForReplication(replicas, timeout.toMillis())
                .toCompletableFuture()
                .thenAccept(reached -> {
                    if (reached < replicas) {
                        throw new IllegalStateException("Only " + reached + " of " + replicas
                                + " replicas had the lock within " + timeout + " (hamster.lock.redis.wait-replicas)");
                    }
                });
    }

    private record Write(String fence, String lock, String token) implements Call<long[]> {

        @Override
        public Script script() {
            return REPLICATE;
        }

        @Override
        public int keys() {
            return 2;
        }

        @Override
        public void addTo(CommandArgs<String, String> args) {
            args.addKey(fence).addKey(lock).addValue(token);
        }

        @Override
        public CommandOutput<String, String, long[]> output() {
            return new NumbersOutput(RedisLink.CODEC);
        }
    }
}
