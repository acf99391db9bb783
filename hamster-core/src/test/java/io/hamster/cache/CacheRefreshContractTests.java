package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
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

    private CachePolicyBuilder everyMinute() {
        return policy().defaultTtl(Duration.ofMinutes(10)).refreshInterval(Duration.ofMinutes(1));
    }

    /** What a loader gives each time: v1, v2 and so on. */
    private static CacheLoader<String, String> counting(AtomicInteger loads) {
        return key -> "v" + loads.incrementAndGet();
    }

    @Test
    void reloadsInIntervalsWhatIsReadSoThatNoReadLoads() {
        HamsterCache<String, String> cache = cache(everyMinute());
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", counting(loads));
        for (int minute = 1; minute <= 30; minute++) {
            time.advance(Duration.ofSeconds(30));
            cache.get("k", counting(loads));
            time.advance(Duration.ofSeconds(30));
            assertThat(loads).as("minute %s", minute).hasValue(minute + 1);
            assertThat(cache.get("k", counting(loads))).contains("v" + (minute + 1));
        }
        assertThat(cache.stats().misses()).isEqualTo(1);
    }

    @Test
    void stopsReloadingWhatNobodyReadsUntilSomebodyDoes() {
        HamsterCache<String, String> cache = cache(everyMinute().stopRefreshAfterIdle(Duration.ofMinutes(3)));
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", counting(loads));

        time.advance(Duration.ofMinutes(9));
        assertThat(loads).as("after one and two minutes").hasValue(3);
        assertThat(cache.entry("k")).as("which reads without a loader").isPresent();
        time.advance(Duration.ofMinutes(1));
        assertThat(loads).hasValue(3);

        assertThat(cache.get("k", counting(loads))).contains("v3");
        time.advance(Duration.ofSeconds(4));
        assertThat(loads).as("read again, and overdue").hasValue(4);
    }

    @Test
    void reloadsForTenIntervalsAfterTheLastReadUnlessSet() {
        HamsterCache<String, String> cache = cache(everyMinute());
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", counting(loads));

        time.advance(Duration.ofMinutes(60));

        assertThat(loads.get()).isBetween(9, 10);
    }

    @Test
    void reloadsNothingThatIsGone() {
        HamsterCache<String, String> cache = cache(everyMinute());
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", counting(loads));
        cache.get("l", counting(loads), EntryOptions.tags("t"));
        cache.get("m", counting(loads), EntryOptions.ttl(Duration.ofSeconds(30)));

        cache.invalidate("k");
        cache.invalidateTags(List.of("t"));
        time.advance(Duration.ofMinutes(5));

        assertThat(loads).hasValue(3);
        cache.get("k", counting(loads));
        time.advance(Duration.ofMinutes(1).plusSeconds(4));
        assertThat(loads).as("there again").hasValue(5);
        cache.clear();
        time.advance(Duration.ofMinutes(5));
        assertThat(loads).hasValue(5);
    }

    @Test
    void aReloadFromBeforeAnInvalidationIsNotPublished() {
        HamsterCache<String, String> cache = cache(everyMinute());
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", key -> {
            if (loads.incrementAndGet() == 2) {
                cache.invalidate("k");
            }
            return "v";
        });

        time.advance(Duration.ofMinutes(5));

        assertThat(loads).hasValue(2);
        assertThat(cache.get("k")).isEmpty();
    }

    @Test
    void whatIsReloadedButMayNotBePublishedIsReloadedAgain() {
        HamsterCache<String, String> cache = cache(everyMinute());
        AtomicInteger loads = new AtomicInteger();
        CacheLoader<String, String> loader = key -> {
            if (loads.incrementAndGet() == 2) {
                cache.invalidateTags(List.of("t"));
            }
            return "v" + loads;
        };
        Function<Optional<String>, EntryOptions> options =
                value -> value.equals(Optional.of("v1")) ? EntryOptions.none() : EntryOptions.tags("t");
        cache.get("k", loader, options);
        time.advance(Duration.ofSeconds(64));
        assertThat(loads).hasValue(2);

        time.advance(Duration.ofSeconds(64));

        assertThat(cache.get("k", loader, options)).contains("v3");
    }

    @Test
    void keysWithoutAValueTakeNoPlacesOfOthers() {
        HamsterCache<String, String> cache = cache(everyMinute().maxSize(2));
        cache.get("x", key -> null);
        cache.get("y", key -> null);
        time.advance(Duration.ofSeconds(10));
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", counting(loads));

        time.advance(Duration.ofSeconds(64));

        assertThat(loads).hasValue(2);
    }

    @Test
    void aFailedReloadKeepsTheValueAndIsTriedAgainInAnInterval() {
        HamsterCache<String, String> cache = cache(everyMinute());
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", key -> {
            if (loads.incrementAndGet() == 2) {
                throw new IOException("down");
            }
            return "v" + loads;
        });

        time.advance(Duration.ofSeconds(64));
        assertThat(loads).hasValue(2);
        assertThat(cache.get("k")).contains("v1");
        assertThat(cache.stats().loadFailures()).isEqualTo(1);
        time.advance(Duration.ofSeconds(64));

        assertThat(cache.get("k")).contains("v3");
    }

    @Test
    void reloadsWhatIsLoadedAsynchronously() {
        HamsterCache<String, String> cache = cache(everyMinute());
        AtomicInteger loads = new AtomicInteger();
        AsyncCacheLoader<String, String> loader =
                key -> CompletableFuture.completedFuture("v" + loads.incrementAndGet());
        cache.composeAsync("k", loader, value -> EntryOptions.none());
        cache.getAsync("l", key -> "w" + loads.incrementAndGet()).join();

        time.advance(Duration.ofSeconds(64));

        assertThat(loads).hasValue(4);
        assertThat(cache.composeAsync("k", loader, value -> EntryOptions.none()))
                .isCompletedWithValueMatching(value -> value.orElseThrow().matches("v[34]"));
    }

    @Test
    void reloadsAnAbsenceThatIsCached() {
        HamsterCache<String, String> cache = cache(everyMinute().nullTtl(Duration.ofMinutes(5)));
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", key -> loads.incrementAndGet() == 1 ? null : "v");

        time.advance(Duration.ofSeconds(64));

        assertThat(loads).hasValue(2);
        assertThat(cache.get("k")).contains("v");
    }

    @Test
    void reloadsAFewKeysAtATimeOnTheExecutor() {
        List<Runnable> background = new ArrayList<>();
        AtomicBoolean isDeferred = new AtomicBoolean();
        HamsterCache<String, String> cache = cache(
                client().executor(task -> {
                    if (isDeferred.get()) {
                        background.add(task);
                    } else {
                        task.run();
                    }
                }),
                everyMinute());
        AtomicInteger loads = new AtomicInteger();
        for (int i = 0; i < 20; i++) {
            cache.get("k" + i, counting(loads));
        }
        time.advance(Duration.ofSeconds(59));
        isDeferred.set(true);
        time.advance(Duration.ofSeconds(5));
        assertThat(background).as("one timer, whose work is not its own").hasSize(1);
        runAll(background);
        assertThat(background).hasSize(8);
        assertThat(loads).hasValue(20);

        runAll(background);

        assertThat(loads).hasValue(40);
    }

    @Test
    void goesOnBesideReloadsThatHang() {
        // Time passes faster here than the reloads' threads may come to run: neither an entry's end nor its idleness is
        // to overtake them.
        HamsterCache<String, String> cache = cache(
                client().executor(threads),
                everyMinute()
                        .defaultTtl(Duration.ofDays(30))
                        .stopRefreshAfterIdle(Duration.ofDays(29))
                        .hardTimeout(Duration.ofSeconds(5)));
        AtomicBoolean hangs = new AtomicBoolean();
        AtomicInteger hanging = new AtomicInteger();
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 8; i++) {
            cache.get("hanging" + i, key -> {
                if (hangs.get()) {
                    hanging.incrementAndGet();
                    never.await();
                }
                return "v";
            });
        }
        hangs.set(true);
        awaitInSteps(() -> hanging.get() >= 8);
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", counting(loads));

        awaitInSteps(() -> loads.get() > 1);

        assertThat(cache.get("k")).isPresent();
    }

    /** What is due is looked for on other threads, and planned from there. */
    private void awaitInSteps(BooleanSupplier condition) {
        await().pollInterval(Duration.ofMillis(20)).until(() -> {
            boolean holds = condition.getAsBoolean();
            if (!holds) {
                time.advance(Duration.ofSeconds(4));
            }
            return holds;
        });
    }

    @Test
    void plansNothingWhenThereIsNothingToReload() {
        AtomicInteger tasks = new AtomicInteger();
        HamsterCache<String, String> cache = cache(
                client().executor(task -> {
                    tasks.incrementAndGet();
                    task.run();
                }),
                everyMinute().stopRefreshAfterIdle(Duration.ofMinutes(2)));
        time.advance(Duration.ofMinutes(5));
        assertThat(tasks).hasValue(0);
        cache.get("k", key -> "v");
        time.advance(Duration.ofMinutes(3));
        int until = tasks.get();
        assertThat(until).isPositive();

        time.advance(Duration.ofMinutes(5));

        assertThat(tasks).hasValue(until);
    }

    @Test
    void doesNothingOnceItsClientIsClosed() {
        AtomicInteger tasks = new AtomicInteger();
        CacheClient client = client().executor(task -> {
                    tasks.incrementAndGet();
                    task.run();
                })
                .build();
        HamsterCache<String, String> cache = client.cache("books", everyMinute().build());
        AtomicInteger loads = new AtomicInteger();
        cache.get("k", counting(loads));
        time.advance(Duration.ofSeconds(30));
        client.close();
        int until = tasks.get();
        assertThat(until).isPositive();

        time.advance(Duration.ofMinutes(5));

        assertThat(tasks).hasValue(until);
        assertThat(loads).hasValue(1);
    }
}
