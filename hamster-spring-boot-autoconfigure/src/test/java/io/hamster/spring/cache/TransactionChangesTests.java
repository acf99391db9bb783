package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.EntryOptions;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCacheKeyException;
import io.hamster.cache.Tier;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What breaks the rules for keys and tags is refused while its transaction can still be rolled back. */
class TransactionChangesTests {

    private final CacheClient client =
            CacheClient.builder().shared(SharedTiers.alone()).build();
    private final TransactionChanges changes =
            new TransactionChanges(new CacheChanges(TimeSource::system, () -> Runnable::run, work -> work));

    @AfterEach
    void close() {
        client.close();
    }

    private void assertRefused(CacheChange change) {
        assertThatExceptionOfType(InvalidCacheKeyException.class)
                .as("%s", change)
                .isThrownBy(() -> changes.add(change));
    }

    @ParameterizedTest
    @EnumSource
    void keysAndTags(Tier tier) {
        HamsterCache<Object, Object> cache = client.cache(
                "cache",
                CachePolicy.builder().tier(tier).valueType(String.class).build());
        for (String text : List.of("", "a\nb", "x".repeat(251))) {
            assertRefused(new CacheChange.Put(cache, text, Optional.of("v"), EntryOptions.none()));
            assertRefused(new CacheChange.PutIfAbsent(cache, text, "v"));
            assertRefused(new CacheChange.Drop(cache, Set.of("good", text)));
            assertRefused(new CacheChange.DropTags(cache, Set.of("good", text)));
        }
        assertNothingWasAdded(cache);
    }

    @Test
    void keysOfWhatAWriterIsToWrite() {
        CacheWriter<Object, Object> writer = new CacheWriter<>() {
            @Override
            public void write(Object key, Object value) {}

            @Override
            public void delete(Object key) {}
        };
        HamsterCache<Object, Object> cache = client.cache(
                "written", CachePolicy.builder().writeThrough(writer).build());
        assertRefused(new CacheChange.Put(cache, "", Optional.of("v"), EntryOptions.none()));
        assertRefused(new CacheChange.PutIfAbsent(cache, "", "v"));
        assertNothingWasAdded(cache);
    }

    @Test
    void keysThatHaveNoText() {
        HamsterCache<Object, Object> cache = client.cache(
                "shared",
                CachePolicy.builder().tier(Tier.REMOTE).valueType(String.class).build());
        assertRefused(new CacheChange.Drop(cache, Set.of(new Object())));
        assertNothingWasAdded(cache);
    }

    private void assertNothingWasAdded(HamsterCache<Object, Object> cache) {
        assertThat(changes.touches(cache, "good")).isFalse();
        changes.committed();
        changes.rethrow();
    }
}
