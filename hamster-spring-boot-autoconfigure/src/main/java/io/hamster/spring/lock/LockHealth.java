package io.hamster.spring.lock;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockStats;
import org.springframework.boot.health.contributor.Health;

/** The part {@code locks} of Hamster's health, from what this instance counts; asks no store. */
final class LockHealth {

    private LockHealth() {}

    static Health of(LockClient client, LockStoreInfo info) {
        LockStats stats = client.admin().stats();
        return Health.up()
                .withDetail("store", info.name())
                .withDetail("scope", info.scope())
                .withDetail("held", stats.held())
                .withDetail("waiting", stats.waiting())
                .build();
    }
}
