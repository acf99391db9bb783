package io.hamster.cache.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.store.StoredEntry;
import io.hamster.testing.ManualTime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;

/** Three nodes in one view, and what tests say of their leases. */
abstract class Leased {

    static final Duration TTL = Duration.ofSeconds(5);
    static final Duration PATIENCE = ClusterLeases.DEFAULT_PATIENCE;

    final ManualTime time = new ManualTime();
    final TestRing ring = new TestRing(time);
    final CacheStore a = ring.leases("a").open("books", "", TTL);
    final CacheStore b = ring.leases("b").open("books", "", TTL);
    final ClusterLeases nodeC = ring.leases("c");
    final CacheStore c = nodeC.open("books", "", TTL);

    @BeforeEach
    void meet() {
        ring.view("a", "b", "c");
    }

    static <T> T done(CompletionStage<T> stage) {
        assertThat(stage.toCompletableFuture()).isCompleted();
        return stage.toCompletableFuture().join();
    }

    static Ticket missed(CacheStore from, String key) {
        return ticket(done(from.get(key)));
    }

    static Ticket ticket(Lookup found) {
        assertThat(found).isInstanceOf(Lookup.Miss.class);
        return ((Lookup.Miss) found).ticket();
    }

    static StoredEntry entry(String value, String... tags) {
        return new StoredEntry(
                Optional.of(value.getBytes(StandardCharsets.UTF_8)), Duration.ofMillis(7), TTL, TTL, Set.of(tags));
    }

    static StoredEntry entry(int bytes) {
        return new StoredEntry(Optional.of(new byte[bytes]), Duration.ZERO, TTL, TTL, Set.of());
    }

    static String read(CacheStore from, String key) {
        return done(from.get(key)) instanceof Lookup.Hit hit
                ? hit.entry()
                        .payload()
                        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                        .orElse("(absent)")
                : "(nothing)";
    }

    static void assertUnavailable(CompletionStage<?> stage, String why) {
        assertThat(stage.toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(CacheStoreUnavailableException.class)
                .withMessageContaining(why);
    }

    /** A key that a node owns in the view of all three. */
    static String keyOf(String owner) {
        return keysOf(owner, 1).get(0);
    }

    /** Keys that a node owns in the view of all three. */
    static List<String> keysOf(String owner, int count) {
        Circle circle = Circle.of(new LeaseChannel.View("any", List.of("a", "b", "c")));
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "k" + i)
                .filter(key -> circle.owner("books\0", key).equals(owner))
                .limit(count)
                .toList();
    }
}
