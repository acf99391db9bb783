package io.hamster.cache.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Three nodes that keep each other's leases. */
class ClusterLeasesTests extends Leased {

    @Test
    void oneOfThoseWhoMissGetsTheTicketWhoeverOwnsTheKey() {
        for (String owner : List.of("a", "b", "c")) {
            String key = keyOf(owner);

            List<Ticket> tickets = List.of(missed(b, key), missed(a, key), missed(c, key), missed(b, key));

            assertThat(tickets)
                    .extracting(Ticket::id)
                    .containsOnly(tickets.get(0).id());
            assertThat(tickets).extracting(Ticket::isNew).containsExactly(true, false, false, false);
        }
    }

    @Test
    void handsOnWhatOneLoads() {
        for (String owner : List.of("a", "b", "c")) {
            String key = keyOf(owner);
            Ticket ticket = missed(a, key);
            time.advance(Duration.ofSeconds(1));

            assertThat(done(a.publish(key, entry("v", "red", "blue"), ticket))).isTrue();
            time.advance(Duration.ofMillis(3));

            for (CacheStore each : List.of(a, b, c)) {
                assertThat(done(each.get(key))).isInstanceOfSatisfying(Lookup.Hit.class, hit -> {
                    assertThat(hit.entry().payload())
                            .hasValueSatisfying(
                                    bytes -> assertThat(bytes).asString().isEqualTo("v"));
                    assertThat(hit.entry().age()).isEqualTo(Duration.ofMillis(10));
                    assertThat(hit.entry().ttl()).isEqualTo(TTL.minusMillis(3));
                    assertThat(hit.entry().tags()).containsExactlyInAnyOrder("red", "blue");
                });
            }
            time.advance(TTL);
            assertThat(missed(b, key).isNew()).as("only for as long as a lease").isTrue();
        }
    }

    @Test
    void handsOnThatThereIsNothing() {
        StoredEntry absence = new StoredEntry(Optional.empty(), Duration.ZERO, TTL, TTL, Set.of());
        String key = keyOf("b");

        done(a.publish(key, absence, missed(a, key)));

        assertThat(read(c, key)).isEqualTo("(absent)");
    }

    @Test
    void cachesAndVersionsAreApart() {
        CacheStore other = ring.leases("a").open("books", "2", TTL);
        ring.view("a", "b", "c");
        missed(b, "k");

        assertThat(missed(other, "k").isNew()).isTrue();
        done(other.clear());
        assertThat(missed(c, "k").isNew()).isFalse();
    }

