package io.hamster.lock;

import java.time.Duration;
import java.time.Instant;

/**
 * A held lock, for an operator.
 *
 * @param key its key
 * @param owner name of the instance that holds it
 * @param fence fencing number of the grant
 * @param acquiredAt when it was granted, by the store's clock
 * @param expiresAt when its lease ends if nobody renews it, by this machine's clock
 * @param heldFor how long it has been held
 * @param localWaiters how many requests wait for it in this JVM
 * @param heldLong whether it has been held longer than the client's long-hold warning
 */
public record HeldLock(
        String key,
        String owner,
        long fence,
        Instant acquiredAt,
        Instant expiresAt,
        Duration heldFor,
        int localWaiters,
        boolean heldLong) {}
