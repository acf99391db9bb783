package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What listeners are told of changes to a cache that writes back. */
class WatchedWriteBackTests extends CacheTestBase {

    private final List<String> told = new ArrayList<>();
    private final CacheListener listener = new CacheListener() {

        @Override
        public void created(HamsterCache<?, ?> cache) {}

        @Override
        public Changing changing(String cache, Operation operation, Collection<?> subjects) {
            String what = operation + " " + List.copyOf(subjects);
            return (isDone, took, error) -> told.add(what + (isDone ? "" : " not done"));
        }
    };

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder()
                .writeBack(
                        entries -> {
                            throw new IllegalStateException("no source");
                        },
                        WriteBackPolicy.builder().maxRetries(0).build());
    }

    @Test
    void hearWhatAnOperatorDoes() {
        HamsterCache<String, String> cache = cache(client().listener(listener), policy());
        WriteBackAdmin<String> admin = cache.writeBack().orElseThrow();
        cache.put("k", "v");
        assertThatExceptionOfType(FlushException.class).isThrownBy(cache::flush);
        var letter = admin.deadLetters().get(0);

        admin.redriveAll();
        admin.clearWritten();
        admin.discard("k");
        admin.discard(letter);

        assertThat(told)
                .containsExactly(
                        "PUT [k]",
                        "FLUSH [] not done",
                        "REDRIVE [k]",
                        "CLEAR []",
                        "DISCARD [k]",
                        "DISCARD [k] not done");
        assertThat(cache.dirty()).isEmpty();
        assertThat(admin.stats().dirty()).isZero();
    }
}
