package io.hamster.spring.lock;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockStats;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;

/** The part {@code locks} of Hamster's health, from what this instance counts; asks no store. */
final class LockHealth {

    private LockHealth() {}

    static Health of(LockClient client, LockStoreInfo info, @Nullable LockStoreHealth store) {
        LockStats stats = client.admin().stats();
        return (store == null || store.isUp() ? Health.up() : Health.down())
                .withDetail("store", info.name())
                .withDetail("scope", info.scope())
                .withDetails(store == null ? Map.of() : store.details())
                .withDetail("held", stats.held())
                .withDetail("waiting", stats.waiting())
                .build();
    }
}
