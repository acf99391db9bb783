package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.invalidation.TestChannels;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.cluster.TextCodec;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several instances whose caches are by themselves but for what they tell each other. */
class TellingInstancesTests {

    private static final Duration BOUND = Duration.ofSeconds(4);
    private static final Duration STEP = BOUND.dividedBy(8);

    private final ManualTime time = new ManualTime();
    private final TestChannels channels = new TestChannels();
    private final List<CacheClient> clients = new ArrayList<>();
    private final AtomicInteger loads = new AtomicInteger();

    private final TestChannels.Channel toA = channels.open();
    private final TestChannels.Channel toB = channels.open();
    private final HamsterCache<String, String> a = cache(toA);
    private final HamsterCache<String, String> b = cache(toB);

    @AfterEach
    void close() {
        clients.forEach(CacheClient::close);
    }

    /** How an instance may say that what the others have is old. */
    enum Change {
        INVALIDATE(cache -> cache.invalidate("k")),
        INVALIDATE_ALL(cache -> cache.invalidateAll(List.of("k"))),
        TAG(cache -> cache.invalidateTags(Set.of("t"))),
        CLEAR(HamsterCache::clear),
        DELETE(cache -> cache.loadAndDelete("k")),
        PUT(cache -> cache.put("k", "put")),
        PUT_ALL(cache -> cache.putAll(Map.of("k", "put"))),
        PUT_IF_ABSENT(cache -> cache.putIfAbsent("k", "put")),
        PUT_ABSENT(cache -> cache.putAbsent("k")),
        TICKET(cache -> cache.ticket("k").put("k", Optional.of("put"), EntryOptions.none()));

        private final Consumer<HamsterCache<String, String>> action;

        Change(Consumer<HamsterCache<String, String>> action) {
            this.action = action;
        }
    }

    @ParameterizedTest
    @EnumSource
    void aChangeReachesTheOthers(Change change) {
        a.get("k", this::load, EntryOptions.tags("t"));

        change.action.accept(b);
        assertThat(a.get("k")).as("the message isn't there yet").contains("v1");
        channels.deliverAll();

        assertThat(a.get("k")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aLoadFromBeforeAnothersChangeIsNotKept(Change change) {
        Optional<String> loaded = a.get(
                "k",
                key -> {
                    change.action.accept(b);
                    channels.deliverAll();
                    return "old";
                },
                EntryOptions.tags("t"));

        assertThat(loaded).contains("old");
        assertThat(a.get("k")).isEmpty();
    }

    @Test
    void eachLoadsForItselfAndEncodesNothing() {
        // The codec of these tests knows only texts.
        HamsterCache<Long, Object> first = clients.get(0).cache("objects", policy().build());
        HamsterCache<Long, Object> second = clients.get(1).cache("objects", policy().build());
        Object value = new Object();

        assertThat(first.get(1L, key -> value)).containsSame(value);
        assertThat(first.get(1L)).containsSame(value);
        assertThat(second.get(1L)).isEmpty();

        second.put(1L, new Object());
        channels.deliverAll();
        assertThat(first.get(1L)).isEmpty();
    }

    @Test
    void aPutDoesNotHideAnotherWhoseMessageCameFirst() {
        CacheTicket<String, String> ticket = a.ticket("k");
        b.put("k", "later");
        channels.deliverAll();

        assertThat(ticket.put("k", Optional.of("earlier"), EntryOptions.none())).isFalse();

        assertThat(a.get("k")).isEmpty();
    }

    @Test
    void whoCanNotHearTheOthersServesNothingForLong() {
        pass(BOUND);
        assertThat(a.get("k", this::load)).contains("v1");
        passUnheardByA(BOUND.plus(STEP));

        assertThat(a.get("k", this::load)).contains("v2");
        assertThat(a.get("k", this::load)).as("for as long as the bound").contains("v2");
        passUnheardByA(BOUND.plus(STEP));
        assertThat(a.get("k", this::load)).contains("v3");

        pass(BOUND);
        assertThat(a.get("k", this::load))
                .as("what was kept meanwhile is dropped")
                .contains("v4");
        pass(BOUND.multipliedBy(2));
        assertThat(a.get("k", this::load)).contains("v4");
    }

    @Test
    void whoCanNotHearTheOthersDeletesWhatNoReadFinds() {
        passUnheardByA(BOUND.plus(STEP));
        a.put("k", "v");
        a.put("l", "v");
        passUnheardByA(BOUND.plus(STEP));

        assertThat(a.loadAndDelete("k")).isEmpty();
        assertThat(a.invalidate("l")).isFalse();
    }

    @Test
    void whatIsNotToldStaysByItself() {
        HamsterCache<String, String> first = clients.get(0).cache("alone", CachePolicy.defaults());
        HamsterCache<String, String> second = clients.get(1).cache("alone", CachePolicy.defaults());
        first.put("k", "1");

        second.clear();
        second.put("k", "2");
        channels.deliverAll();

        assertThat(first.get("k")).contains("1");
    }

    @Test
    void refusesWhatNeedsAStore() {
        CacheClient client = clients.get(0);
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> client.cache(
                        "remote",
                        policy().tier(Tier.REMOTE).valueType(String.class).build()))
                .withMessageContaining("Cache 'remote' has a tier other than LOCAL or the loadScope CLUSTER");
        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> client.cache(
                        "loads",
                        policy().loadScope(LoadScope.CLUSTER)
                                .valueType(String.class)
                                .build()))
                .withMessageContaining("Cache 'loads'");
    }

    @Test
    void refusesToTellWhatIsNotWrittenYet() {
        WriteBackWriter<String, String> writer = batch -> Map.of();
        CachePolicyBuilder policy = policy().writeBack(writer, WriteBackPolicy.defaults());

        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(policy::build)
                .withMessageStartingWith("writeBack is set and so is tellsOthers");
    }

    @Test
    void refusesToTellWithoutAChannel() {
        try (CacheClient client = CacheClient.builder().build()) {
            assertThatExceptionOfType(InvalidCachePolicyException.class)
                    .isThrownBy(() -> client.cache("books", policy().build()))
                    .withMessageContaining("Cache 'books' has tellsOthers");
        }
    }

    private String load(String key) {
        return "v" + loads.incrementAndGet();
    }

    private static CachePolicyBuilder policy() {
        return CachePolicy.builder().tellsOthers(true);
    }

    private HamsterCache<String, String> cache(TestChannels.Channel channel) {
        CacheClient client = CacheClient.builder()
                .timeSource(time)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .shared(SharedTier.ofChannel(new TextCodec(), channel).withBound(BOUND))
                .build();
        clients.add(client);
        HamsterCache<String, String> cache = client.cache("books", policy().build());
        channels.deliverAll();
        return cache;
    }

    /** Lets time pass in steps in which every message arrives. */
    private void pass(Duration duration) {
        pass(duration, () -> {});
    }

    private void passUnheardByA(Duration duration) {
        pass(duration, toA::drop);
    }

    private void pass(Duration duration, Runnable beforeDelivery) {
        for (Duration left = duration; left.compareTo(Duration.ZERO) > 0; left = left.minus(STEP)) {
            time.advance(STEP);
            beforeDelivery.run();
            channels.deliverAll();
        }
    }
}
