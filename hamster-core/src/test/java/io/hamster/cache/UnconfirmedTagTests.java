package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tags that are invalidated while one of three nodes is silent. */
class UnconfirmedTagTests {

    private final ManualTime time = new ManualTime();
    private final LeasedInstances nodes = new LeasedInstances(time);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CachePolicy policy = CachePolicy.builder()
            .loadScope(LoadScope.CLUSTER)
            .valueType(String.class)
            .tellsOthers(true)
            .build();
    private final List<HamsterCache<String, String>> caches = List.of(cache("a"), cache("b"), cache("c"));

    private HamsterCache<String, String> cache(String node) {
        return nodes.client(node).cache("books", policy);
    }

    @BeforeEach
    void meet() {
        nodes.ring.view("a", "b", "c");
        nodes.pass(LeasedInstances.BOUND);
    }

    @AfterEach
    void close() {
        nodes.close();
        threads.shutdownNow();
    }

    private void invalidateUnconfirmed(Set<String> tags) {
        nodes.ring.silence("c", true);
        Future<?> change = threads.submit(() -> caches.get(1).invalidateTags(tags));
        await().until(() -> {
            nodes.pass(Duration.ofMillis(100));
            return change.isDone();
        });
        assertThat(caches.get(1).stats().pendingChanges()).isPositive();
    }

    private void awaitConfirmation() {
        nodes.pass(Duration.ofSeconds(10));
        assertThat(caches.get(1).stats().pendingChanges()).isZero();
    }

    @Test
    void onlyWhatHasTheTagsIsDroppedOnceTheyAreConfirmed() {
        for (HamsterCache<String, String> cache : caches) {
            cache.get("tagged", key -> "v", EntryOptions.tags("red", "round"));
            cache.get("other", key -> "v", EntryOptions.tags("blue"));
            cache.get("plain", key -> "v");
        }

        invalidateUnconfirmed(Set.of("red"));
        nodes.ring.silence("c", false);
        awaitConfirmation();

        assertThat(caches).allSatisfy(cache -> {
            assertThat(cache.get("tagged")).isEmpty();
            assertThat(cache.get("other")).contains("v");
            assertThat(cache.get("plain")).contains("v");
        });
    }

    @Test
    void whatWasHandedOnByTheSilentNodeMeanwhileIsDropped() {
        List<String> keys = IntStream.range(0, 30).mapToObj(i -> "k" + i).toList();
        // Of these the silent one owns some.
        keys.forEach(key -> caches.get(1).get(key, same -> "old", EntryOptions.tags("red")));
        invalidateUnconfirmed(Set.of("red"));
        nodes.ring.silence("c", false);

        Set<String> seen = keys.stream()
                .map(key -> caches.get(0)
                        .get(key, same -> "new", EntryOptions.tags("red"))
                        .orElseThrow())
                .collect(Collectors.toSet());
        assertThat(seen).contains("old", "new");
        awaitConfirmation();

        assertThat(keys).allSatisfy(key -> assertThat(caches.get(0).get(key)).isNotEqualTo(Optional.of("old")));
        assertThat(keys).anySatisfy(key -> assertThat(caches.get(0).get(key)).isEmpty());
        assertThat(keys)
                .allSatisfy(key -> assertThat(caches.get(2).get(key, same -> "new", EntryOptions.tags("red")))
                        .contains("new"));
    }

    @Test
    void whatIsTooLongToBeToldIsRefusedRatherThanTriedAgainForEver() {
        String longest = "\u20AC".repeat(250);
        HamsterCache<String, String> cache = caches.get(1);

        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> cache.invalidateTags(Set.of("red", longest + "t")));
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> cache.invalidateAll(Set.of("k", longest + "k")));
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .isThrownBy(() -> cache.put("k", "v", EntryOptions.tags(longest + "t")));
        assertThat(cache.stats().pendingChanges()).isZero();

        cache.get(longest, key -> "v", EntryOptions.tags(longest));
        cache.invalidateTags(Set.of(longest));
        assertThat(cache.get(longest)).isEmpty();
        cache.put(longest, "v", EntryOptions.tags(longest));
        assertThat(cache.stats().pendingChanges()).as("the longest can be told").isZero();
    }

    @Test
    void tooManyTagsConcernTheWholeCache() {
        caches.forEach(cache -> cache.get("plain", key -> "v"));

        invalidateUnconfirmed(
                IntStream.rangeClosed(0, 10_000).mapToObj(i -> "t" + i).collect(Collectors.toSet()));
        assertThat(caches.get(1).stats().pendingChanges()).isEqualTo(1);
        nodes.ring.silence("c", false);
        awaitConfirmation();

        assertThat(caches.get(0).get("plain")).isEmpty();
    }

    @Test
    void untilTheyAreConfirmedNoKeyIsAskedForWhichMayHaveThem() {
        invalidateUnconfirmed(Set.of("red"));
        int before = nodes.ring.join("b").asked();

        caches.get(1).get("k", key -> "v", EntryOptions.tags("red"));

        assertThat(nodes.ring.join("b").asked()).isEqualTo(before);
        assertThat(caches.get(1).get("k")).contains("v");
    }
}
