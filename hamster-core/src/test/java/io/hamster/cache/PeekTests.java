package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.SharedServer.Instance;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a caller in a transaction asks the shared tier, where all instances share a load. */
class PeekTests {

    private final ManualTime time = new ManualTime();
    private final SharedServer server = new SharedServer(time);

    @AfterEach
    void close() {
        server.close();
    }

    private static CachePolicyBuilder policy(Tier tier) {
        return CachePolicy.builder()
                .tier(tier)
                .loadScope(LoadScope.CLUSTER)
                .defaultTtl(Duration.ofMinutes(1))
                .staleOnError(Duration.ofMinutes(10))
                .valueType(String.class);
    }

    private Instance inTransaction(Tier tier) {
        return server.instance(
                policy(tier), CacheClient.builder().executor(Runnable::run).inTransaction(() -> true));
    }

    private static CompletableFuture<Optional<String>> load(
            Instance on, String key, AsyncCacheLoader<String, String> loader) {
        return on.cache().composeAsync(key, loader, value -> EntryOptions.none());
    }

    private static CompletableFuture<String> fail(String key) {
        return CompletableFuture.failedFuture(new IllegalStateException("down"));
    }

    private void assertLoadsAtOnce(Instance instance, String key) {
        assertThat(load(instance, key, same -> CompletableFuture.completedFuture("v")))
                .isCompletedWithValue(Optional.of("v"));
    }

    @ParameterizedTest
    @EnumSource(names = {"REMOTE", "TWO_LEVEL"})
    void aLoadThatFailsHoldsNobodyUp(Tier tier) {
        Instance a = inTransaction(tier);
        Instance b = server.instance(policy(tier));

        assertThat(load(a, "k", PeekTests::fail)).isCompletedExceptionally();

        assertLoadsAtOnce(b, "k");
    }

    @Test
    void aLoaderThatThrowsIsNoWorseThanOneThatFails() {
        Instance a = inTransaction(Tier.TWO_LEVEL);
        server.instance(policy(Tier.TWO_LEVEL)).cache().put("k", "old");
        server.pass(Duration.ofMinutes(2));

        assertThat(load(a, "k", key -> {
                    throw new IllegalStateException("down");
                }))
                .isCompletedWithValue(Optional.of("old"));
    }

    @Test
    void anInterruptedReadOfSeveralKeysHoldsNobodyUp() {
        Instance a = inTransaction(Tier.TWO_LEVEL);
        Instance b = server.instance(policy(Tier.TWO_LEVEL));
        Runnable release = a.store().holdAnswers();
        Thread.currentThread().interrupt();

        assertThatExceptionOfType(CacheLoadInterruptedException.class)
                .isThrownBy(() -> a.cache().getAll(List.of("k", "l", "m"), keys -> Map.of()));
        assertThat(Thread.interrupted()).isTrue();
        release.run();

        assertThat(List.of("k", "l", "m")).allSatisfy(key -> assertLoadsAtOnce(b, key));
    }
}
