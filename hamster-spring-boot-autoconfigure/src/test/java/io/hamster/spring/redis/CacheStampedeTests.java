package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.LoadScope;
import io.hamster.cache.Tier;
import io.hamster.spring.redis.Stampeder.Round;
import io.hamster.testing.JavaProcess;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.springframework.data.redis.core.StringRedisTemplate;

/** Processes whose many threads ask for one cold key at the same time, also while one of them is killed. */
@RedisTest
@TestInstance(Lifecycle.PER_CLASS)
class CacheStampedeTests {

    private static final int PROCESSES = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private final int port;
    private final RedisFixture fixture;
    private final StringRedisTemplate redis;
    private final String namespace = "stampede-" + UUID.randomUUID();
    private final Map<String, JavaProcess> processes = new TreeMap<>();
    private int started;
    private int rounds;

    CacheStampedeTests(RedisDeployment deployment) {
        port = deployment.addresses().get(0).getPort();
        fixture = RedisFixture.on(deployment);
        redis = new StringRedisTemplate(fixture.factory);
        redis.afterPropertiesSet();
    }

    @AfterAll
    void close() {
        processes.values().forEach(JavaProcess::close);
        fixture.close();
    }

    @BeforeEach
    void startThoseThatAreMissing() {
        while (processes.size() < PROCESSES) {
            String name = "process-" + ++started;
            processes.put(
                    name,
                    JavaProcess.start(
                            directory.resolve(name),
                            Stampeder.class,
                            List.of(name, Integer.toString(port), namespace)));
        }
        await().atMost(PATIENCE)
                .until(() -> redis.opsForSet().members(namespace + ":ready").containsAll(processes.keySet()));
    }

    private enum Shape {
        TWO_LEVELS(Tier.TWO_LEVEL, LoadScope.CLUSTER),
        RELAY(Tier.LOCAL, LoadScope.CLUSTER),
        EACH_BY_ITSELF(Tier.TWO_LEVEL, LoadScope.JVM);

        private final Tier tier;
        private final LoadScope scope;

        Shape(Tier tier, LoadScope scope) {
            this.tier = tier;
            this.scope = scope;
        }
    }

    private Round announce(Shape shape, boolean isKilled) {
        int firstLoads = shape.scope == LoadScope.CLUSTER ? 1 : PROCESSES;
        Round round = new Round(++rounds, shape.tier, shape.scope, PROCESSES * Stampeder.THREADS, firstLoads, isKilled);
        redis.opsForValue().set(namespace + ":round", round.line());
        return round;
    }

    private List<String> list(Round round, String what) {
        return redis.opsForList().range(Stampeder.key(namespace, round.number(), what), 0, -1);
    }

    private Map<String, Long> answers(Round round, int count) {
        await().atMost(PATIENCE).until(() -> list(round, "answers").size() == count);
        return list(round, "answers").stream()
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "EACH_BY_ITSELF")
    void oneProcessLoadsForAll(Shape shape) {
        Round round = announce(shape, false);

        Map<String, Long> answers = answers(round, round.callers());

        assertThat(list(round, "loads")).hasSize(1);
        assertThat(answers)
                .containsOnly(Map.entry("loaded by " + list(round, "loads").get(0), (long) round.callers()));
    }

    @ParameterizedTest
    @EnumSource(names = "EACH_BY_ITSELF")
    void eachProcessLoadsOnce(Shape shape) {
        Round round = announce(shape, false);

        Map<String, Long> answers = answers(round, round.callers());

        assertThat(list(round, "loads")).containsExactlyInAnyOrderElementsOf(processes.keySet());
        assertThat(answers).allSatisfy((answer, count) -> assertThat(answer).startsWith("loaded by "));
    }

    @ParameterizedTest
    @EnumSource
    void aProcessThatIsKilledWhileItLoadsCostsOneMoreLoad(Shape shape) {
        Round round = announce(shape, true);
        await().atMost(PATIENCE)
                .until(() -> list(round, "loads").size() >= round.firstLoads()
                        && Integer.toString(round.callers())
                                .equals(redis.opsForValue().get(Stampeder.key(namespace, round.number(), "begun"))));
        // Longer than a lease that nobody renews.
        RedisFixture.pass(Stampeder.LEASE.multipliedBy(5).dividedBy(4));
        assertThat(list(round, "loads")).hasSize(round.firstLoads());
        String killed = list(round, "loads").get(0);
        processes.remove(killed).kill();

        Map<String, Long> answers = answers(round, round.callers() - Stampeder.THREADS);

        List<String> loads = list(round, "loads");
        if (shape.scope == LoadScope.CLUSTER) {
            assertThat(loads).hasSize(2);
            assertThat(answers).containsOnlyKeys("loaded by " + loads.get(1));
        } else {
            assertThat(loads).hasSize(PROCESSES);
            assertThat(new HashSet<>(loads)).hasSize(PROCESSES);
            assertThat(answers).allSatisfy((answer, count) -> assertThat(answer).startsWith("loaded by "));
        }
    }
}
