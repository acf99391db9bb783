package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What nobody reads is refused rather than passed by. */
@ExtendWith(OutputCaptureExtension.class)
class MisspeltPropertyTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class,
                    HamsterAutoConfiguration.class,
                    HamsterDisabledAutoConfiguration.class,
                    HamsterLockAutoConfiguration.class,
                    HamsterCacheAutoConfiguration.class));

    /** Of parts in use and others: what only production uses shouldn't fail only there. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hamster.lock.leese                          | aspect-order, command-timeout, drift-margin
            hamster.lock.retry.cuont                    | Below hamster.lock.retry there are base, cap, count, jitter, strategy.
            hamster.lock.redis.wait-replica             | Below hamster.lock.redis there are cool-down, wait-replicas, wait-timeout.
            hamster.lock.lease.seconds                  | Nothing is below hamster.lock.lease.
            hamster.cache.defaults.write-back.batch     | batch-size
            hamster.cache.caches.books.tll              | Below hamster.cache.caches.books there are bloom, compress-above
            hamster.cache.caches[a.b].tll               | Below hamster.cache.caches[a.b] there are bloom, compress-above
            hamster.cluster.nodes[1].prot               | Below hamster.cluster.nodes[1] there are host, local, name, port, raft-port.
            hamster.cluster.tls.bundel                  | Below hamster.cluster.tls there are bundle.
            hamster.hash.peers[0].wieght                | Below hamster.hash.peers[0] there are address, id, weight.
            hamster.hash.load-balancer.headr            | Below hamster.hash.load-balancer there are enabled, header, services.
            hamster.hash.load-balancer.services[0].name | Nothing is below hamster.hash.load-balancer.services[0].
            hamster.hash.peers.first.id                 | hamster.hash.peers is a list: write hamster.hash.peers[0], hamster.hash.peers[1] and so on.
            hamster.hash.load-balancer.services.x       | hamster.hash.load-balancer.services is a list
            hamster.lock.commandTimout                  | command-timeout
            hamster.lock.retry                          | Below hamster.lock.retry there are base, cap, count, jitter, strategy.
            hamster.console                             | Below hamster.console there are enabled, poll-interval.
            hamster.console.enable                      | Below hamster.console there are enabled, poll-interval.
            hamster.test.manual                         | lone-peer, manual-time, memory-journals
            """)
    void stopsTheStart(String name, String suggestion) {
        runner.withPropertyValues(name + "=1").run(context -> {
            assertThat(context).getFailure().isInstanceOfSatisfying(HamsterConfigurationException.class, refusal -> {
                assertThat(refusal.description()).isEqualTo(name + " (test) isn't a property of Hamster.");
                assertThat(refusal.action()).contains(suggestion);
            });
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "hamster.lock.command-timeout=1s",
                "hamster.lock.commandTimeout=1s",
                "hamster.lock.command_timeout=1s",
                "hamster.lock.COMMAND-TIMEOUT=1s",
                "hamster.lock.retry.count=2",
                "hamster.cache.caches.books.ttl=1m",
                "hamster.cache.caches.[a.b].ttl=1m",
                "hamster.cache.caches[a.b].max-size=5",
                "hamster.cluster.nodes[12].raft-port=7800",
                "hamster.hash.load-balancer.services=a,b",
                "hamster.hash.load-balancer.services[0]=a",
                "hamster.cluster.raft.snapshot-every=5",
                "hamsters.lock.leese=1s",
                "hamster.hash.peers.0.id=a",
                "hamster.hash.peers=",
                "hamster.lock.retry="
            })
    void allowsWhatIsKnownHoweverItIsWritten(String property, CapturedOutput output) {
        runner.withPropertyValues(property).run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("Hamster has no property");
    }

    @Test
    void warnsOfWhatMayBeSomebodyElses(CapturedOutput output) {
        runner.withPropertyValues("hamster.enabeld=secret", "hamster.lokc.lease=secret", "hamster=secret")
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output)
                .containsOnlyOnce(
                        "Hamster has no property hamster.enabeld (test), and no hamster.lokc.lease (test), and no hamster (test);")
                .containsOnlyOnce(
                        "Below hamster there are cache, cluster, console, enabled, hash, lock, redis, test, web.")
                .doesNotContain("secret");
    }

    @Test
    void saysWhereEachIs() {
        PropertySource<?> yaml = yaml("""
                hamster:
                  lock:
                    leese: 5m
                    retry:
                      cuont: 3
                """);
        runner.withInitializer(
                        context -> context.getEnvironment().getPropertySources().addFirst(yaml))
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOfSatisfying(
                                HamsterConfigurationException.class,
                                refusal -> assertThat(refusal.description()).isEqualTo("""
                                        hamster.lock.leese (Byte array resource [shop.yml] - 3:12) isn't a property of Hamster.
                                        hamster.lock.retry.cuont (Byte array resource [shop.yml] - 5:14) isn't a property of Hamster.""")));
    }

    @Test
    void saysAllPlaces() {
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .addLast(new MapPropertySource("second", Map.of("hamster.lock.leese", "1s"))))
                .withPropertyValues("hamster.lock.leese=1s")
                .run(context -> assertThat(context)
                        .getFailure()
                        .hasMessageContainingAll("hamster.lock.leese (test)", "hamster.lock.leese (second)"));
    }

    /** As those of containers do until they are started. */
    @Test
    void aNameIsToldThoughItsValueCanNotBeRead() {
        PropertySource<?> failing =
                new MapPropertySource("failing", Map.of("hamster.lock.leese", "", "hamster.mine", "")) {
                    @Override
                    public @Nullable Object getProperty(String name) {
                        if (containsProperty(name)) {
                            throw new IllegalStateException("There is no value yet");
                        }
                        return null;
                    }
                };
        runner.withInitializer(
                        context -> context.getEnvironment().getPropertySources().addLast(failing))
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(HamsterConfigurationException.class)
                        .hasMessageStartingWith("hamster.lock.leese (failing) isn't a property"));
    }

    /** A Kubernetes service named hamster sets HAMSTER_PORT for every container beside it. */
    @Test
    void passesOverEnvironmentVariablesAndSystemProperties(CapturedOutput output) {
        Map<String, Object> variables = Map.of("HAMSTER_LOCK_LEESE", "1s", "HAMSTER_PORT", "1");
        Map<String, Object> properties = Map.of("hamster.lock.leese", "1s", "hamster.port", "1");
        runner.withInitializer(context -> {
                    MutablePropertySources sources = context.getEnvironment().getPropertySources();
                    for (String name : List.of("systemEnvironment", "test-systemEnvironment")) {
                        sources.remove(name);
                        sources.addLast(new SystemEnvironmentPropertySource(name, variables));
                    }
                    sources.replace("systemProperties", new MapPropertySource("systemProperties", properties));
                })
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("Hamster has no property");
    }

    @Test
    void nothingIsCheckedWhereHamsterIsOff() {
        runner.withPropertyValues("hamster.enabled=false", "hamster.lock.leese=1s")
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static PropertySource<?> yaml(String content) {
        try {
            return new YamlPropertySourceLoader()
                    .load("shop", new ByteArrayResource(content.getBytes(StandardCharsets.UTF_8), "shop.yml"))
                    .get(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
