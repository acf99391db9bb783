package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.SharedTierStatus;
import io.hamster.cache.Tier;
import io.hamster.cache.invalidation.InvalidationNews;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackStats;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.testing.ManualTime;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class CacheHealthTests {

    private final ManualTime time = new ManualTime();
    private SharedTierStatus tier = tier(null, null, 0);
    private long dead;
    private boolean journalFailed;

    private final HamsterCache<?, ?> users =
            proxy(HamsterCache.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "name" -> "users";
                case "policy" ->
                    CachePolicy.builder()
                            .tier(Tier.TWO_LEVEL)
                            .valueType(String.class)
                            .build();
                case "writeBack" ->
                    Optional.of(proxy(WriteBackAdmin.class, (admin, asked, none) -> switch (asked.getName()) {
                        case "stats" -> new WriteBackStats(dead, dead, 0, 0, 0);
                        case "hasJournalFailed" -> journalFailed;
                        default -> throw new AssertionError(asked);
                    }));
                default -> throw new AssertionError(method);
            });

    private final CacheHealth indicator = new CacheHealth(
            proxy(CacheClient.class, (proxy, method, arguments) -> switch (method.getName()) {
                case "names" -> Set.of("users");
                case "cache" -> users;
                case "sharedTier" -> Optional.of(tier);
                default -> throw new AssertionError(method);
            }),
            () -> null,
            () -> null,
            new WriteBackFigures(() -> time, () -> Runnable::run),
            time);

    private static <T> T proxy(Class<T> type, InvocationHandler calls) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, calls));
    }

    private static SharedTierStatus tier(Instant awaySince, Instant untrustedSince, long pending) {
        return new SharedTierStatus(
                awaySince == null,
                Optional.of(new InvalidationNews.Status(
                        untrustedSince == null, true, 0, 0, Optional.ofNullable(untrustedSince))),
                pending,
                Optional.ofNullable(awaySince));
    }

    private void assertDegradedSince(Instant since) {
        Health health = indicator.health();
        assertThat(health.getStatus()).isEqualTo(HamsterHealthPart.DEGRADED);
        assertThat(health.getDetails()).containsEntry("degradedSince", since);
    }

    private void assertUp() {
        Health health = indicator.health();
        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).doesNotContainKey("degradedSince");
    }

    @Test
    void tellsSinceWhenTheTierIsAwayOrNotTrusted() {
        Instant begun = time.instant();
        time.advance(Duration.ofMinutes(10));
        assertUp();

        tier = tier(null, begun.plusSeconds(30), 0);
        assertDegradedSince(begun.plusSeconds(30));
        tier = tier(begun.plusSeconds(40), begun.plusSeconds(30), 1);
        assertDegradedSince(begun.plusSeconds(30));
        assertThat(indicator.health().getDetails()).containsEntry("awaySince", begun.plusSeconds(40));
    }

    @Test
    void tellsOfTheRestSinceWhenItWasSeen() {
        tier = tier(null, null, 1);
        Instant seen = time.instant();
        assertDegradedSince(seen);
        time.advance(Duration.ofMinutes(1));
        assertDegradedSince(seen);

        tier = tier(null, null, 0);
        assertUp();

        dead = 1;
        time.advance(Duration.ofMinutes(1));
        assertDegradedSince(time.instant());
    }

    @Test
    void anEarlierTroubleThatEndedUnseenIsNoneOfTheTiersPresentOne() {
        tier = tier(time.instant(), null, 0);
        assertDegradedSince(time.instant());

        time.advance(Duration.ofHours(1));
        Instant again = time.instant();
        time.advance(Duration.ofMinutes(1));
        tier = tier(again, null, 0);

        assertDegradedSince(again);
    }

    @Test
    void whatWriteBackIsDegradedByCountsFromWhenItWasSeen() {
        dead = 1;
        Instant seen = time.instant();
        assertDegradedSince(seen);
        time.advance(Duration.ofHours(1));

        tier = tier(time.instant(), null, 0);

        assertDegradedSince(seen);
    }

    @Test
    void aJournalThatHasFailedDegradesIt() {
        assertThat(indicator.health().getDetails()).doesNotContainKey("journalsFailed");

        journalFailed = true;

        assertDegradedSince(time.instant());
        assertThat(indicator.health().getDetails()).containsEntry("journalsFailed", Set.of("users"));
    }
}
