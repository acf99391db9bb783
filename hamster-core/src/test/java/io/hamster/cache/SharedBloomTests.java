package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.SharedServer.Instance;
import io.hamster.cache.bloom.BloomFilterConfig;
import io.hamster.cache.bloom.BloomPolicy;
import io.hamster.testing.ManualTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Instances that add keys behind each other's Bloom guards. */
class SharedBloomTests {

    private final Set<String> source = ConcurrentHashMap.newKeySet();
    private final AtomicInteger reads = new AtomicInteger();
    private final SharedServer server = new SharedServer(new ManualTime());
    private final Instance a = server.instance(policy());
    private final Instance b = server.instance(policy());

    SharedBloomTests() {
        server.pass(SharedServer.BOUND);
        reads.set(0);
    }

    private CachePolicyBuilder policy() {
        BloomPolicy<String> bloom = BloomPolicy.of(new BloomFilterConfig(1000, 0.001), () -> {
            reads.incrementAndGet();
            return source.stream();
        });
        return CachePolicy.builder()
                .tier(Tier.TWO_LEVEL)
                .valueType(String.class)
                .bloom(bloom);
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void whatOneInstanceAddsIsLetThroughByTheOthers() {
        assertThat(b.cache().get("new", key -> "loaded")).isEmpty();
        source.add("new");
        a.cache().put("new", "value");
        server.channels.deliverAll();
        server.store().invalidate(List.of("new"));
        b.cache().invalidate("new");

        assertThat(b.cache().get("new", key -> "loaded")).contains("loaded");
        assertThat(reads).as("reads of the source").hasValue(0);
        assertThat(b.cache().get("other", key -> "loaded")).isEmpty();
    }

    @Test
    void afterALostMessageTheSourceIsReadAgain() {
        source.add("new");
        a.cache().put("new", "value");
        b.channel().drop();
        server.pass(SharedServer.BOUND);
        server.store().invalidate(List.of("new"));

        assertThat(b.cache().get("new", key -> "loaded")).contains("loaded");
        assertThat(reads).as("reads of the source").hasPositiveValue();
    }
}
