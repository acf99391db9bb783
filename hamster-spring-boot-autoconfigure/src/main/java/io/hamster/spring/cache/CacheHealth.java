package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import io.hamster.cache.SharedTierStatus;
import io.hamster.spring.actuate.HamsterHealthPart;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The part {@code caches} of Hamster's health. Caches in this JVM depend on nothing, so they are up; shared ones go on
 * without their shared tier, so they are degraded at worst. Tells what is known and asks nobody.
 */
final class CacheHealth implements HealthIndicator {

    private final CacheClient client;
    private final Supplier<@Nullable SharedTierInfo> info;

    CacheHealth(CacheClient client, Supplier<@Nullable SharedTierInfo> info) {
        this.client = client;
        this.info = info;
    }

    @Override
    public Health health() {
        long shared = client.names().stream()
                .filter(name -> CacheChanges.isShared(client.cache(name)))
                .count();
        SharedTierStatus status = shared == 0 ? null : client.sharedTier().orElse(null);
        if (status == null) {
            return Health.up()
                    .withDetail("store", "local")
                    .withDetail("scope", "this JVM only")
                    .withDetail("caches", client.names().size())
                    .build();
        }
        SharedTierInfo known = info.get();
        Health.Builder health = status.isDegraded() ? Health.status(HamsterHealthPart.DEGRADED) : Health.up();
        health.withDetail("store", "local and " + (known == null ? "shared" : known.name()))
                .withDetail("caches", client.names().size())
                .withDetail("shared", shared)
                .withDetail("sharedTier", status.storeAvailable() ? "available" : "away")
                .withDetail("pendingChanges", status.pendingChanges());
        status.news()
                .ifPresent(news -> health.withDetail(
                                "invalidations", news.trusted() ? "trusted" : "not trusted, local tiers are bypassed")
                        .withDetail("otherInstances", news.others())
                        .withDetail("localTiersDropped", news.misses()));
        return health.build();
    }
}
