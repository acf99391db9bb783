package io.hamster.spring.actuate;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockRequest;
import io.hamster.lock.LockStore;
import io.hamster.spring.HamsterAutoConfiguration;
import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.cluster.HamsterClusterAutoConfiguration;
import io.hamster.spring.codec.HamsterCodecAutoConfiguration;
import io.hamster.spring.hash.HamsterHashAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import tools.jackson.databind.json.JsonMapper;

class HamsterEndpointTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterCodecAutoConfiguration.class,
                    HamsterLockAutoConfiguration.class,
                    HamsterCacheAutoConfiguration.class,
                    HamsterHashAutoConfiguration.class,
                    HamsterClusterAutoConfiguration.class,
                    HamsterActuatorAutoConfiguration.class))
            .withPropertyValues(
                    "hamster.test.manual-time=true",
                    "management.endpoints.web.exposure.include=hamster",
                    "hamster.cluster.node-name=here",
                    "hamster.hash.peers[0].id=a",
                    "hamster.hash.peers[0].address=127.0.0.1:1",
                    "hamster.hash.peers[1].id=b",
                    "hamster.hash.peers[1].address=127.0.0.1:2");

    private static HamsterOverview overview(ApplicationContext context) {
        return context.getBean(HamsterEndpoint.class).overview();
    }

    @Test
    void showsEveryConcernAtOneGlance() {
        runner.run(context -> {
            context.getBean(LockClient.class).lock(LockRequest.of("customer-4711"));
            HamsterCache<String, String> cache =
                    context.getBean(CacheClient.class).cache("users");
            cache.get("customer-4711", key -> "Ann");
            cache.get("customer-4711", key -> "Ann");
            context.getBean(CacheClient.class).cache("unread");

            HamsterOverview overview = overview(context);

            assertThat(overview.locks()).isEqualTo(new HamsterOverview.Locks("memory", "this JVM only", 1, 0));
            assertThat(overview.caches())
                    .containsExactly(
                            new HamsterOverview.Cache("unread", "local", 0, 1000, null),
                            new HamsterOverview.Cache("users", "local", 1, 1000, 0.5));
            assertThat(overview.peers()).satisfies(peers -> {
                assertThat(peers.alive()).isEqualTo(2);
                assertThat(peers.all()).isEqualTo(2);
                assertThat(peers.balance()).isBetween(0.5, 1.0);
            });
            assertThat(overview.cluster())
                    .isEqualTo(new HamsterOverview.Cluster("single", "here", "leader", "here", 0, 1, 1, List.of()));
            assertThat(new JsonMapper().writeValueAsString(overview)).doesNotContain("4711", "Ann");
        });
    }

    @Test
    void leavesOutWhatIsTurnedOff() {
        runner.withPropertyValues("hamster.lock.enabled=false", "hamster.cache.enabled=false")
                .run(context -> {
                    assertThat(overview(context).locks()).isNull();
                    assertThat(overview(context).caches()).isNull();
                    assertThat(overview(context).cluster()).isNotNull();
                });
    }

    /** A store that never answers stands for one that is away, paused, or at the end of a bad line. */
    @Test
    @Timeout(60)
    void asksNoStore() {
        LockStore silent = (LockStore) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {LockStore.class}, (proxy, method, arguments) -> {
                    if (method.getReturnType() == void.class) {
                        return null;
                    }
                    return switch (method.getName()) {
                        case "listen" -> (LockStore.Registration) () -> {};
                        case "ordersWaiters" -> false;
                        case "hashCode" -> System.identityHashCode(proxy);
                        case "equals" -> proxy == arguments[0];
                        case "toString" -> "silent";
                        default -> new CompletableFuture<>();
                    };
                });
        // In real time: the end of the client is bounded by the time that a command may take.
        runner.withPropertyValues("hamster.test.manual-time=false", "hamster.lock.command-timeout=100ms")
                .withBean(LockStore.class, () -> silent)
                .run(context -> {
                    context.getBean(LockClient.class).lockAsync(LockRequest.of("k"));

                    assertThat(overview(context).locks())
                            .isEqualTo(new HamsterOverview.Locks("custom", "as far as that store reaches", 0, 1));
                });
    }

    @Test
    void backsOffUnlessItIsExposedAndWithoutActuator() {
        runner.withPropertyValues("management.endpoints.web.exposure.include=health")
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean(HamsterEndpoint.class));
        runner.withClassLoader(
                        new FilteredClassLoader(Endpoint.class.getPackageName(), "org.springframework.boot.actuate"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(HamsterEndpoint.class)
                        .doesNotHaveBean(HamsterOverviewPart.class));
    }

    @Test
    void canOnlyBeRead() {
        assertThat(HamsterEndpoint.class.getAnnotation(Endpoint.class).defaultAccess())
                .hasToString("READ_ONLY");
        assertThat(HamsterEndpoint.class.getDeclaredMethods())
                .filteredOn(method -> !method.isSynthetic())
                .extracting("name")
                .containsExactly("overview");
    }
}
