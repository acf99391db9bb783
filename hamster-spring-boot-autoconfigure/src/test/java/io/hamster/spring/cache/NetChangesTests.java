package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a transaction drops and puts by turns. */
class NetChangesTests {

    private final CacheClient client = CacheClient.builder().build();
    private final HamsterCache<Object, Object> cache = client.cache("users");
    private final TransactionChanges changes =
            new TransactionChanges(new CacheChanges(TimeSource::system, () -> Runnable::run, work -> work));

    @AfterEach
    void close() {
        client.close();
    }

    private void commit() {
        changes.committed();
        changes.rethrow();
    }

    private void put(String key, String value) {
        changes.add(new CacheChange.Put(cache, key, Optional.of(value), EntryOptions.none()));
    }

    private void putIfAbsent(String key, String value) {
        changes.add(new CacheChange.PutIfAbsent(cache, key, value));
    }

    private void drop(String... keys) {
        changes.add(new CacheChange.Drop(cache, Set.copyOf(List.of(keys))));
    }

    @Test
    void keepsWhatIsPutAfterItWasDropped() {
        cache.put("a", "old");
        cache.put("b", "old");
        drop("a", "b");
        put("a", "new");
        commit();
        assertThat(cache.get("a")).contains("new");
        assertThat(cache.get("b")).isEmpty();
    }

    @Test
    void dropsWhatIsDroppedAfterItWasPut() {
        put("a", "new");
        drop("a");
        commit();
        assertThat(cache.get("a")).isEmpty();
    }

    @Test
    void takesAKeyThatWasDroppedForAbsent() {
        cache.put("a", "old");
        drop("a");
        putIfAbsent("a", "first");
        putIfAbsent("a", "second");
        commit();
        assertThat(cache.get("a")).contains("first");
    }

    @Test
    void keepsTheLastOfWhatIsPut() {
        putIfAbsent("a", "first");
        put("a", "last");
        commit();
        assertThat(cache.get("a")).contains("last");
    }

    @Test
    void dropsAKeyThatSomebodyElseChangedAlthoughItWasDroppedFirst() {
        drop("a", "b");
        put("a", "mine");
        putIfAbsent("b", "mine");
        cache.put("a", "theirs");
        cache.put("b", "theirs");
        commit();
        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get("b")).isEmpty();
    }

    @Test
    void dropsWhatIsPutAfterAllOrItsTagWasDropped() {
        cache.put("a", "old");
        cache.put("b", "old");
        changes.add(new CacheChange.DropTags(cache, Set.of("t")));
        changes.add(new CacheChange.Put(cache, "a", Optional.of("new"), EntryOptions.tags("t")));
        commit();
        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get("b")).contains("old");

        TransactionChanges others =
                new TransactionChanges(new CacheChanges(TimeSource::system, () -> Runnable::run, work -> work));
        others.add(new CacheChange.Clear(cache));
        others.add(new CacheChange.Put(cache, "b", Optional.of("new"), EntryOptions.none()));
        others.committed();
        assertThat(cache.get("b")).isEmpty();
    }

    @Test
    void leavesNothingOldWhereAValueCannotBeKept() {
        HamsterCache<Object, Object> weighed = client.cache(
                "weighed",
                CachePolicy.builder()
                        .weigher((Object key, Object value) -> {
                            if (value.equals("new")) {
                                throw new IllegalStateException("no weight");
                            }
                            return 1;
                        })
                        .build());
        weighed.put("a", "old");
        weighed.put("b", "old");
        changes.add(new CacheChange.Drop(weighed, Set.of("a")));
        for (String key : List.of("a", "b")) {
            changes.add(new CacheChange.Put(weighed, key, Optional.of("new"), EntryOptions.none()));
        }
        assertThatIllegalStateException().isThrownBy(this::commit).withMessage("no weight");
        assertThat(weighed.get("a")).isEmpty();
        assertThat(weighed.get("b")).isEmpty();
    }
}
