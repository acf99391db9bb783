package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.spring.cache.HamsterCacheAutoConfiguration;
import io.hamster.spring.lock.HamsterLockAutoConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
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
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
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
            hamster.hash.load-balancer.services[0].name | Nothing is below hamster.hash.load-balancer.services[0].
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
                "hamster=1",
                "hamster.lock.retry="
            })
    void allowsWhatIsKnownHoweverItIsWritten(String property, CapturedOutput output) {
        runner.withPropertyValues(property).run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("isn't a property");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hamster.enabeld", "hamster.lokc.lease"})
    void warnsOfWhatMayBeSomebodyElses(String name, CapturedOutput output) {
        runner.withPropertyValues(name + "=secret")
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output)
                .containsOnlyOnce(
                        name + " (test) isn't a property of Hamster and changes nothing. Below hamster there are"
                                + " cache, cluster, console, enabled, hash, lock, redis, test, web.")
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

    /** A Kubernetes service named hamster sets HAMSTER_PORT for every container beside it. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME
            })
    void passesOverWhatOthersSetToo(String source, CapturedOutput output) {
        Map<String, Object> content = new HashMap<>(Map.of("HAMSTER_LOCK_LEESE", "1s", "HAMSTER_PORT", "1"));
        runner.withInitializer(context -> context.getEnvironment()
                        .getPropertySources()
                        .replace(source, new SystemEnvironmentPropertySource(source, content)))
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output).doesNotContain("isn't a property");
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
