package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What happens to a key after it was found missing but before its loader runs. */
class SupersededLoadTests extends CacheTestBase {

    /** Does something at one reading of the clock, which is where one can get in between a cache's steps. */
    private final class Interrupting implements TimeSource {

        private final AtomicInteger readings = new AtomicInteger();
        private int at = -1;
        private Runnable action = () -> {};

        @Override
        public long nanoTime() {
            if (readings.getAndIncrement() == at) {
                at = -1;
                action.run();
            }
            return time.nanoTime();
        }

        @Override
        public Instant instant() {
            return time.instant();
        }
    }

    enum Change {
        CLEAR(HamsterCache::clear),
        INVALIDATE(cache -> cache.invalidate("k")),
        TAG(cache -> cache.invalidateTags(Set.of("t")));

        private final Consumer<HamsterCache<String, String>> action;

        Change(Consumer<HamsterCache<String, String>> action) {
            this.action = action;
        }
    }

    @Override
    protected CachePolicyBuilder policy() {
        return CachePolicy.builder().eviction(Eviction.LRU);
    }

    @ParameterizedTest
    @EnumSource
    void aLoaderThatRunsAfterAnInvalidationIsPublished(Change change) {
        int tried = 0;
        for (int at = 0; at < 10; at++) {
            Interrupting clock = new Interrupting();
            HamsterCache<String, String> cache = cache(client().timeSource(clock), policy());
            AtomicInteger atLoader = new AtomicInteger();
            clock.action = () -> change.action.accept(cache);
            clock.readings.set(0);
            clock.at = at;

            cache.get(
                    "k",
                    key -> {
                        atLoader.set(clock.readings.get());
                        return "v";
                    },
                    EntryOptions.tags("t"));

            // The last reading before the loader is the beginning of the load itself.
            if (at < atLoader.get() - 1) {
                tried++;
                assertThat(cache.get("k")).as("%s at reading %s", change, at).contains("v");
            }
        }
        assertThat(tried).isPositive();
    }

    @Test
    void callersWhoJoinedAskAgain() throws Exception {
        HamsterCache<String, String> cache = cache();
        LocalTier<String, String> tier = ((LocalCache<String, String>) cache).tier();
        Flight<String> flight = new Flight<>(new LoadGraph.Run(tier, Set.of("k")), tier.origin(), Set.of());
        tier.board("k", flight);
        var joined = cache.getAsync("k", key -> "v");
        assertThat(joined).isNotDone();

        tier.leave("k", flight);
        flight.settle(new Outcome.Superseded<>());

        assertThat(joined.get(20, TimeUnit.SECONDS)).isEqualTo(Optional.of("v"));
        assertThat(cache.get("k")).contains("v");
    }
}
