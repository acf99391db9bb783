package io.hamster.spring.integration;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockExpiredException;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockLostException;
import io.hamster.spring.lock.LockRequests;
import java.time.Duration;
import java.util.function.Consumer;
import org.springframework.integration.support.locks.DistributedLock;
import org.springframework.integration.support.locks.ExpirableLockRegistry;
import org.springframework.integration.support.locks.RenewableLockRegistry;

/**
 * Hands out Hamster's locks to Spring Integration. They belong to the calling {@link io.hamster.lock.LockContext},
 * usually a thread, are reentrant, and are renewed by themselves until they are unlocked: no scheduler has to be set. One
 * that is taken for a time of its own ({@code lock(ttl)}) ends with it unless {@link #renewLock} makes it longer.
 * Thread-safe.
 *
 * <p>{@code unlock()} throws {@link IllegalMonitorStateException} if the caller doesn't hold the lock, and
 * {@link java.util.ConcurrentModificationException} if it was lost before. A store that can't be reached is
 * {@link io.hamster.lock.LockUnavailableException}, never {@code false}.
 */
public final class HamsterLockRegistry
        implements RenewableLockRegistry<DistributedLock>, ExpirableLockRegistry<DistributedLock> {

    private final LockClient client;
    private final LockRequests requests;
    private final RegistryKeys keys;

    /**
     * Makes a registry.
     *
     * @param client takes the locks
     * @param requests starts the requests with what the application configured
     * @param prefix put before each key, so that registries and other users of the client don't meet by accident; at most
     *     129 bytes of UTF-8, may be empty
     * @throws io.hamster.lock.InvalidLockKeyException if the prefix is too long or contains control characters
     */
    public HamsterLockRegistry(LockClient client, LockRequests requests, String prefix) {
        this.client = client;
        this.requests = requests;
        this.keys = new RegistryKeys(prefix);
    }

    /**
     * A view of the lock of a key; make as many as you like.
     *
     * @param lockKey a {@code String}, a number, a {@code UUID} or an enum constant; of any length
     * @return the lock
     * @throws IllegalArgumentException if it is anything else, whose text may differ between instances
     */
    @Override
    public DistributedLock obtain(Object lockKey) {
        return new RegistryLock(client, requests, keys.of(lockKey));
    }

    /**
     * Renews a lock for its full lease.
     *
     * @param lockKey its key
     * @throws IllegalMonitorStateException if the caller doesn't hold it
     * @throws IllegalStateException if it was lost
     */
    @Override
    public void renewLock(Object lockKey) {
        renew(lockKey, LockHandle::refresh);
    }

    /**
     * Renews a lock for a time from now, which later renewals have too. Never shortens what it has.
     *
     * @param lockKey its key
     * @param ttl more than 0, at most 24 h
     * @throws IllegalMonitorStateException if the caller doesn't hold it
     * @throws IllegalStateException if it was lost
     */
    @Override
    public void renewLock(Object lockKey, Duration ttl) {
        renew(lockKey, handle -> handle.extend(ttl, Duration.ZERO));
    }

    private void renew(Object lockKey, Consumer<LockHandle> renewal) {
        String key = keys.of(lockKey);
        LockHandle handle = client.held(key).orElseThrow(() -> RegistryLock.notHeld(key));
        try {
            renewal.accept(handle);
        } catch (LockExpiredException | LockLostException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /**
     * Does nothing: there is never anything unused to remove.
     *
     * @param age any
     */
    @Override
    public void expireUnusedOlderThan(long age) {
        // Views are garbage as soon as nobody has them.
    }
}
