package io.hamster.cache.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What was loaded but isn't kept, or can't be handed on. */
class LeaseRelayTests extends Leased {

    private static final String ALONE = "says ALONE";
    private static final Duration MILLISECOND = Duration.ofMillis(1);

    @Test
    void whatIsNotKeptIsForThoseWhoWaitAndOnce() {
        for (String owner : List.of("a", "b", "c")) {
            String key = keyOf(owner);
            CacheStore late = nodeC.open("books", "", TTL);
            Ticket ticket = missed(a, key);
            missed(b, key);
            missed(c, key);
            missed(b, key);

            assertThat(done(a.relay(key, Optional.of(entry("v")), ticket))).isTrue();

            assertThat(missed(late, key).isNew()).as("it didn't wait").isTrue();
            assertThat(read(b, key)).isEqualTo("v");
            assertThat(read(c, key)).isEqualTo("v");
            assertThat(missed(b, key).isNew()).as("it has been told").isFalse();
            done(a.clear());
        }
    }

    @Test
    void thoseWhoWaitAreGivenWhatHasExpiredMeanwhile() {
        Duration ttl = Duration.ofMillis(10);
        StoredEntry shortLived = new StoredEntry(
                Optional.of(new byte[] {'v'}), Duration.ofMillis(1), ttl, ttl.plusMillis(5), Set.of("red"));
        for (String owner : List.of("a", "b", "c")) {
            String key = keyOf(owner);
            Ticket ticket = missed(a, key);
            missed(b, key);
            missed(c, key);
            done(a.publish(key, shortLived, ticket));
            assertThat(read(b, key)).isEqualTo("v");

            time.advance(TTL.minusMillis(1));

            assertThat(done(c.get(key))).isInstanceOfSatisfying(Lookup.Hit.class, hit -> {
                assertThat(hit.entry().isExpired()).isFalse();
                assertThat(hit.entry().ttl()).isLessThan(Duration.ofMillis(1));
                assertThat(hit.entry().age()).isEqualTo(TTL);
            });
            assertThat(missed(b, key).isNew()).as("it has had it").isTrue();
            assertThat(missed(c, key).isNew()).as("it has had it too").isFalse();
        }
    }

    @Test
    void butNotWhatHasChangedSince() {
        String key = keyOf("b");
        StoredEntry shortLived =
                new StoredEntry(Optional.of(new byte[1]), Duration.ZERO, MILLISECOND, MILLISECOND, Set.of("red"));
        for (Supplier<CompletionStage<?>> change : List.<Supplier<CompletionStage<?>>>of(
                () -> a.invalidateTags(Set.of("red")), () -> a.invalidate(List.of(key)), () -> a.clear())) {
            Ticket ticket = missed(a, key);
            missed(c, key);
            done(a.publish(key, shortLived, ticket));
            time.advance(MILLISECOND);

            done(change.get());

            assertThat(missed(c, key).isNew()).isTrue();
            done(a.clear());
        }
    }

    @Test
    void norLongerThanALeaseLasts() {
        String key = keyOf("b");
        Ticket ticket = missed(a, key);
        missed(c, key);
        done(a.publish(
                key,
                new StoredEntry(Optional.of(new byte[1]), Duration.ZERO, MILLISECOND, MILLISECOND, Set.of()),
                ticket));

        time.advance(TTL);

        assertThat(missed(c, key).isNew()).isTrue();
    }

    @Test
    void thatThereIsNothingIsToldToThoseWhoWait() {
        String key = keyOf("c");
        StoredEntry absence = new StoredEntry(Optional.empty(), Duration.ZERO, TTL, TTL, Set.of());
        Ticket ticket = missed(a, key);
        missed(b, key);

        done(a.relay(key, Optional.of(absence), ticket));

        assertThat(read(b, key)).isEqualTo("(absent)");
    }

    @Test
    void thoseWhoWaitForWhatCannotBeHandedOnLoadAtOnce() {
        for (String owner : List.of("a", "b", "c")) {
            String key = keyOf(owner);
            Ticket ticket = missed(a, key);
            missed(b, key);
            missed(c, key);

            assertThat(done(a.relay(key, Optional.empty(), ticket))).isTrue();

            assertUnavailable(b.get(key), ALONE);
            assertUnavailable(c.get(key), ALONE);
            Ticket next = missed(a, key);
            assertThat(next.isNew()).as("it didn't wait").isTrue();
            assertThat(missed(b, key).isNew()).as("it was told before").isFalse();
            done(a.end(key, next));
        }
    }

    @Test
    void soDoThoseWhoWaitForALargeValue() {
        String key = keyOf("a");
        Ticket ticket = missed(b, key);
        missed(c, key);

        assertThat(done(b.publish(key, entry(LeaseStore.MOST_BYTES + 1), ticket)))
                .isFalse();

        assertUnavailable(c.get(key), ALONE);
    }

