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
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class CacheChangesTests {

    private final Queue<Runnable> later = new ConcurrentLinkedQueue<>();
    private final CacheChanges changes = new CacheChanges(TimeSource::system, () -> later::add);

    @Test
    void makesAChangeForWhichThereIsNoThread() throws Exception {
        CacheChanges exhausted = new CacheChanges(TimeSource::system, () -> work -> {
            throw new Error("unable to create native thread");
        });
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
}
