package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.TimeSource;
import io.hamster.lock.CircuitLockStore;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockUnavailableException;
import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.HamsterFeature;
import io.hamster.spring.actuate.HamsterHealthPart;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import io.hamster.spring.lock.LockStoreHealth;
import io.hamster.spring.lock.LockStoreInfo;
import io.hamster.testing.ManualTime;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisProxy;
import io.hamster.testing.redis.RedisTest;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

@RedisTest
@ExtendWith(OutputCaptureExtension.class)
class HamsterRedisAutoConfigurationTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** Of a key that no other test leaves locked. */
    private final LockRequest request = LockRequest.of("k-" + UUID.randomUUID());

    private final URI address;
    private final ApplicationContextRunner bare = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterLockAutoConfiguration.class,
                    HamsterRedisAutoConfiguration.class))
            .withPropertyValues(
                    "spring.application.name=shop", "hamster.lock.store=redis", "hamster.lock.command-timeout=20s");
    private final ApplicationContextRunner runner;

    HamsterRedisAutoConfigurationTests(RedisDeployment redis) {
        address = redis.addresses().get(0);
        runner = at(address.getPort());
    }

    private ApplicationContextRunner at(int port) {
        return bare.withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
                .withPropertyValues("spring.data.redis.host=" + address.getHost(), "spring.data.redis.port=" + port);
    }

    private static Health health(AssertableApplicationContext context) {
        return context.getBean(HamsterHealthPart.class).indicator().health();
    }

    @Test
    void keepsLocksInRedisAndSaysSo() {
        runner.run(context -> {
            assertThat(context).getBean(LockStore.class).isInstanceOf(CircuitLockStore.class);
            assertThat(context.getBean(HamsterFeature.class))
                    .isEqualTo(new HamsterFeature("locks", "in redis (all instances with the namespace 'shop')"));
            try (LockHandle handle =
                    context.getBean(LockClient.class).tryLock(request).orElseThrow()) {
                assertThat(handle.isValid()).isTrue();
            }
            await().untilAsserted(() -> assertThat(health(context)).satisfies(health -> {
                assertThat(health.getStatus()).isEqualTo(Status.UP);
                assertThat(health.getDetails())
                        .containsEntry("redis", "connected")
                        .containsEntry("wakeUps", "publish/subscribe")
                        .containsEntry("maxmemoryPolicy", "noeviction");
            }));
        });
    }

    @Test
    void sharesLocksWithinANamespaceOnly() {
        runner.run(one -> runner.run(two -> runner.withPropertyValues("hamster.redis.namespace=other")
                .run(other -> {
                    assertThat(one.getBean(LockClient.class).tryLock(request)).isPresent();
                    assertThat(two.getBean(LockClient.class).tryLock(request)).isEmpty();
                    assertThat(other.getBean(LockClient.class).tryLock(request)).isPresent();
                })));
    }

    @Test
    void leavesLocksInMemoryUnlessToldOtherwise() {
        runner.withPropertyValues("hamster.lock.store=memory")
                .run(context -> assertThat(context)
                        .doesNotHaveBean(RedisLocks.class)
                        .getBean(LockStore.class)
                        .isInstanceOf(MemoryLockStore.class));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hamster.enabled=false", "hamster.lock.enabled=false"})
    void backsOffWhenDisabled(String property) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(RedisLocks.class));
    }

    @Test
    void refusesAnApplicationsOwnStoreBesideIt() {
        runner.withBean("mine", LockStore.class, HamsterRedisAutoConfigurationTests::inMemory)
                .run(context -> assertThat(problem(context).description())
                        .isEqualTo("hamster.lock.store is redis, but locks would be in the application's own LockStore"
                                + " bean 'mine'."));
    }

    @Test
    void backsOffWhenUserProvidesLockStore() {
        runner.withBean("mine", LockStore.class, HamsterRedisAutoConfigurationTests::inMemory)
                .withBean(LockStoreInfo.class, () -> new LockStoreInfo("redis", "in Redis", "all instances on it"))
                .run(context -> assertThat(context)
                        .doesNotHaveBean(RedisLocks.class)
                        .getBean(LockStore.class)
                        .isSameAs(context.getBean("mine")));
    }

    private static LockStore inMemory() {
        return new MemoryLockStore(TimeSource.system(), new ManualTime().scheduler());
    }

    @Test
    void startsWhileRedisIsDownAndGoesOnWhenItIsBack() {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            proxy.refuse(true);
            at(proxy.port())
                    .withPropertyValues("hamster.lock.command-timeout=2s")
                    .run(context -> {
                        assertThat(context).hasNotFailed();
                        LockClient client = context.getBean(LockClient.class);
                        assertThatExceptionOfType(LockUnavailableException.class)
                                .isThrownBy(() -> client.tryLock(request));
                        assertThat(health(context).getStatus()).isEqualTo(Status.DOWN);

                        proxy.refuse(false);

                        await().atMost(Duration.ofSeconds(60))
                                .ignoreExceptionsInstanceOf(LockUnavailableException.class)
                                .until(() -> client.tryLock(request), Optional::isPresent);
                        await().untilAsserted(() ->
                                assertThat(health(context).getStatus()).isEqualTo(Status.UP));
                    });
        }
    }

    @Test
    void healthNoticesARedisThatHangsThoughNobodyAsksForLocks() {
        try (RedisProxy proxy = RedisProxy.to(address.getPort())) {
            at(proxy.port())
                    .withPropertyValues("hamster.lock.command-timeout=500ms")
                    .run(context -> {
                        await().atMost(PATIENCE)
                                .untilAsserted(() -> assertThat(health(context).getDetails())
                                        .containsEntry("redis", "connected")
                                        .containsEntry("wakeUps", "publish/subscribe"));

                        proxy.holdReplies();
                        await().atMost(PATIENCE)
                                .untilAsserted(() ->
                                        assertThat(health(context).getStatus()).isEqualTo(Status.DOWN));
                        assertThat(health(context).getDetails())
                                .containsEntry("redis", "away")
                                .containsKey("awaySince");

                        proxy.passReplies();
                        await().atMost(PATIENCE)
                                .untilAsserted(() ->
                                        assertThat(health(context).getStatus()).isEqualTo(Status.UP));
                    });
        }
    }

    @Test
    void anApplicationMayTellTheHealthOfLocksItself() {
        LockStoreHealth own = new LockStoreHealth() {
            @Override
            public boolean isUp() {
                return true;
            }

            @Override
            public Map<String, Object> details() {
                return Map.of();
            }
        };
        runner.withBean("own", LockStoreHealth.class, () -> own)
                .run(context -> assertThat(
                                context.getBeanProvider(LockStoreHealth.class).getIfAvailable())
                        .isSameAs(own));
    }

    @Test
    void followsAContextThatIsStoppedAndStarted() {
        runner.run(context -> {
            LockClient client = context.getBean(LockClient.class);
            assertThat(client.tryLock(request)).isPresent();
            AbstractApplicationContext application = (AbstractApplicationContext) context.getSourceApplicationContext();

            application.stop();
            runner.run(other ->
                    assertThat(other.getBean(LockClient.class).tryLock(request)).isPresent());
            application.start();

            await().atMost(Duration.ofSeconds(10))
                    .ignoreExceptionsInstanceOf(LockUnavailableException.class)
                    .until(() -> client.tryLock(request), Optional::isPresent);
        });
    }

    @Test
    void closesQuietly(CapturedOutput output) {
        runner.run(context ->
                assertThat(context.getBean(LockClient.class).tryLock(request)).isPresent());

        assertThat(output).doesNotContain("already closed", "Can't connect", "ERROR");
    }

    @Test
    void leavesNeitherThreadsNorConnectionsBehindAfter20Starts() {
        LettuceConnectionFactory factory = RedisFixture.factory(address);
        factory.afterPropertiesSet();
        factory.start();
        try (RedisConnection redis = factory.getConnection()) {
            Set<Thread> threads = Remains.threads();
            Set<String> connections = Remains.connections(redis);

            for (int i = 0; i < 20; i++) {
                runner.run(context -> {
                    assertThat(context.getBean(LockClient.class).tryLock(request))
                            .isPresent();
                    assertThat(Remains.connections(redis)).anyMatch(id -> !connections.contains(id));
                });
            }

            await().untilAsserted(() -> assertThat(Remains.threads()).isSubsetOf(threads));
            await().untilAsserted(
                            () -> assertThat(Remains.connections(redis)).hasSizeLessThanOrEqualTo(connections.size()));
        } finally {
            factory.destroy();
        }
    }

    @Test
    void warnsWhereNobodyNamedTheApplication(CapturedOutput output) {
        runner.withPropertyValues("spring.application.name=")
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).containsOnlyOnce("Set spring.application.name or hamster.redis.namespace");
    }

    @Test
    void saysWhatToAddWithoutSpringDataRedis() {
        bare.withClassLoader(new FilteredClassLoader("org.springframework.data.redis", "io.lettuce"))
                .run(context -> assertThat(problem(context).action())
                        .contains("<artifactId>spring-boot-starter-data-redis</artifactId>"));
    }

    @Test
    void saysWhatToAddWithoutAConnectionFactory() {
        bare.run(context -> {
            HamsterConfigurationException problem = problem(context);
            assertThat(problem.description()).contains("no RedisConnectionFactory bean");
            assertThat(problem.action()).contains("spring-boot-starter-data-redis", "host: localhost");
        });
    }

    @Test
    void asksWhichOfSeveralConnectionFactories() {
        ApplicationContextRunner several = bare.withBean("first", RedisConnectionFactory.class, this::factory)
                .withBean("second", RedisConnectionFactory.class, this::factory);

        several.run(context -> {
            HamsterConfigurationException problem = problem(context);
            assertThat(problem.description()).contains("first, second");
            assertThat(problem.action()).contains("connection-factory: first");
        });
        several.withPropertyValues("hamster.redis.connection-factory=second")
                .run(context -> assertThat(context.getBean(LockClient.class).tryLock(request))
                        .isPresent());
        several.withPropertyValues("hamster.redis.connection-factory=third").run(context -> {
            HamsterConfigurationException problem = problem(context);
            assertThat(problem.description()).contains("'third'");
            assertThat(problem.action()).contains("first, second");
        });
    }

    private RedisConnectionFactory factory() {
        return RedisFixture.factory(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hamster.redis.namespace=a{b}",
                "hamster.redis.namespace=a*",
                "hamster.lock.redis.wait-replicas=-1",
                "hamster.lock.redis.wait-timeout=0s",
                "hamster.lock.redis.cool-down=2m"
            })
    void refusesWhatIsOutOfRange(String property) {
        runner.withPropertyValues(property)
                .run(context -> assertThat(problem(context).description())
                        .contains(property.substring(0, property.indexOf('='))));
    }

    @Test
    void hasItsScriptsInNativeImages() {
        RuntimeHints hints = new RuntimeHints();
        new HamsterRedisAutoConfiguration.Scripts().registerHints(hints, null);

        assertThat(List.of("acquire", "release", "renew"))
                .allSatisfy(name -> assertThat(RuntimeHintsPredicates.resource()
                                .forResource("io/hamster/spring/redis/lock-" + name + ".lua"))
                        .accepts(hints));
    }

    private static HamsterConfigurationException problem(AssertableApplicationContext context) {
        assertThat(context).hasFailed();
        Throwable cause = context.getStartupFailure();
        while (!(cause instanceof HamsterConfigurationException) && cause.getCause() != null) {
            cause = cause.getCause();
        }
        assertThat(cause).isInstanceOf(HamsterConfigurationException.class);
        return (HamsterConfigurationException) cause;
    }
}
