package io.hamster.spring.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether Redis may drop locks to make room. A server that doesn't let its settings be read isn't judged. */
final class EvictionCheck {

    private static final Logger logger = LoggerFactory.getLogger(EvictionCheck.class);

    private static final String SAFE = "noeviction";

    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile @Nullable String policy;

    void look(List<StatefulRedisConnection<String, String>> primaries) {
        for (StatefulRedisConnection<String, String> primary : primaries) {
            primary.async().configGet("maxmemory*").thenAccept(this::judge).exceptionally(refused -> {
                logger.debug("Redis doesn't tell its maxmemory-policy", refused);
                return null;
            });
        }
    }

    private void judge(Map<String, String> settings) {
        String found = settings.get("maxmemory-policy");
        if (found == null || (found.equals(SAFE) && policy != null)) {
            return;
        }
        policy = found;
        boolean mayEvict = !found.equals(SAFE) && !"0".equals(settings.get("maxmemory"));
        if (mayEvict && warned.compareAndSet(false, true)) {
            logger.warn(
                    "Redis may evict locks: its maxmemory-policy is {}; set it to {}, or two owners may hold one lock"
                            + " when memory runs out",
                    found,
                    SAFE);
        }
    }

    /** The policy, of a server that has a bad one if there is such, as far as is known. */
    Optional<String> policy() {
        return Optional.ofNullable(policy);
    }
}
