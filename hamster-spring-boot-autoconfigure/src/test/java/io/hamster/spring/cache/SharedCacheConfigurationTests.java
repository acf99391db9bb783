package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.ForCache;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CacheLoader;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.SharedTier;
import io.hamster.cache.Tier;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class SharedCacheConfigurationTests {

    private static final Logger LOG = (Logger) LoggerFactory.getLogger(CachePolicies.class);

    private final ApplicationContextRunner local = CacheTestContexts.runner();
    private final ApplicationContextRunner shared = local.withBean(SharedTier.class, SharedTiers::alone)
            .withBean(SharedTierInfo.class, () -> new SharedTierInfo("memory", "this test"));

    private static CachePolicy policy(AssertableApplicationContext context, String cache) {
        return context.getBean(CacheClient.class).cache(cache).policy();
    }

    @Test
    void refreshesOnlyWhatTheIntervalOfAllFits() {
        shared.withPropertyValues(
                        "hamster.cache.defaults.value-type=java.lang.String",
                        "hamster.cache.defaults.refresh-interval=1m",
                        "hamster.cache.defaults.stop-refresh-after-idle=5m",
                        "hamster.cache.caches.remote.tier=remote",
                        "hamster.cache.caches.short.ttl=1m",
                        "hamster.cache.caches.jittery.ttl=70s",
                        "hamster.cache.caches.jittery.ttl-jitter=20s",
                        "hamster.cache.caches.ahead.refresh-ahead=0.8",
                        "hamster.cache.caches.off.refresh-interval=0",
                        "hamster.cache.caches.off.stop-refresh-after-idle=7m",
                        "hamster.cache.caches.own.refresh-interval=2m")
                .run(context -> {
                    for (String cache : List.of("remote", "short", "jittery", "ahead", "off")) {
                        assertThat(policy(context, cache).refreshInterval())
                                .as(cache)
                                .isEmpty();
                        assertThat(policy(context, cache).stopRefreshAfterIdle())
                                .as(cache)
                                .isEmpty();
                    }
                    assertThat(policy(context, "others").refreshInterval()).contains(Duration.ofMinutes(1));
                    assertThat(policy(context, "own").refreshInterval()).contains(Duration.ofMinutes(2));
                    assertThat(policy(context, "own").stopRefreshAfterIdle()).contains(Duration.ofMinutes(5));
                });
    }

    @AfterEach
    void sayLess() {
        LOG.setLevel(null);
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void saysWhichCachesTheIntervalOfAllDoesNotFit(CapturedOutput output) {
        LOG.setLevel(Level.INFO);
        shared.withPropertyValues(
                        "hamster.cache.defaults.value-type=java.lang.String",
                        "hamster.cache.defaults.refresh-interval=1m",
                        "hamster.cache.caches.brief.tier=two-level",
                        "hamster.cache.caches.brief.local-ttl=30s",
                        "hamster.cache.caches.equal.local-ttl=1m",
                        "hamster.cache.caches.equal.tier=two-level",
                        "hamster.cache.caches.lasting.tier=two-level",
                        "hamster.cache.caches.lasting.local-ttl=2m")
                .run(context -> {
                    assertThat(policy(context, "brief").refreshInterval()).isEmpty();
                    assertThat(policy(context, "equal").refreshInterval()).isEmpty();
                    assertThat(policy(context, "lasting").refreshInterval()).contains(Duration.ofMinutes(1));
                    assertThat(output)
                            .containsOnlyOnce("Cache 'brief' isn't refreshed in intervals:"
                                    + " hamster.cache.defaults.refresh-interval is PT1M, but"
                                    + " hamster.cache.caches.brief.local-ttl is PT30S")
                            .contains("hamster.cache.caches.equal.local-ttl is PT1M")
                            .doesNotContain("'lasting' isn't");
                });
    }

    @Test
    void refusesAnIntervalOfItsOwnThatALocalTtlDoesNotFit() {
        shared.withPropertyValues(
                        "hamster.cache.caches.users.tier=two-level",
                        "hamster.cache.caches.users.local-ttl=30s",
                        "hamster.cache.caches.users.refresh-interval=1m")
                .run(context -> assertThat(context)
                        .getFailure()
                        .rootCause()
                        .hasMessageContaining("refreshInterval is PT1M but localTtl is PT30S"));
    }

    @Test
    void appliesEveryProperty() {
        shared.withPropertyValues(
                        "hamster.cache.defaults.tier=two-level",
                        "hamster.cache.defaults.local-ttl=20s",
                        "hamster.cache.defaults.value-type=java.lang.String",
                        "hamster.cache.defaults.compress-above=2KB",
                        "hamster.cache.caches.users.tier=two-level",
                        "hamster.cache.caches.users.local-ttl=30s",
                        "hamster.cache.caches.users.load-scope=cluster",
                        "hamster.cache.caches.users.lease-timeout=7s",
                        "hamster.cache.caches.users.version=v2",
                        "hamster.cache.caches.users.compress-above=3KB",
                        "hamster.cache.caches.users.value-type=java.util.List<java.lang.String>",
                        "hamster.cache.caches.remote.tier=remote",
                        "hamster.cache.caches.remote.compress-above=0",
                        "hamster.cache.caches.local.tier=local")
                .run(context -> {
                    assertThat(policy(context, "users"))
                            .isEqualTo(CachePolicy.builder()
                                    .tier(Tier.TWO_LEVEL)
                                    .localTtl(Duration.ofSeconds(30))
                                    .loadScope(LoadScope.CLUSTER)
                                    .leaseTimeout(Duration.ofSeconds(7))
                                    .version("v2")
                                    .compressAbove(3072)
                                    .valueType(
                                            policy(context, "users").valueType().orElseThrow())
                                    .build());
                    assertThat(policy(context, "users")
                                    .valueType()
                                    .orElseThrow()
                                    .getTypeName())
                            .isEqualTo("java.util.List<java.lang.String>");
                    assertThat(policy(context, "others").tier()).isEqualTo(Tier.TWO_LEVEL);
                    assertThat(policy(context, "others").localTtl()).isEqualTo(Duration.ofSeconds(20));
                    assertThat(policy(context, "others").compressAbove()).isEqualTo(2048);
                    assertThat(policy(context, "remote").tier()).isEqualTo(Tier.REMOTE);
                    assertThat(policy(context, "remote").compressAbove()).isZero();
                    assertThat(policy(context, "local").tier()).isEqualTo(Tier.LOCAL);
                    assertThat(policy(context, "local").compressAbove()).isZero();
                });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.cache.caches.users.local-ttl=-1s     | hamster.cache.caches.users.local-ttl: localTtl is PT-1S
            hamster.cache.caches.users.lease-timeout=1ms | hamster.cache.caches.users.lease-timeout: leaseTimeout is PT0.001S
            hamster.cache.caches.users.compress-above=-1 | hamster.cache.caches.users.compress-above: compressAbove is -1 bytes
            hamster.cache.caches.users.value-type=Gone   | hamster.cache.caches.users.value-type is 'Gone', which is no type: there is no class 'Gone'
            hamster.cache.remote.command-timeout=0s      | hamster.cache.remote.command-timeout is PT0S, which is out of range. Give 1ms to 1m
            hamster.cache.remote.cool-down=2m            | hamster.cache.remote.cool-down is PT2M, which is out of range. Give 1ms to 1m
            hamster.cache.remote.staleness-bound=1ms     | hamster.cache.remote.staleness-bound is PT0.001S, which is out of range. Give 10ms to 1m
            """)
    void refusesValuesOutOfRangeByTheirProperty(String property, String message) {
        shared.withPropertyValues(property)
                .run(context -> assertThat(CacheTestContexts.refusal(context)).hasMessageStartingWith(message));
    }

    @Test
    void refusesALocalTtlWithoutTwoLevels() {
        shared.withPropertyValues("hamster.cache.caches.users.tier=remote", "hamster.cache.caches.users.local-ttl=1s")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("hamster.cache.caches.users: localTtl is PT1S but tier is REMOTE"));
        shared.withPropertyValues("hamster.cache.caches.users.local-ttl=1s").run(context -> {
            CacheClient client = context.getBean(CacheClient.class);
            assertThatExceptionOfType(HamsterConfigurationException.class)
                    .as("no annotation says so either")
                    .isThrownBy(() -> client.cache("users"))
                    .withMessageStartingWith("hamster.cache.caches.users: localTtl is PT1S but tier is LOCAL");
        });
    }

    @Test
    void refusesAtTheStartWhatIsOnlyForSharedCachesWhereMethodsUseALocalOne() {
        for (String property : List.of("local-ttl=1s", "compress-above=2KB")) {
            shared.withBean(Ages.class)
                    .withPropertyValues("hamster.cache.caches.users." + property)
                    .run(context -> assertThat(CacheTestContexts.refusal(context))
                            .hasMessageStartingWith("hamster.cache.caches.users: ")
                            .hasMessageContaining("but tier is LOCAL")
                            .hasMessageEndingWith("Correct hamster.cache.caches.users."));
            shared.withBean(Ages.class)
                    .withPropertyValues(
                            "hamster.cache.caches.users." + property, "hamster.cache.caches.users.tier=two-level")
                    .run(context -> assertThat(policy(context, "users").tier()).isEqualTo(Tier.TWO_LEVEL));
        }
    }

    @Test
    void namesTheMethodWhoseLocalTtlDoesNotFit() {
        shared.withBean(BriefUsers.class)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith(
                                "@Cached(localTtl) on BriefUsers.find: localTtl is PT1M but tier is LOCAL")
                        .hasMessageEndingWith("Correct @Cached(localTtl) on BriefUsers.find."));
        shared.withBean(BriefUsers.class)
                .withPropertyValues("hamster.cache.defaults.tier=remote")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .as("made at the start")
                        .hasMessageStartingWith(
                                "@Cached(localTtl) on BriefUsers.find: localTtl is PT1M but tier is REMOTE"));
        shared.withBean(BriefUsers.class)
                .withPropertyValues("hamster.cache.defaults.tier=two-level")
                .run(context -> assertThat(policy(context, "users").localTtl()).isEqualTo(Duration.ofMinutes(1)));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void warnsOfALocalTtlWithoutTwoLevelsWhereNoMethodIsKnown(CapturedOutput output) {
        shared.withBean("users", Users.class, Users::new, bean -> bean.setLazyInit(true))
                .withPropertyValues("hamster.cache.caches.users.local-ttl=1s")
                .run(context -> {
                    assertThat(output)
                            .containsOnlyOnce("hamster.cache.caches.users: localTtl is PT1S but tier is LOCAL");
                    context.getBean(Users.class);
                    assertThat(policy(context, "users").localTtl()).isEqualTo(Duration.ofSeconds(1));
                });
    }

    @Test
    void refusesACompressionWhereNothingIsShared() {
        shared.withPropertyValues(
                        "hamster.cache.caches.users.tier=local", "hamster.cache.caches.users.compress-above=2KB")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith(
                                "hamster.cache.caches.users: compressAbove is 2048 bytes but tier is LOCAL"));
        shared.withBean(Users.class)
                .withPropertyValues("hamster.cache.caches.users.compress-above=2KB")
                .run(context -> assertThat(policy(context, "users").compressAbove())
                        .as("the annotation says where")
                        .isEqualTo(2048));
    }

    @Test
    void anAnnotationSaysWhereItsCacheIsAndPropertiesWin() {
        shared.withBean(Users.class).run(context -> {
            CachePolicy users = policy(context, "users");
            assertThat(users.tier()).isEqualTo(Tier.TWO_LEVEL);
            assertThat(users.localTtl()).isEqualTo(Duration.ofSeconds(10));
            assertThat(users.loadScope()).isEqualTo(LoadScope.CLUSTER);
            assertThat(users.valueType()).contains(String.class);
        });
        shared.withBean(Users.class)
                .withPropertyValues(
                        "hamster.cache.defaults.tier=remote",
                        "hamster.cache.caches.users.local-ttl=1s",
                        "hamster.cache.caches.users.load-scope=jvm")
                .run(context -> {
                    CachePolicy users = policy(context, "users");
                    assertThat(users.tier()).isEqualTo(Tier.TWO_LEVEL);
                    assertThat(users.localTtl()).isEqualTo(Duration.ofSeconds(1));
                    assertThat(users.loadScope()).isEqualTo(LoadScope.JVM);
                });
    }

    @Test
    void makesSharedCachesAtStart() {
        shared.withBean(Users.class)
                .withPropertyValues(
                        "hamster.cache.caches.named.tier=remote",
                        "hamster.cache.caches.named.value-type=java.lang.Long",
                        "hamster.cache.caches.untold.tier=remote",
                        "hamster.cache.caches.local.ttl=1m",
                        "hamster.cache.caches.telling.tells-others=true")
                .run(context -> {
                    CacheClient client = context.getBean(CacheClient.class);
                    assertThat(client.names()).containsExactly("named", "telling", "users");
                });
        shared.withPropertyValues("hamster.cache.caches.telling.tells-others=true")
                .run(context -> assertThat(context.getBean(CacheClient.class)
                                .sharedTier()
                                .orElseThrow()
                                .news())
                        .as("its channel is tried")
                        .isPresent());
    }

    @Test
    void refusesTwoAnnotationsThatContradictEachOther() {
        shared.withBean(Users.class)
                .withBean(RemoteUsers.class)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("Users.find says tier TWO_LEVEL, localTtl PT10S, loadScope CLUSTER")
                        .hasMessageContaining("RemoteUsers.find says tier REMOTE")
                        .hasMessageContaining("hamster.cache.caches.users"));
    }

    @Test
    void refusesAnAnnotationThatComesTooLate() {
        shared.withBean("late", RemoteUsers.class, RemoteUsers::new, definition -> definition.setLazyInit(true))
                .run(context -> {
                    context.getBean(CacheClient.class).cache("users");
                    assertThatExceptionOfType(Exception.class)
                            .isThrownBy(() -> context.getBean("late"))
                            .havingRootCause()
                            .isInstanceOf(HamsterConfigurationException.class)
                            .withMessageContaining(
                                    "RemoteUsers.find says tier REMOTE of cache 'users', which is in use");
                });
    }

    @Test
    void refusesTwoTypesAtStart() {
        shared.withBean(Users.class)
                .withBean(Ages.class)
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("Users.find makes it java.lang.String")
                        .hasMessageContaining("Ages.find makes it java.lang.Integer"));
        shared.withBean(Users.class)
                .withBean(Ages.class)
                .withPropertyValues("hamster.cache.caches.users.value-type=java.lang.Object")
                .run(context -> assertThat(policy(context, "users").valueType()).contains(Object.class));
    }

    @Test
    void asksForTheTypeOfValuesWhenACacheIsFirstUsed() {
        shared.withPropertyValues("hamster.cache.caches.users.tier=remote").run(context -> {
            CacheClient client = context.getBean(CacheClient.class);
            assertThatExceptionOfType(HamsterConfigurationException.class)
                    .isThrownBy(() -> client.cache("users"))
                    .withMessageContaining("nothing tells of what type its values are")
                    .withMessageEndingWith(
                            "with generics where it has some, such as java.util.List<com.acme.Product>.");
        });
    }

    @Test
    void refusesSharedCachesOfWhichMethodsDoNotTellTheType() {
        shared.withBean(Vague.class)
                .run(
                        context -> assertThat(CacheTestContexts.refusal(context))
                                .hasMessageStartingWith(
                                        "Cache 'vague' is shared, but Vague.find doesn't tell of what type its values are. Name it"));
        shared.withBean(Vague.class)
                .withPropertyValues("hamster.cache.caches.vague.value-type=java.lang.String")
                .run(context -> assertThat(policy(context, "vague").valueType()).contains(String.class));
        shared.withBean(Vague.class)
                .withBean(CachePolicyCustomizer.class, () -> (name, policy) -> policy.valueType(String.class))
                .run(context -> assertThat(policy(context, "vague").valueType()).contains(String.class));
        shared.withBean(Vague.class)
                .withBean(Clear.class)
                .run(context -> assertThat(policy(context, "vague").valueType()).contains(String.class));
        local.withBean(Vague.class)
                .withPropertyValues("hamster.cache.remote.enabled=false")
                .run(context -> assertThat(policy(context, "vague").tier()).isEqualTo(Tier.LOCAL));
    }

    @Configuration(proxyBeanMethods = false)
    static class MadeInCode {

        @Bean
        HamsterCache<String, String> vagueCache(CacheClient client) {
            return client.cache(
                    "vague",
                    CachePolicy.builder()
                            .tier(Tier.TWO_LEVEL)
                            .valueType(String.class)
                            .build());
        }
    }

    @Test
    void leavesCachesAloneThatTheApplicationHasMade() {
        shared.withBean(Vague.class)
                .withUserConfiguration(MadeInCode.class)
                .run(context -> assertThat(policy(context, "vague").valueType()).contains(String.class));
    }

    @Test
    void aBeansMethodsMayTellLaterWhatItsLoaderDoesNot() {
        shared.withBean(VagueLoader.class)
                .withBean("clear", Clear.class, Clear::new, bean -> bean.setLazyInit(true))
                .withPropertyValues("hamster.cache.caches.vague.tier=remote")
                .run(context -> {
                    context.getBean(Clear.class);
                    assertThat(policy(context, "vague").valueType()).contains(String.class);
                });
    }

    @Test
    void aCustomizerMayPlaceACache() {
        shared.withBean(
                        CachePolicyCustomizer.class,
                        () -> (name, policy) -> policy.tier(Tier.REMOTE).valueType(List.class))
                .run(context -> assertThat(policy(context, "any").tier()).isEqualTo(Tier.REMOTE));
    }

    @Test
    void keepsEverythingLocalWithoutASharedTier() {
        local.withBean(Users.class)
                .withPropertyValues(
                        "hamster.cache.remote.enabled=false",
                        "hamster.cache.defaults.tier=two-level",
                        "hamster.cache.defaults.local-ttl=1s",
                        "hamster.cache.defaults.compress-above=1KB")
                .run(context -> {
                    assertThat(context.getBean(Users.class).find(1)).isEqualTo("user 1");
                    assertThat(policy(context, "users")).isEqualTo(CachePolicy.defaults());
                    assertThat(policy(context, "others")).isEqualTo(CachePolicy.defaults());
                    assertThat(context.getBean(HamsterFeature.class)).isEqualTo(new HamsterFeature("caches", "local"));
                });
    }

    @Test
    void saysWhatToAddWithoutRedis() {
        ApplicationContextRunner users = local.withBean(Users.class);
        users.withClassLoader(new FilteredClassLoader("org.springframework.data.redis", "io.lettuce"))
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("Cache 'users' has tier TWO_LEVEL")
                        .hasMessageContaining("<artifactId>spring-boot-starter-data-redis</artifactId>")
                        .hasMessageContaining("hamster.cache.caches.users.tier=local"));
        users.run(context ->
                assertThat(CacheTestContexts.refusal(context)).hasMessageContaining("spring-boot-starter-jackson"));
        users.withBean(io.hamster.Codec.class, () -> SharedTiers.alone().codec())
                .run(context -> assertThat(CacheTestContexts.refusal(context)).hasMessageContaining("host: localhost"));
    }

    @Test
    void tellsOthersWhereThereIsAWay() {
        ApplicationContextRunner telling = shared.withPropertyValues("hamster.cache.caches.users.tells-others=true");
        telling.run(context -> {
            CachePolicy users = policy(context, "users");
            assertThat(users.tier()).isEqualTo(Tier.LOCAL);
            assertThat(users.tellsOthers()).isTrue();
            assertThat(policy(context, "others").tellsOthers()).isFalse();
        });
        telling.withPropertyValues("hamster.cache.remote.enabled=false")
                .run(context ->
                        assertThat(policy(context, "users").tellsOthers()).isFalse());
        local.withPropertyValues("hamster.cache.caches.users.tells-others=true")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageStartingWith("hamster.cache.caches.users.tells-others is set, but")
                        .hasMessageContaining("hamster.cluster.mode=cluster"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.cache.caches.users.tier=two-level      | Cache 'users' has tier TWO_LEVEL
            hamster.cache.caches.users.load-scope=cluster  | Cache 'users' has loadScope CLUSTER
            hamster.cache.defaults.tier=two-level          | hamster.cache.defaults has tier TWO_LEVEL
            hamster.cache.defaults.tier=remote             | Or set hamster.cache.defaults.tier=local
            hamster.cache.defaults.load-scope=cluster      | hamster.cache.defaults has loadScope CLUSTER
            hamster.cache.defaults.tells-others=true       | hamster.cache.defaults.tells-others is set, but
            """)
    void refusesAtStartWhatNothingCanBeSharedOver(String property, String message) {
        local.withPropertyValues(property)
                .run(context -> assertThat(CacheTestContexts.refusal(context)).hasMessageContaining(message));
        shared.withPropertyValues(property).run(context -> assertThat(context).hasNotFailed());
        local.withPropertyValues(property, "hamster.cache.remote.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void aCustomizerMayKeepLocalWhatNothingCanBeSharedOver() {
        local.withBean(CachePolicyCustomizer.class, () -> (name, policy) -> policy.tier(Tier.LOCAL))
                .withPropertyValues(
                        "hamster.cache.defaults.tier=two-level", "hamster.cache.caches.users.tier=two-level")
                .run(context -> assertThat(policy(context, "users").tier()).isEqualTo(Tier.LOCAL));
        local.withBean(CachePolicyCustomizer.class, () -> (name, policy) -> policy.maxSize(7))
                .withPropertyValues("hamster.cache.caches.users.tier=two-level")
                .run(context -> assertThat(CacheTestContexts.refusal(context))
                        .hasMessageContaining("Cache 'users' has tier TWO_LEVEL"));
    }

    @Test
    void saysInTheStartUpLineWhatIsShared() {
        shared.run(context ->
                assertThat(context.getBean(HamsterFeature.class)).isEqualTo(new HamsterFeature("caches", "local")));
        shared.withBean(Users.class)
                .run(context -> assertThat(context.getBean(HamsterFeature.class))
                        .isEqualTo(new HamsterFeature("caches", "local and in memory")));
        shared.withPropertyValues("hamster.cache.caches.users.tier=remote")
                .run(context -> assertThat(context.getBean(HamsterFeature.class))
                        .isEqualTo(new HamsterFeature("caches", "local and in memory")));
    }

    @Test
    void isHealthyWithoutSharedCachesWhateverTheTierDoes() {
        shared.run(context -> {
            context.getBean(CacheClient.class).cache("local");
            assertThat(context.getBean(HamsterHealthPart.class).indicator().health())
                    .satisfies(health -> assertThat(health.getStatus()).isEqualTo(Status.UP))
                    .satisfies(health -> assertThat(health.getDetails())
                            .containsEntry("store", "local")
                            .containsEntry("scope", "this JVM only"));
        });
    }

    @Test
    void saysInHealthHowFarSharingReaches() {
        shared.withBean(Users.class).run(context -> {
            assertThat(context.getBean(HamsterHealthPart.class)
                            .indicator()
                            .health()
                            .getDetails())
                    .containsEntry("store", "local and memory")
                    .containsEntry("scope", "this test");
        });
    }

    public static class Users {

        @Cached(name = "users", key = "#id", tier = Tier.TWO_LEVEL, localTtl = "10s", loadScope = LoadScope.CLUSTER)
        public String find(long id) {
            return "user " + id;
        }

        @CacheUpdate(name = "users", key = "#id")
        public String save(long id, String user) {
            return user;
        }
    }

    static class RemoteUsers {

        @Cached(name = "users", key = "#id", tier = Tier.REMOTE)
        public String find(long id) {
            return "user " + id;
        }
    }

    static class BriefUsers {

        @Cached(name = "users", key = "#id", localTtl = "1m")
        public String find(long id) {
            return "user " + id;
        }
    }

    static class Ages {

        @Cached(name = "users", key = "#id")
        public int find(long id) {
            return 7;
        }
    }

    static class Vague {

        @Cached(name = "vague", key = "#id", tier = Tier.REMOTE)
        public Object find(long id) {
            return "something";
        }
    }

    static class Clear {

        @CacheUpdate(name = "vague", key = "#id")
        public String save(long id) {
            return "something";
        }
    }

    @ForCache("vague")
    static class VagueLoader<V> implements CacheLoader<Long, V> {

        @Override
        public @Nullable V load(Long key) {
            return null;
        }
    }
}