    @Test
    void everyChangeEndsTheTicketAndWhatWasLoaded() {
        List<Change> changes = List.of(
                key -> c.invalidate(List.of("other", key)),
                key -> c.put(key, entry("put")),
                key -> c.putIfAbsent(key, entry("put"), Optional.empty()),
                key -> c.take(key),
                key -> c.invalidateTags(Set.of("red")),
                key -> c.clear());
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            for (String owner : List.of("a", "b", "c")) {
                String key = keyOf(owner);
                done(c.clear());
                Ticket ticket = missed(a, key);
                done(changes.get(i).make(key));
                if (done(a.publish(key, entry("old", "red"), ticket))) {
                    wrong.add("published after change " + i);
                }
                done(c.clear());
                done(b.publish(key, entry("old", "red"), missed(b, key)));
                done(changes.get(i).make(key));
                if (!read(a, key).equals("(nothing)")) {
                    wrong.add("read after change " + i);
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    /** Something after which nothing older may be handed on. */
    private interface Change {

        CompletionStage<?> make(String key);
    }

    @Test
    void countsWhatAChangeDropped() {
        done(a.publish("k", entry("v"), missed(a, "k")));

        assertThat(done(b.invalidate(List.of("k", "l")))).isEqualTo(1);
        assertThat(done(b.invalidate(List.of("k", "l")))).isZero();
    }

    @Test
    void aTicketStandsAsLongAsItIsRenewedAndUntilItIsEnded() {
        String key = keyOf("c");
        Ticket ticket = missed(a, key);
        for (int i = 0; i < 3; i++) {
            time.advance(TTL.multipliedBy(2).dividedBy(3));
            assertThat(done(a.renew(key, ticket))).isTrue();
            assertThat(missed(b, key).isNew()).isFalse();
        }
        time.advance(TTL);
        assertThat(done(a.renew(key, ticket))).as("it has run out").isFalse();

        Ticket next = missed(b, key);
        assertThat(next.isNew()).isTrue();
        assertThat(done(a.publish(key, entry("late"), ticket))).isFalse();
        assertThat(done(b.end(key, next))).isTrue();
        assertThat(missed(a, key).isNew()).isTrue();
    }

    @Test
    void aTicketCanBeHadBesideAValue() {
        String key = keyOf("b");
        done(a.publish(key, entry("v"), missed(a, key)));

        Ticket ticket = done(c.ticket(key));

        assertThat(ticket.isNew()).isTrue();
        assertThat(read(a, key)).isEqualTo("v");
        assertThat(done(c.publish(key, entry("w"), ticket))).isTrue();
        assertThat(read(a, key)).isEqualTo("w");
    }

    @Test
    void withAMembersDeathAllItKeptAndHeldIsFree() {
        for (String dead : List.of("a", "b")) {
            ring.view("a", "b", "c");
            String key = keyOf("a");
            CacheStore holder = dead.equals("a") ? b : c;
            Ticket ticket = missed(holder, key);
            assertThat(ticket.isNew()).isTrue();

            CacheStore survivor = dead.equals("a") ? b : a;
            ring.view(dead.equals("a") ? "b" : "a", "c");

            assertThat(missed(survivor, key).isNew())
                    .as("after the death of " + dead)
                    .isTrue();
            assertThat(missed(c, key).isNew()).isFalse();
            assertThat(done(holder.publish(key, entry("of another view"), ticket)))
                    .isFalse();
        }
    }

    @Test
    void whoAsksADeadOwnerFindsTheNextOneOnceTheViewIsThere() {
        String key = keyOf("a");
        ring.silence("a", true);
        CompletionStage<Lookup> asked = b.get(key);
        time.advance(Duration.ofMillis(900));
        assertThat(asked.toCompletableFuture()).isNotDone();

        ring.view("b", "c");
        time.advance(PATIENCE);

        assertThat(done(asked))
                .isInstanceOfSatisfying(
                        Lookup.Miss.class,
                        miss -> assertThat(miss.ticket().isNew()).isTrue());
        assertThat(missed(c, key).isNew()).isFalse();
    }

    @Test
    void anOwnerThatDoesNotAnswerIsDoneWithout() {
        String key = keyOf("a");
        ring.silence("a", true);
        CompletionStage<Lookup> asked = b.get(key);
        time.advance(PATIENCE.minusMillis(1));
        CompletionStage<Lookup> later = b.get(key);
        assertThat(asked.toCompletableFuture()).isNotDone();
        time.advance(Duration.ofMillis(20));
        assertUnavailable(asked, "node 'a'");
        assertUnavailable(later, "node 'a' doesn't answer");

        assertUnavailable(b.get(key), "node 'a' doesn't answer");
        assertThat(missed(b, keyOf("c")).isNew()).as("others answer as before").isTrue();

        ring.silence("a", false);
        assertUnavailable(b.get(key), "node 'a' doesn't answer");
        time.advance(PATIENCE.plusSeconds(1));
        missed(b, key);
        missed(b, key);
    }

    @Test
    void aTicketThatItsAskerDidNotWaitForIsEnded() {
        String key = keyOf("a");
        List<Runnable> late = new ArrayList<>();
        ring.network(late::add);
        CompletionStage<Lookup> asked = b.get(key);
        time.advance(PATIENCE.plusMillis(20));
        assertUnavailable(asked, "didn't answer");

        ring.network(Runnable::run);
        late.forEach(Runnable::run);

        assertThat(missed(c, key).isNew()).isTrue();
    }

    @Test
    void aChangeIsConfirmedOnlyByAll() {
        String key = keyOf("a");
        ring.silence("c", true);

        CompletionStage<Long> change = b.invalidate(List.of(key));
        time.advance(PATIENCE.plusMillis(20));

        assertUnavailable(change, "node 'c'");
        ring.silence("c", false);
        time.advance(PATIENCE.plusSeconds(1));
        assertThat(done(b.invalidate(List.of(key)))).isZero();
    }

    @Test
    void nobodyGetsATicketBeforeAllAreInTheView() {
        LeaseChannel.View view = ring.newView("a", "b", "c");
        ring.enter("a", view);
        ring.enter("b", view);
        String key = keyOf("a");
        CompletionStage<Lookup> asked = b.get(key);
        time.advance(Duration.ofMillis(100));
        assertThat(asked.toCompletableFuture()).isNotDone();

        ring.enter("c", view);
        time.advance(Duration.ofMillis(100));

        assertThat(done(asked)).isInstanceOf(Lookup.Miss.class);
    }

    @Test
    void aMemberThatNeverComesIsNotWaitedForByEveryone() {
        LeaseChannel.View view = ring.newView("a", "b", "c");
        ring.silence("c", true);
        ring.enter("a", view);
        ring.enter("b", view);
        CompletionStage<Lookup> asked = b.get(keyOf("a"));
        time.advance(PATIENCE.plusMillis(20));
        assertThat(asked.toCompletableFuture()).isCompletedExceptionally();

        assertUnavailable(b.get(keyOf("a")), "NOT_SOON");
        ring.silence("c", false);
        ring.enter("c", view);
        time.advance(PATIENCE.plusMillis(20));
        missed(b, keyOf("a"));
    }

    @Test
    void anAnswerOfAnEarlierViewDoesNotCount() {
        String key = keyOf("a");
        List<Runnable> late = new ArrayList<>();
        done(c.publish(key, entry("of before"), missed(c, key)));
        ring.network(late::add);
        CompletionStage<Lookup> asked = b.get(key);
        late.remove(0).run();
        ring.network(Runnable::run);

        ring.view("a", "b", "c");
        late.forEach(Runnable::run);
        assertThat(asked.toCompletableFuture()).isNotDone();
        time.advance(Duration.ofMillis(20));

        assertThat(done(asked)).isInstanceOf(Lookup.Miss.class);
    }

    @Test
    void aNodeOutsideAnyClusterAsksNobodyAndHasNothingToConfirm() {
        ring.enter("b", LeaseChannel.View.none());

        assertUnavailable(b.get("k"), "isn't in a cluster");
        assertThat(done(b.invalidate(List.of("k")))).isZero();
    }

    @Test
    void aNodeByItselfAsksItself() {
        ring.view("b");
        int before = ring.join("b").asked();

        Ticket ticket = missed(b, "k");
        assertThat(done(b.publish("k", entry("v"), ticket))).isTrue();

        assertThat(read(b, "k")).isEqualTo("v");
        assertThat(ring.join("b").asked()).isEqualTo(before);
    }

    @Test
    void whatCannotBeReadIsRefused() {
        ring.requests(message -> {
            byte[] foreign = message.clone();
            foreign[0] = 99;
            return foreign;
        });

        assertUnavailable(b.get(keyOf("a")), "node 'a' says UNREADABLE");
    }

    @Test
    void valuesTakeNoMoreThanTheirRoom() {
        byte[] large = new byte[LeaseStore.MOST_BYTES];
        StoredEntry entry = new StoredEntry(Optional.of(large), Duration.ZERO, TTL, TTL, Set.of());
        ring.view("b");
        // What is around the values takes a little, too.
        int fitting = (int) (Keeper.MOST_BYTES / large.length) - 1;
        List<Boolean> kept = new ArrayList<>();
        for (int i = 0; i <= fitting; i++) {
            kept.add(done(b.publish("k" + i, entry, missed(b, "k" + i))));
        }
        assertThat(kept.subList(0, fitting)).containsOnly(true);
        assertThat(kept.get(fitting)).isFalse();

        time.advance(TTL.plusSeconds(2));
        assertThat(done(b.publish("again", entry, missed(b, "again")))).isTrue();
    }

    @Test
    void manyKeysAreInvalidatedInPieces() {
        done(a.publish("k2500", entry("v"), missed(a, "k2500")));
        int before = ring.join("b").asked();
        List<String> many =
                Stream.iterate(0, i -> i + 1).limit(3000).map(i -> "k" + i).toList();

        assertThat(done(b.invalidate(many))).isEqualTo(1);
        assertThat(ring.join("b").asked() - before)
                .as("three pieces to two others")
                .isEqualTo(6);
    }

    @Test
    void refusesOnceClosedButStillServesTheOthers() {
        a.close();

        assertUnavailable(a.get("k"), "closed");
        assertThat(missed(b, keyOf("a")).isNew()).isTrue();
    }

    @Test
    void patienceIsMoreThanNothing() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ClusterLeases(ring.join("d"), time, time.scheduler(), Duration.ZERO))
                .withMessageContaining("PT0S");
    }
}
