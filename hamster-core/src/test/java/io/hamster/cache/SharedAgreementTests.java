package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.SharedServer.Instance;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever instances do at the same time: once the messages have arrived, all of them agree with the source. */
class SharedAgreementTests {

    private static final int KEYS = 4;
    private static final int THREADS_EACH = 2;
    private static final int STEPS = 3000;

    private final ManualTime time = new ManualTime();
    private final SharedServer server = new SharedServer(time);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, String> source = new ConcurrentHashMap<>();
    private final AtomicLong lastValue = new AtomicLong();

    @AfterEach
    void close() {
        server.close();
        threads.shutdownNow();
    }

    private final class Writer implements CacheWriter<String, String> {

        @Override
        public void write(String key, String value) {
            Thread.yield();
            source.put(key, value);
            Thread.yield();
        }

        @Override
        public void delete(String key) {
            source.remove(key);
            Thread.yield();
        }
    }

    private String load(String key) {
        String value = source.get(key);
        Thread.yield();
        return value;
    }

    @ParameterizedTest
    @CsvSource({"REMOTE,JVM", "TWO_LEVEL,JVM", "TWO_LEVEL,CLUSTER"})
    void instancesAgreeWithTheSourceInTheEnd(Tier tier, LoadScope scope) throws Exception {
        List<Instance> instances = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            instances.add(server.instance(
                    CachePolicy.builder()
                            .tier(tier)
                            .loadScope(scope)
                            .valueType(String.class)
                            .writeThrough(new Writer()),
                    threads));
        }
        AtomicBoolean over = new AtomicBoolean();
        Future<?> delivery = threads.submit(() -> {
            while (!over.get()) {
                time.advance(Duration.ofMillis(1));
                server.channels.deliverAll();
                Thread.yield();
            }
        });
        List<Future<?>> users = new ArrayList<>();
        for (Instance instance : instances) {
            for (int i = 0; i < THREADS_EACH; i++) {
                long seed = users.size();
                users.add(threads.submit(() -> use(instance.cache(), new Random(seed))));
            }
        }
        for (Future<?> user : users) {
            user.get(60, TimeUnit.SECONDS);
        }
        long sent = time.nanoTime();
        await().until(() -> time.nanoTime() - sent > SharedServer.BOUND.toNanos());

        List<String> wrong = new ArrayList<>();
        for (int k = 0; k < KEYS; k++) {
            String key = "k" + k;
            for (int i = 0; i < instances.size(); i++) {
                Optional<String> seen = instances.get(i).cache().get(key, this::load);
                if (!seen.equals(Optional.ofNullable(source.get(key)))) {
                    wrong.add(key + " of instance " + i + " is " + seen + ", not " + source.get(key));
                }
            }
        }
        over.set(true);
        delivery.get(60, TimeUnit.SECONDS);
        assertThat(wrong).isEmpty();
        assertThat(source).as("something is left to agree on").isNotEmpty();
    }

    private void use(HamsterCache<String, String> cache, Random random) {
        for (int i = 0; i < STEPS; i++) {
            String key = "k" + random.nextInt(KEYS);
            switch (random.nextInt(12)) {
                case 0, 1 -> cache.put(key, "v" + lastValue.incrementAndGet());
                case 2 -> cache.putAll(Map.of(key, "v" + lastValue.incrementAndGet()));
                case 3 -> cache.invalidate(key);
                case 4 ->
                    cache.getAll(
                            List.of(key),
                            keys -> Optional.ofNullable(load(key))
                                    .map(v -> Map.of(key, v))
                                    .orElse(Map.of()));
                case 5 -> cache.get(key);
                case 6 ->
                    cache.composeAsync(
                            key, same -> CompletableFuture.completedFuture(load(same)), value -> EntryOptions.none());
                case 7 -> {
                    if (random.nextInt(20) == 0) {
                        cache.clear();
                    }
                }
                default -> cache.get(key, this::load);
            }
        }
        cache.put("k" + random.nextInt(KEYS), "v" + lastValue.incrementAndGet());
    }
}
