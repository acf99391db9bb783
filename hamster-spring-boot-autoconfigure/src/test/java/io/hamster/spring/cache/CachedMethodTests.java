package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.Cached;
import io.hamster.spring.HamsterAutoConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class CachedMethodTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    HamsterAutoConfiguration.class,
                    HamsterCacheAutoConfiguration.class,
                    AopAutoConfiguration.class,
                    MetricsAutoConfiguration.class,
                    SimpleMetricsExportAutoConfiguration.class,
                    CompositeMeterRegistryAutoConfiguration.class))
            .withBean(Events.class);

    @Test
    void runsTheMethodOnceForEachKeyUntilItIsInvalidated() {
        runner.run(context -> {
            Events events = context.getBean(Events.class);
            assertThat(events.find(1)).isEqualTo("event 1 #1");
            assertThat(events.find(1)).isEqualTo("event 1 #1");
            assertThat(events.find(2)).isEqualTo("event 2 #2");
            events.change(1);
            assertThat(events.find(1)).isEqualTo("event 1 #3");
            assertThat(events.find(2)).isEqualTo("event 2 #2");

            MeterRegistry registry = context.getBean(MeterRegistry.class);
            assertThat(registry.get("cache.gets")
                            .tag("cache", "events")
                            .tag("result", "miss")
                            .functionCounter()
                            .count())
                    .isEqualTo(3);
            assertThat(registry.get("cache.gets")
                            .tag("cache", "events")
                            .tag("result", "hit")
                            .functionCounter()
                            .count())
                    .isEqualTo(2);
            assertThat(registry.get("cache.puts")
                            .tag("cache", "events")
                            .functionCounter()
                            .count())
                    .isEqualTo(3);
        });
    }

    static class Events {

        private final AtomicInteger runs = new AtomicInteger();

        @Cached(name = "events", key = "#id")
        public String find(long id) {
            return "event " + id + " #" + runs.incrementAndGet();
        }

        @CacheInvalidate(name = "events", key = "#id")
        public void change(long id) {}
    }
}
