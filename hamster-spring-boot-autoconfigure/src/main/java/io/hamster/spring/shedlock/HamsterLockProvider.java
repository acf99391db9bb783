package io.hamster.spring.shedlock;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import java.util.Optional;
import net.javacrumbs.shedlock.core.ExtensibleLockProvider;
import net.javacrumbs.shedlock.core.LockConfiguration;
import net.javacrumbs.shedlock.core.SimpleLock;

/**
 * Takes ShedLock's locks. A store that can't be reached is {@link io.hamster.lock.LockUnavailableException}: the task
 * isn't run, and that isn't mistaken for another instance running it. Thread-safe.
 */
public final class HamsterLockProvider implements ExtensibleLockProvider {

    private final LockClient client;
    private final String prefix;

    /**
     * Makes a provider.
     *
     * @param client takes the locks
     * @param prefix put before each lock's name, so that these locks and other users of the client don't meet by accident;
     *     may be empty
     */
    public HamsterLockProvider(LockClient client, String prefix) {
        this.client = client;
        this.prefix = prefix;
    }

    /**
     * Asks once for a lock.
     *
     * @param configuration its name and times; {@code lockAtMostFor} more than 0, at most 24 h
     * @return the lock, or empty if another task holds it
     * @throws io.hamster.lock.InvalidLockKeyException if prefix and name have more than 200 bytes of UTF-8 or contain
     *     control characters
     * @throws io.hamster.InvalidExpirationException if a time is out of range
     */
    @Override
    public Optional<SimpleLock> lock(LockConfiguration configuration) {
        LockRequest request = LockRequest.builder(prefix + configuration.getName())
                .expiration(configuration.getLockAtMostFor())
                .atLeastFor(configuration.getLockAtLeastFor())
                .autoRefresh(false)
                .build();
        return tryInEmptyScope(request).map(ExtensibleLock::new);
    }

    private Optional<LockHandle> tryInEmptyScope(LockRequest request) {
        try {
            return LockContext.of().call(() -> client.tryLock(request));
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("Asking for a lock throws nothing that is checked", e);
        }
    }
}
