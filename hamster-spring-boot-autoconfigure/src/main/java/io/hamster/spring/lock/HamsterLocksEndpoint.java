package io.hamster.spring.lock;

import io.hamster.Keys;
import io.hamster.lock.HeldLock;
import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockAdmin;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;

/**
 * Held locks, of every instance that shares the store. Keys are shortened unless the application says otherwise; a lock
 * is asked for by its key, or by what the list shows for it.
 */
@Endpoint(id = "hamsterlocks", defaultAccess = Access.READ_ONLY)
public final class HamsterLocksEndpoint {

    private static final int DEFAULT_LIMIT = 100;
    private static final int LARGEST_LIMIT = 10_000;

    private final LockAdmin admin;
    private final LockStoreInfo info;
    private final boolean showKeys;

    HamsterLocksEndpoint(LockAdmin admin, LockStoreInfo info, boolean showKeys) {
        this.admin = admin;
        this.info = info;
        this.showKeys = showKeys;
    }

    /**
     * Lists held locks.
     *
     * @param limit the most to list, 1 to 10000; 100 if null
     * @param key lists only the lock of this key, if anyone holds it; null for all
     * @return what is held
     */
    @ReadOperation
    public LocksDescriptor locks(@Nullable Integer limit, @Nullable String key) {
        if (key != null) {
            List<LockDescriptor> held = find(key).map(this::described).stream().toList();
            return new LocksDescriptor(info.name(), info.scope(), held, false);
        }
        int most = limit == null ? DEFAULT_LIMIT : limit;
        if (most < 1 || most > LARGEST_LIMIT) {
            throw invalid("limit is " + most + ", which is out of range; give 1 to " + LARGEST_LIMIT);
        }
        // One more than asked for tells whether there are more.
        List<HeldLock> held = admin.list(most + 1);
        return new LocksDescriptor(
                info.name(),
                info.scope(),
                held.stream().limit(most).map(this::described).toList(),
                held.size() > most);
    }

    /**
     * Describes one lock.
     *
     * @param key its key, or what the list shows for it; a slash divides it into several
     * @return the lock, or null if it isn't held
     */
    @ReadOperation
    public @Nullable LockDescriptor lock(@Selector(match = Match.ALL_REMAINING) String... key) {
        return find(key).map(this::described).orElse(null);
    }

    /**
     * Takes a lock away from its holder.
     *
     * @param key its key, or what the list shows for it; a slash divides it into several
     * @return whether anyone held it
     */
    @DeleteOperation
    public boolean release(@Selector(match = Match.ALL_REMAINING) String... key) {
        return find(key).map(held -> admin.forceRelease(held.key())).orElse(false);
    }

    /**
     * Takes a lock away from its holder, whatever characters are in its key.
     *
     * @param id its id in the list
     * @return whether anyone held it
     */
    @DeleteOperation
    public boolean releaseById(String id) {
        return admin.list(LARGEST_LIMIT).stream()
                .filter(held -> LockId.of(held.key()).equals(id))
                .findFirst()
                .map(held -> admin.forceRelease(held.key()))
                .orElse(false);
    }

    private Optional<HeldLock> find(String... parts) {
        String asked = String.join("/", parts);
        Optional<HeldLock> exact;
        try {
            exact = admin.find(asked);
        } catch (InvalidLockKeyException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
        return exact.isPresent() || !Keys.isShortened(asked) ? exact : findShortened(asked);
    }

    private Optional<HeldLock> findShortened(String shown) {
        List<HeldLock> alike = admin.list(LARGEST_LIMIT).stream()
                .filter(held -> Keys.shortened(held.key()).equals(shown))
                .toList();
        if (alike.size() > 1) {
            throw invalid(alike.size() + " locks are shown as '" + shown + "'; give the whole key of the one you mean");
        }
        return alike.stream().findFirst();
    }

    private static InvalidEndpointRequestException invalid(String problem) {
        return new InvalidEndpointRequestException(problem, problem);
    }

    private LockDescriptor described(HeldLock held) {
        return new LockDescriptor(
                LockId.of(held.key()),
                showKeys ? held.key() : Keys.shortened(held.key()),
                held.owner(),
                held.fence(),
                held.acquiredAt(),
                held.expiresAt(),
                held.heldFor(),
                held.localWaiters(),
                held.heldLong());
    }

    /**
     * Held locks.
     *
     * @param store name of the store that they are in
     * @param scope how far exclusion reaches
     * @param locks the locks, in no particular order
     * @param more whether there are more than were listed
     */
    public record LocksDescriptor(String store, String scope, List<LockDescriptor> locks, boolean more) {}

    /**
     * A held lock.
     *
     * @param id names it without its key, the same in every instance
     * @param key its key, perhaps shortened
     * @param owner name of the instance that holds it
     * @param fence fencing number of the grant
     * @param acquiredAt when it was granted, by the store's clock
     * @param expiresAt when its lease ends if nobody renews it
     * @param heldFor how long it has been held
     * @param localWaiters how many requests wait for it in the instance that was asked
     * @param heldLong whether it has been held longer than {@code hamster.lock.long-hold-warning}
     */
    public record LockDescriptor(
            String id,
            String key,
            String owner,
            long fence,
            Instant acquiredAt,
            Instant expiresAt,
            Duration heldFor,
            int localWaiters,
            boolean heldLong) {}
}
