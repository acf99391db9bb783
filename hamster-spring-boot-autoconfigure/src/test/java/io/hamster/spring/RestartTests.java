package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.CacheClient;
import io.hamster.cluster.Cluster;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.Resp;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application that DevTools starts anew at each change: with everything, again and again, by turns alone and with Redis, at
 * once and lazily.
 */
@RedisTest
class RestartTests {

    private static final int STARTS = 20;

    private static final List<String> IN_REDIS = List.of(
            "hamster.lock.store=redis",
            "hamster.cluster.enabled=true",
            "hamster.cluster.mode=redis",
            "hamster.cluster.node-name=a",
            "hamster.cache.caches.items.tier=two-level",
            "hamster.cache.caches.items.value-type=java.lang.String");

    private final URI redis;

    RestartTests(RedisDeployment deployment) {
        redis = deployment.addresses().get(0);
    }

    @Test
    void leavesNeitherThreadsNorConnectionsBehind() {
        try (ConfigurableApplicationContext context = start(false, IN_REDIS)) {
            // Used, so that it gives back a lease that others needn't wait for.
            use(context);
        }
        Set<Thread> threads = threads();
        long connections = connections();

        for (int i = 0; i < STARTS; i++) {
            boolean lazy = i % 4 >= 2;
            try (ConfigurableApplicationContext context = start(lazy, i % 2 == 0 ? List.of() : IN_REDIS)) {
                use(context);
                assertThat(threads()).as("it does run").anyMatch(thread -> !threads.contains(thread));
            }
        }

        await().untilAsserted(() -> assertThat(threads()).isSubsetOf(threads));
        await().untilAsserted(() -> assertThat(connections()).isLessThanOrEqualTo(connections));
    }

    private static void use(ConfigurableApplicationContext context) {
        try (LockHandle lock = context.getBean(LockClient.class).lock(LockRequest.of("restart"))) {
            assertThat(lock.isValid()).isTrue();
        }
        assertThat(context.getBean(CacheClient.class)
                        .<String, String>cache("items")
                        .get("a", key -> key))
                .isEqualTo(Optional.of("a"));
        assertThat(context.getBean(Cluster.class).awaitReady(Duration.ofSeconds(30)))
                .isTrue();
    }

    private ConfigurableApplicationContext start(boolean lazy, List<String> more) {
        List<String> properties = new ArrayList<>(List.of(
                "spring.main.banner-mode=off",
                "spring.main.lazy-initialization=" + lazy,
                "spring.application.name=restart",
                "spring.data.redis.host=" + redis.getHost(),
                "spring.data.redis.port=" + redis.getPort(),
                "hamster.hash.peers[0].id=a",
                "hamster.hash.peers[0].address=127.0.0.1:1"));
        properties.addAll(more);
        return new SpringApplicationBuilder(AutoConfigured.classes())
                .web(WebApplicationType.NONE)
                .registerShutdownHook(false)
                .properties(properties.toArray(String[]::new))
                .run();
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .filter(thread -> thread.getName().matches("(hamster|lettuce|task-|scheduling-).*"))
                .collect(Collectors.toSet());
    }

    private long connections() {
        try (Resp client = Resp.connect(redis.getHost(), redis.getPort())) {
            return ((String) client.command("CLIENT", "LIST")).lines().count();
        }
    }
}
