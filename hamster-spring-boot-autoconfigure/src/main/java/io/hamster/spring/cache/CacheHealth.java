package io.hamster.spring.cache;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.SharedTierStatus;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.cache.WriteBackFigures.Figures;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * The part {@code caches} of Hamster's health. Caches in this JVM depend on nothing, so they are up; shared ones go on
 * without their shared tier, and those that write back without their source, so they are degraded at worst. Tells what is
 * known and waits for nobody.
 */
final class CacheHealth implements HealthIndicator {

    private final CacheClient client;
    private final Supplier<@Nullable SharedTierInfo> info;
    private final Supplier<@Nullable SharedJournalHealth> journals;
    private final WriteBackFigures figures;
    private final TimeSource time;

    /** By the wall clock, for people: when something began to be wrong, without a break since that anyone has seen. */
    private volatile @Nullable Instant degradedSince;

    CacheHealth(
            CacheClient client,
            Supplier<@Nullable SharedTierInfo> info,
            Supplier<@Nullable SharedJournalHealth> journals,
            WriteBackFigures figures,
            TimeSource time) {
        this.client = client;
        this.info = info;
        this.journals = journals;
        this.figures = figures;
        this.time = time;
    }

    @Override
    public Health health() {
        long shared = client.names().stream()
                .filter(name -> CacheChanges.isShared(client.cache(name))
                        || client.cache(name).policy().tellsOthers())
                .count();
        SharedTierStatus status = shared == 0 ? null : client.sharedTier().orElse(null);
        Health.Builder health = tiers(shared, status);
        boolean isWriteBackDegraded = addWriteBack(health);
        addSince(health, status == null ? Optional.empty() : status.degradedSince(), isWriteBackDegraded);
        return health.build();
    }

    private Health.Builder tiers(long shared, @Nullable SharedTierStatus status) {
        if (status == null) {
            return Health.up()
                    .withDetail("store", "local")
                    .withDetail("scope", "this JVM only")
                    .withDetail("caches", client.names().size());
        }
        SharedTierInfo known = info.get();
        Health.Builder health = status.isDegraded() ? Health.status(HamsterHealthPart.DEGRADED) : Health.up();
        health.withDetail("store", "local and " + (known == null ? "shared" : known.name()))
                .withDetail("scope", known == null ? "as far as the shared tier reaches" : known.scope())
                .withDetail("caches", client.names().size())
                .withDetail("shared", shared)
                .withDetail("sharedTier", status.storeAvailable() ? "available" : "away")
                .withDetail("pendingChanges", status.pendingChanges());
        status.awaySince().ifPresent(since -> health.withDetail("awaySince", since));
        status.news()
                .ifPresent(news -> health.withDetail(
                                "invalidations", news.trusted() ? "trusted" : "not trusted, local tiers are bypassed")
                        .withDetail("otherInstances", news.others())
                        .withDetail("localTiersDropped", news.misses()));
        return health;
    }

    /** Adds what is known of write-back, and tells whether that isn't well. */
    private boolean addWriteBack(Health.Builder health) {
        Map<String, Long> dead = new TreeMap<>();
        Map<String, Long> damaged = new TreeMap<>();
        Set<String> away = new TreeSet<>();
        Set<String> failed = new TreeSet<>();
        long count = 0;
        for (String name : client.names()) {
            HamsterCache<?, ?> cache = client.cache(name);
            Figures known = figures.of(cache).orElse(null);
            if (known == null) {
                continue;
            }
            count++;
            if (cache.writeBack().map(WriteBackAdmin::hasJournalFailed).orElse(false)) {
                failed.add(name);
            }
            if (known.dead() > 0) {
                dead.put(name, known.dead());
            }
            if (known.damaged() > 0) {
                damaged.put(name, known.damaged());
            }
            if (known.isAway()) {
                away.add(name);
            }
        }
        if (count > 0) {
            health.withDetail("writingBack", count);
            SharedJournalHealth known = journals.get();
            if (known != null) {
                known.details().forEach(health::withDetail);
            }
        }
        add(health, "deadLetters", dead, dead.isEmpty());
        add(health, "damagedJournals", damaged, damaged.isEmpty());
        add(health, "journalsAway", away, away.isEmpty());
        add(health, "journalsFailed", failed, failed.isEmpty());
        return !(dead.isEmpty() && damaged.isEmpty() && away.isEmpty() && failed.isEmpty());
    }

    /**
     * Adds since when it is degraded: of what doesn't know that itself, since a look first found it so. That may have been
     * long ago and of something else, so it doesn't count where all that is wrong does know.
     *
     * @param known since when the shared tier is
     * @param hasOthers whether write-back is, too
     */
    private void addSince(Health.Builder health, Optional<Instant> known, boolean hasOthers) {
        if (!health.build().getStatus().equals(HamsterHealthPart.DEGRADED)) {
            degradedSince = null;
            return;
        }
        Instant before = degradedSince;
        Instant noticed = before == null ? time.instant() : before;
        Instant since =
                known.filter(instant -> !hasOthers || noticed.isAfter(instant)).orElse(noticed);
        degradedSince = since;
        health.withDetail("degradedSince", since);
    }

    private static void add(Health.Builder health, String name, Object caches, boolean isEmpty) {
        if (!isEmpty) {
            health.status(HamsterHealthPart.DEGRADED).withDetail(name, caches);
        }
    }
}