    @Test
    void soDoThoseWhoWaitForAValueForWhichThereIsNoRoom() {
        String key = keyOf("a");
        Ticket ticket = missed(b, key);
        missed(c, key);
        int filling = (int) (Keeper.MOST_BYTES / LeaseStore.MOST_BYTES) - 1;
        for (String other : keysOf("a", filling + 1).subList(1, filling + 1)) {
            done(b.publish(other, entry(LeaseStore.MOST_BYTES), missed(b, other)));
        }

        assertThat(done(b.publish(key, entry(LeaseStore.MOST_BYTES), ticket))).isFalse();

        assertUnavailable(c.get(key), ALONE);
    }

    @Test
    void whatIsLostOnItsWayToOneWhoWaitedIsGivenAgain() {
        String key = keyOf("a");
        Ticket ticket = missed(c, key);
        missed(b, key);
        done(c.relay(key, Optional.of(entry("v")), ticket));

        CompletionStage<Lookup> asked = askAndLoseTheAnswer(key);
        time.advance(Duration.ofMillis(20));

        assertThat(done(asked)).isInstanceOf(Lookup.Hit.class);
        assertThat(missed(b, key).isNew()).as("once").isTrue();
    }

    @Test
    void soIsThatItIsToLoadForItself() {
        String key = keyOf("a");
        Ticket ticket = missed(c, key);
        missed(b, key);
        done(c.relay(key, Optional.empty(), ticket));

        CompletionStage<Lookup> asked = askAndLoseTheAnswer(key);
        time.advance(Duration.ofMillis(20));

        assertUnavailable(asked, ALONE);
        assertThat(missed(b, key).isNew()).as("once").isTrue();
    }

    private CompletionStage<Lookup> askAndLoseTheAnswer(String key) {
        List<Runnable> onTheWay = new ArrayList<>();
        ring.network(onTheWay::add);
        CompletionStage<Lookup> asked = b.get(key);
        onTheWay.remove(0).run();
        assertThat(onTheWay).as("the answer").hasSize(1);
        ring.network(Runnable::run);
        ring.losePending("b");
        return asked;
    }

    @Test
    void whoWaitedForLongerThanALeaseHasForgottenAsks() {
        String key = keyOf("a");
        Ticket ticket = missed(b, key);
        missed(c, key);
        done(b.relay(key, Optional.empty(), ticket));

        time.advance(TTL);

        assertThat(missed(c, key).isNew()).isTrue();
    }

    @Test
    void nothingIsHandedOnAfterAChangeEvenToThoseWhoWait() {
        String key = keyOf("b");
        Ticket ticket = missed(a, key);
        missed(c, key);
        done(a.relay(key, Optional.of(entry("old", "red")), ticket));
        done(b.invalidateTags(Set.of("red")));
        assertThat(missed(c, key).isNew()).isTrue();

        done(a.clear());
        Ticket next = missed(a, key);
        missed(c, key);
        done(b.invalidateTags(Set.of("red")));
        assertThat(done(a.relay(key, Optional.of(entry("old", "red")), next))).isFalse();
        assertThat(missed(c, key).isNew()).isTrue();
    }

    @Test
    void nextInLineAreToldTooIfTheNextLoadCannotBeHandedOn() {
        String key = keyOf("b");
        Ticket failing = missed(a, key);
        missed(b, key);
        missed(c, key);
        done(a.end(key, failing));
        Ticket ticket = missed(c, key);
        assertThat(ticket.isNew()).as("after a load that failed").isTrue();

        done(c.relay(key, Optional.empty(), ticket));

        assertUnavailable(b.get(key), ALONE);
        assertThat(missed(c, key).isNew()).as("it has loaded").isTrue();
    }

    @Test
    void thereAreNoMoreKeysThanThereIsRoomFor() {
        ring.view("b");
        IntStream.range(0, Keeper.MOST_KEYS).forEach(i -> b.get("k" + i));

        assertUnavailable(b.get("one more"), "node 'b' says FULL");

        assertThat(missed(b, "k7").isNew()).isFalse();
        time.advance(TTL.plusSeconds(2));
        assertThat(missed(b, "one more").isNew()).isTrue();
    }

    @Test
    void keysAndTagsTakeRoomToo() {
        ring.view("b");
        Set<String> tags = new HashSet<>();
        IntStream.range(0, StoredEntry.MOST_TAGS).forEach(i -> tags.add(i + "x".repeat(200)));
        StoredEntry tagged = new StoredEntry(Optional.of(new byte[1]), Duration.ZERO, TTL, TTL, tags);
        int most = (int) (Keeper.MOST_BYTES / (200L * StoredEntry.MOST_TAGS));

        List<Boolean> kept = IntStream.range(0, most)
                .mapToObj(i -> done(b.publish("k" + i, tagged, missed(b, "k" + i))))
                .toList();

        assertThat(kept).contains(true, false);
        assertThat(Collections.frequency(kept, true)).isLessThan(most);
    }
}
