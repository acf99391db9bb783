package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.Cached;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the time to live of methods' values is to the rest of what is set for their cache. */
class CachedTtlTests {

    private final ApplicationContextRunner runner = CacheTestContexts.runner().withBean(Users.class);

    private static CachePolicy policy(AssertableApplicationContext context, String cache) {
        return context.getBean(CacheClient.class).cache(cache).policy();
    }

    @Test
    void isTheCachesOwn() {
        runner.withPropertyValues("hamster.cache.defaults.ttl=20m").run(context -> {
            HamsterCache<String, String> users =
                    context.getBean(CacheClient.class).cache("users");
            assertThat(users.policy().defaultTtl()).isEqualTo(Duration.ofMinutes(10));
            users.put("by hand", "v");
            context.getBean(ManualTime.class).advance(Duration.ofMinutes(10));
            assertThat(users.get("by hand")).isEmpty();
        });
    }

    @Test
    void goesWithSettingsThatAreMeantForIt() {
        runner.withPropertyValues(
                        "hamster.cache.caches.users.stale-on-error=30m",
                        "hamster.cache.caches.users.soft-timeout=100ms",
                        "hamster.cache.caches.users.ttl-jitter=1m")
                .run(context -> {
                    CachePolicy policy = policy(context, "users");
                    assertThat(policy.defaultTtl()).isEqualTo(Duration.ofMinutes(10));
                    assertThat(policy.staleOnError()).contains(Duration.ofMinutes(30));
                    assertThat(policy.softTimeout()).isEqualTo(Duration.ofMillis(100));
                    assertThat(policy.ttlJitter()).isEqualTo(Duration.ofMinutes(1));
                });
        runner.withPropertyValues(
                        "hamster.cache.caches.days.refresh-interval=3h", "hamster.cache.caches.days.ttl-jitter=2h")
                .run(context ->
                        assertThat(policy(context, "days").refreshInterval()).contains(Duration.ofHours(3)));
    }

    @Test
    void givesWayToTheCachesProperty() {
        runner.withPropertyValues("hamster.cache.caches.users.ttl=5m")
                .run(context ->
                        assertThat(policy(context, "users").defaultTtl()).isEqualTo(Duration.ofMinutes(5)));
    }

    @Test
    void isNotTheCachesWhereMethodsSayDifferentOnes() {
        runner.withPropertyValues("hamster.cache.defaults.ttl=20m")
                .run(context ->
                        assertThat(policy(context, "mixed").defaultTtl()).isEqualTo(Duration.ofMinutes(20)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            stale-on-error=5m    | staleOnError is PT5M but defaultTtl is PT10M
            ttl-jitter=30m       | ttlJitter is PT30M but defaultTtl is PT10M
            refresh-interval=20m | refreshInterval is PT20M but defaultTtl is PT10M
            """)
    void refusesSettingsOfTheCacheThatContradictIt(String property, String message) {
        runner.withPropertyValues("hamster.cache.caches.users." + property)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("hamster.cache.caches.users: " + message));
    }

    @Test
    void givesWayToWhatIsSetForAllCachesAndContradictsIt() {
        runner.withPropertyValues("hamster.cache.defaults.ttl=1m", "hamster.cache.defaults.stale-on-error=5m")
                .run(context -> {
                    assertThat(policy(context, "users").defaultTtl()).isEqualTo(Duration.ofMinutes(1));
                    assertThat(policy(context, "users").staleOnError()).contains(Duration.ofMinutes(5));
                });
        runner.withPropertyValues("hamster.cache.defaults.ttl-jitter=15m")
                .run(context ->
                        assertThat(policy(context, "users").defaultTtl()).isEqualTo(Duration.ofHours(1)));
        runner.withPropertyValues("hamster.cache.defaults.refresh-interval=30m").run(context -> {
            assertThat(policy(context, "users").defaultTtl()).isEqualTo(Duration.ofMinutes(10));
            assertThat(policy(context, "users").refreshInterval()).isEmpty();
            assertThat(policy(context, "days").refreshInterval()).contains(Duration.ofMinutes(30));
        });
    }

    static class Users {

        @Cached(name = "users", ttl = "10m")
        public String find(long id) {
            return "user " + id;
        }

        @Cached(name = "users", key = "#name")
        public String byName(String name) {
            return name;
        }

        @Cached(name = "users", key = "#mail", ttl = "PT10M")
        public String byMail(String mail) {
            return mail;
        }

        @Cached(name = "days", ttl = "1d")
        public String day(int day) {
            return "day " + day;
        }

        @Cached(name = "mixed", key = "#id", ttl = "10m")
        public String one(long id) {
            return "one " + id;
        }

        @Cached(name = "mixed", key = "#id", ttl = "11m")
        public String other(String id) {
            return "other " + id;
        }
    }
}
