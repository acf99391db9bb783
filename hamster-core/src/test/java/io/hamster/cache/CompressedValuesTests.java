package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.SharedServer.Instance;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.StoredEntry;
import io.hamster.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Instances of which one has the shared tier keep its long values in a shorter form. */
class CompressedValuesTests {

    private static final int LIMIT = 1000;

    private final SharedServer server = new SharedServer(new ManualTime());

    private static CachePolicyBuilder policy(Tier tier) {
        return CachePolicy.builder().tier(tier).valueType(String.class);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private byte[] stored(String key) {
        Lookup lookup = server.store().get(key).toCompletableFuture().join();
        return ((Lookup.Hit) lookup).entry().payload().orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({"REMOTE, 999", "REMOTE, 1000", "REMOTE, 1001", "TWO_LEVEL, 999", "TWO_LEVEL, 1000", "TWO_LEVEL, 1001"})
    void allReadWhatOneCompresses(Tier tier, int length) {
        Instance a = server.instance(policy(tier).compressAbove(LIMIT));
        Instance b = server.instance(policy(tier));
        String value = "x".repeat(length);
        byte[] plain = value.getBytes(StandardCharsets.UTF_8);

        a.cache().put("put", value);
        a.cache().get("loaded", key -> value);
        b.cache().put("plain", value);

        if (length > LIMIT) {
            assertThat(stored("put")).hasSizeLessThan(100).isEqualTo(stored("loaded"));
        } else {
            assertThat(stored("put")).isEqualTo(plain).isEqualTo(stored("loaded"));
        }
        assertThat(stored("plain")).isEqualTo(plain);
        assertThat(b.cache().get("put")).contains(value);
        assertThat(b.cache().get("loaded")).contains(value);
        assertThat(b.cache().putIfAbsent("put", "other")).contains(value);
        assertThat(a.cache().get("plain")).contains(value);
        assertThat(b.cache().loadAndDelete("put")).contains(value);
        assertThat(b.cache().stats().undecodable()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void whatIsCutIsCountedAndLoadedAgain(Tier tier) {
        Instance a = server.instance(policy(tier).compressAbove(LIMIT));
        Instance b = server.instance(policy(tier));
        a.cache().put("k", "x".repeat(5000));
        byte[] whole = stored("k");
        Duration ttl = Duration.ofMinutes(1);
        StoredEntry cut =
                new StoredEntry(Optional.of(Arrays.copyOf(whole, whole.length - 1)), Duration.ZERO, ttl, ttl, Set.of());
        server.store().put("k", cut).toCompletableFuture().join();

        assertThat(b.cache().get("k", key -> "loaded")).contains("loaded");

        assertThat(b.cache().stats().undecodable()).isEqualTo(1);
        assertThat(b.cache().get("k")).contains("loaded");
    }
}
