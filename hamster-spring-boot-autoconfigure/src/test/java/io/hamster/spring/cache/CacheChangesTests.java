package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.Tier;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class CacheChangesTests {

    private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<String> context = new ThreadLocal<>();
    private final CacheChanges changes = new CacheChanges(TimeSource::system, () -> later::add, this::carrying);

    private Runnable carrying(Runnable work) {
        String callers = context.get();
        return () -> {
            String own = context.get();
            context.set(callers);
            try {
                work.run();
            } finally {
                context.set(own);
            }
        };
    }

    @Test
    void makesAChangeForWhichThereIsNoThread() throws Exception {
        CacheChanges exhausted = new CacheChanges(
                TimeSource::system,
                () -> work -> {
                    throw new Error("unable to create native thread");
                },
                work -> work);
        CachePolicy policy =
                CachePolicy.builder().tier(Tier.REMOTE).valueType(String.class).build();
        try (CacheClient client =
                CacheClient.builder().shared(SharedTiers.alone()).build()) {
            HamsterCache<Object, Object> cache = client.cache("users", policy);
            cache.get("k", key -> "old");
            Thread mustNotWait =
                    new FastThreadLocalThread(() -> exhausted.make(new CacheChange.Drop(cache, Set.of("k"))));
            mustNotWait.start();
            mustNotWait.join(30_000);

            assertThat(cache.get("k")).isEmpty();
        }
    }

    @Test
    void makesWhatCameAfterAChangeThatBroke() throws Exception {
        CacheWriter<Object, Object> broken = new CacheWriter<>() {
            @Override
            public void write(Object key, Object value) {
                throw new NoClassDefFoundError("com/acme/Gone");
            }

            @Override
            public void delete(Object key) {
                throw new NoClassDefFoundError("com/acme/Gone");
            }
        };
        CachePolicy policy = CachePolicy.builder()
                .tier(Tier.REMOTE)
                .valueType(String.class)
                .writeThrough(broken)
                .build();
        try (CacheClient client =
                CacheClient.builder().shared(SharedTiers.alone()).build()) {
            HamsterCache<Object, Object> cache = client.cache("users", policy);
            cache.get("k", key -> "old");
            Thread mustNotWait = new FastThreadLocalThread(() -> {
                changes.make(new CacheChange.Put(cache, "k", Optional.of("new"), EntryOptions.none()));
                changes.make(new CacheChange.Drop(cache, Set.of("k")));
            });
            mustNotWait.start();
            mustNotWait.join(30_000);

            for (Runnable task = later.poll(); task != null; task = later.poll()) {
                task.run();
            }

            assertThat(cache.get("k")).isEmpty();
        }
    }

    /** A change is handed over by the one before it, whose context isn't its own. */
    @Test
    void makesEachChangeInItsCallersContext() throws Exception {
        List<String> contexts = new ArrayList<>();
        CacheWriter<Object, Object> writer = new CacheWriter<>() {
            @Override
            public void write(Object key, Object value) {
                contexts.add(value + " of " + context.get());
            }

            @Override
            public void delete(Object key) {
                throw new AssertionError(key);
            }
        };
        CachePolicy policy = CachePolicy.builder()
                .tier(Tier.REMOTE)
                .valueType(String.class)
                .writeThrough(writer)
                .build();
        // As the application's executor does, which is given the second change by the thread that makes the first.
        CacheChanges carried =
                new CacheChanges(TimeSource::system, () -> work -> later.add(carrying(work)), this::carrying);
        try (CacheClient client =
                CacheClient.builder().shared(SharedTiers.alone()).build()) {
            HamsterCache<Object, Object> cache = client.cache("users", policy);
            for (String caller : List.of("a", "b")) {
                Thread mustNotWait = new FastThreadLocalThread(() -> {
                    context.set("caller " + caller);
                    carried.make(new CacheChange.Put(cache, "k", Optional.of(caller), EntryOptions.none()));
                });
                mustNotWait.start();
                mustNotWait.join(30_000);
            }

            for (Runnable task = later.poll(); task != null; task = later.poll()) {
                task.run();
            }
        }
        assertThat(contexts).containsExactly("a of caller a", "b of caller b");
    }
}
