package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every cache promises of refreshes that keeps entries in this JVM. */
public abstract class CacheRefreshContractTests extends CacheTestBase {

    @Test
    void refreshesAheadInTheBackground() {
        List<Runnable> background = new ArrayList<>();
        HamsterCache<String, String> cache = cache(
                client().executor(background::add),
                policy().defaultTtl(Duration.ofMinutes(10)).refreshAhead(0.5));
        AtomicInteger loads = new AtomicInteger();
        CacheLoader<String, String> loader = key -> "v" + loads.incrementAndGet();
        cache.get("k", loader);
        time.advance(Duration.ofMinutes(4));
        cache.get("k", loader);
        runAll(background);
        assertThat(loads).as("too early").hasValue(1);

        time.advance(Duration.ofMinutes(1));
        assertThat(cache.get("k", loader)).contains("v1");
        assertThat(cache.get("k", loader)).contains("v1");
        runAll(background);

        assertThat(cache.get("k", loader)).contains("v2");
        assertThat(loads).hasValue(2);
        time.advance(Duration.ofMinutes(9));
        assertThat(cache.get("k")).as("the new value has a new time to live").contains("v2");
    }

    private static void runAll(List<Runnable> tasks) {
        List<Runnable> due = List.copyOf(tasks);
        tasks.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void aFailedRefreshKeepsTheValueAndIsTriedAgainLater() {
        HamsterCache<String, String> cache =
                cache(policy().defaultTtl(Duration.ofMinutes(10)).refreshAhead(0.5));
        AtomicInteger failures = new AtomicInteger();
        CacheLoader<String, String> down = key -> {
            failures.incrementAndGet();
            throw new IOException("down");
        };
        cache.put("k", "v");
        time.advance(Duration.ofMinutes(6));

        for (int i = 0; i < 3; i++) {
            assertThat(cache.get("k", down)).contains("v");
        }
        assertThat(failures).hasValue(1);
        time.advance(Duration.ofMinutes(1));

        assertThat(cache.get("k", down)).contains("v");
        assertThat(failures).as("a quarter of the rest later").hasValue(2);
    }

    @Test
    void refreshesLaterWhenTheLoadThatItFoundFailed() throws Exception {
        HamsterCache<String, String> cache =
                cache(policy().defaultTtl(Duration.ofMinutes(10)).refreshAhead(0.5));
        BlockingLoader other = new BlockingLoader();
        Future<Optional<String>> load = loading(cache, other);
        cache.ticket("k").publish("k", Optional.of("v"), EntryOptions.none());
        time.advance(Duration.ofMinutes(6));
        AtomicInteger refreshes = new AtomicInteger();
        CacheLoader<String, String> loader = key -> "v" + refreshes.incrementAndGet();

        assertThat(cache.get("k", loader)).contains("v");
        other.fail(new IOException("down"));
        assertThat(failure(load)).isInstanceOf(CacheLoadException.class);
        assertThat(refreshes).hasValue(0);
        time.advance(Duration.ofMinutes(1));
        cache.get("k", loader);

        assertThat(cache.get("k")).contains("v1");
    }

    @Test
    void aRefreshFromBeforeAnInvalidationIsNotPublished() {
        List<Runnable> background = new ArrayList<>();
        HamsterCache<String, String> cache = cache(
                client().executor(background::add),
                policy().defaultTtl(Duration.ofMinutes(10)).refreshAhead(0.5));
        cache.put("k", "v");
        time.advance(Duration.ofMinutes(6));
        cache.get("k", key -> {
            cache.invalidate("k");
            return "old";
        });
        runAll(background);

        assertThat(cache.get("k")).isEmpty();
    }
}
