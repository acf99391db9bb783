package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.invalidation.InvalidationChannel;
import io.hamster.cache.store.MemoryCacheStore;
import io.hamster.cluster.TextCodec;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SharedTierTests {

    private final ManualTime time = new ManualTime();
    private final AtomicInteger sent = new AtomicInteger();
    private final SharedTier tier = SharedTier.of(
                    (cache, version, ttl) -> new MemoryCacheStore(time, ttl), new TextCodec())
            .withChannel(new CountingChannel());

    private CacheClient client() {
        return CacheClient.builder()
                .timeSource(time)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .shared(tier)
                .build();
    }

    @Test
    void isSilentUntilACacheIsShared() {
        try (CacheClient client = client()) {
            client.cache("local").put("k", "v");
            time.advance(Duration.ofMinutes(1));
            assertThat(sent).hasValue(0);
            assertThat(client.sharedTier().orElseThrow().news()).isEmpty();

            client.cache(
                    "remote",
                    CachePolicy.builder()
                            .tier(Tier.REMOTE)
                            .valueType(String.class)
                            .build());
            time.advance(Duration.ofMinutes(1));
            assertThat(sent).hasPositiveValue();
            assertThat(client.sharedTier().orElseThrow().news()).isPresent();
        }
    }

    @Test
    void staysSilentOnceItsClientIsClosed() {
        CacheClient client = client();
        client.close();
        sent.set(0);

        client.cache(
                "two",
                CachePolicy.builder()
                        .tier(Tier.TWO_LEVEL)
                        .valueType(String.class)
                        .build());
        time.advance(Duration.ofMinutes(1));

        assertThat(sent).hasValue(0);
    }

    private final class CountingChannel implements InvalidationChannel {

        @Override
        public CompletionStage<Void> send(byte[] message) {
            sent.incrementAndGet();
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void listen(Consumer<byte[]> messages, Runnable disrupted) {}

        @Override
        public void close() {}
    }
}
