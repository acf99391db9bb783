package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/** Caches in this JVM depend on nothing, so they are up. */
final class CacheHealth implements HealthIndicator {

    private final CacheClient client;

    CacheHealth(CacheClient client) {
        this.client = client;
    }

    @Override
    public Health health() {
        return Health.up()
                .withDetail("store", "local")
                .withDetail("scope", "this JVM only")
                .withDetail("caches", client.names().size())
                .build();
    }
}
