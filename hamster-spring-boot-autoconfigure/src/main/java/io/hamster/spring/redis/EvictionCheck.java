package io.hamster.spring.redis;

import io.lettuce.core.api.StatefulRedisConnection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks whether Redis may drop what is kept there to make room. A server that doesn't let its settings be read isn't judged. */
final class EvictionCheck {

    private static final Logger logger = LoggerFactory.getLogger(EvictionCheck.class);

    private static final String SAFE = "noeviction";

    private final String what;
    private final boolean expires;
    private final String stake;
    private final AtomicBoolean warned = new AtomicBoolean();
    /** As the servers of the last look told it. */
    private volatile AtomicReference<@Nullable String> policy = new AtomicReference<>();

    private EvictionCheck(String what, boolean expires, String stake) {
        this.what = what;
        this.expires = expires;
        this.stake = stake;
    }

    static EvictionCheck ofLocks() {
        return new EvictionCheck("locks", true, "two owners may hold one lock");
    }

    /** Of what expires by itself a journal has only its lease, whose loss costs nothing. */
    static EvictionCheck ofJournals() {
        return new EvictionCheck("what is to be written back", false, "acknowledged writes may be lost");
    }

    void look(List<StatefulRedisConnection<String, String>> primaries) {
        // Of this look alone: what was wrong before may have been set right since.
        AtomicReference<@Nullable String> told = new AtomicReference<>();
        for (StatefulRedisConnection<String, String> primary : primaries) {
            primary.async()
                    .configGet("maxmemory*")
                    .thenAccept(settings -> judge(settings, told))
                    .exceptionally(refused -> {
                        logger.debug("Redis doesn't tell its maxmemory-policy", refused);
                        return null;
                    });
        }
    }

    private void judge(Map<String, String> settings, AtomicReference<@Nullable String> told) {
        String found = settings.get("maxmemory-policy");
        if (found == null) {
            return;
        }
        told.accumulateAndGet(found, (known, own) -> known == null || known.equals(SAFE) ? own : known);
        policy = told;
        if (mayEvict(found) && !"0".equals(settings.get("maxmemory")) && warned.compareAndSet(false, true)) {
            logger.warn(
                    "Redis may evict {}: its maxmemory-policy is {}; set it to {}, or {} when memory runs out",
                    what,
                    found,
                    SAFE,
                    stake);
        }
    }

    private boolean mayEvict(String found) {
        return expires ? !found.equals(SAFE) : found.startsWith("allkeys-");
    }

    /** The policy, of a server that has a bad one if there is such, as far as is known. */
    Optional<String> policy() {
        return Optional.ofNullable(policy.get());
    }
}
