package io.hamster.cache.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link CacheStore} promises to the caches above it. Run against each store. */
public abstract class CacheStoreContractTests {

    /** How long tickets stand that are to be used: longer than the machine may pause. */
    private static final Duration TICKET_TTL = Duration.ofSeconds(30);

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final Duration SHORT = Duration.ofMillis(400);

    private CacheStore store;
    private CacheStore other;

    /** A store in which nothing is kept. */
    protected abstract CacheStore newStore(Duration ticketTtl) throws Exception;

    /** Another instance's view of the same cache, whose tickets stand as long. */
    protected abstract CacheStore sameAs(CacheStore store, Duration ticketTtl) throws Exception;

    /** Lets that much of the store's time pass. */
    protected abstract void pass(Duration time);

    @BeforeEach
    void open() throws Exception {
        open(TICKET_TTL);
    }

    private void open(Duration ticketTtl) throws Exception {
        store = newStore(ticketTtl);
        other = sameAs(store, ticketTtl);
    }

    private void reopen(Duration ticketTtl) throws Exception {
        close();
        open(ticketTtl);
    }

    @AfterEach
    void close() {
        store.close();
        other.close();
    }

    protected static <T> T answer(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    protected static StoredEntry entry(String value, String... tags) {
        return entry(value, LONG, LONG, tags);
    }

    private static StoredEntry entry(String value, Duration ttl, Duration retention, String... tags) {
        return new StoredEntry(
                Optional.of(value.getBytes(StandardCharsets.UTF_8)), Duration.ZERO, ttl, retention, Set.of(tags));
    }

    private static StoredEntry absence() {
        return new StoredEntry(Optional.empty(), Duration.ZERO, LONG, LONG, Set.of());
    }

    protected static String text(StoredEntry entry) {
        return entry.payload()
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
                .orElse("(absent)");
    }

    protected static String read(CacheStore from, String key) {
        return answer(from.get(key)) instanceof Lookup.Hit hit ? text(hit.entry()) : "(nothing)";
    }

    private static Ticket missed(CacheStore from, String key) {
        Lookup found = answer(from.get(key));
        assertThat(found).isInstanceOf(Lookup.Miss.class);
        return ((Lookup.Miss) found).ticket();
    }

    @Test
    void keepsWhatIsPutForEveryInstance() {
        answer(store.put("k", entry("v")));

        assertThat(read(store, "k")).isEqualTo("v");
        assertThat(read(other, "k")).isEqualTo("v");
        assertThat(read(store, "other")).isEqualTo("(nothing)");
        answer(other.put("k", entry("w")));
        assertThat(read(store, "k")).isEqualTo("w");
    }

    @Test
    void keepsEveryByteAndEveryCharacter() {
        byte[] bytes = new byte[70_000];
        IntStream.range(0, bytes.length).forEach(i -> bytes[i] = (byte) (i * 31));
        String key = "schlüssel {1}:*?[x]\\ \uD83D\uDC39";

        answer(store.put(key, new StoredEntry(Optional.of(bytes), Duration.ZERO, LONG, LONG, Set.of("rot {", "Grün"))));

        Lookup found = answer(other.get(key));
        assertThat(found).isInstanceOfSatisfying(Lookup.Hit.class, hit -> {
            assertThat(hit.entry().payload())
                    .hasValueSatisfying(read -> assertThat(read).isEqualTo(bytes));
            assertThat(hit.entry().tags()).containsExactlyInAnyOrder("rot {", "Grün");
        });
    }

    @Test
    void tellsAbsenceFromAnEmptyValue() {
        answer(store.put("absent", absence()));
        answer(store.put("empty", entry("")));

        assertThat(read(other, "absent")).isEqualTo("(absent)");
        assertThat(read(other, "empty")).isEmpty();
    }

    @Test
    void tellsAgeAndWhatIsLeft() {
        answer(store.put(
                "k",
                new StoredEntry(
                        Optional.of(new byte[1]), Duration.ofSeconds(3), LONG, LONG.plusSeconds(60), Set.of())));
        pass(Duration.ofMillis(200));

        assertThat(answer(other.get("k"))).isInstanceOfSatisfying(Lookup.Hit.class, hit -> {
            assertThat(hit.entry().age()).isBetween(Duration.ofMillis(3200), Duration.ofSeconds(60));
            assertThat(hit.entry().ttl()).isBetween(LONG.minusSeconds(60), LONG.minusMillis(200));
            assertThat(hit.entry().retention().minus(hit.entry().ttl())).isEqualTo(Duration.ofSeconds(60));
        });
    }

    @Test
    void expires() {
        answer(store.put("k", entry("v")));
        assertThat(read(store, "k")).isEqualTo("v");
        answer(store.put("k", entry("v", SHORT, SHORT)));

        pass(SHORT);

        assertThat(answer(store.get("k")))
                .isInstanceOfSatisfying(
                        Lookup.Miss.class, miss -> assertThat(miss.stale()).isEmpty());
        assertThat(answer(store.take("k"))).isEmpty();
        assertThat(answer(store.putIfAbsent("k", entry("w"), Optional.empty()))).isEmpty();
    }

    @Test
    void givesWhatHasExpiredButIsKept() {
        answer(store.put("k", entry("fresh", LONG.dividedBy(2), LONG)));
        assertThat(read(store, "k")).isEqualTo("fresh");
        answer(store.put("k", entry("v", SHORT, LONG)));
        answer(store.put("gone", entry("v", SHORT, LONG, "tag")));
        answer(store.invalidateTags(Set.of("tag")));

        pass(SHORT);

        assertThat(answer(store.get("k")))
                .isInstanceOfSatisfying(
                        Lookup.Miss.class,
                        miss -> assertThat(miss.stale()).hasValueSatisfying(stale -> {
                            assertThat(text(stale)).isEqualTo("v");
                            assertThat(stale.isExpired()).isTrue();
                        }));
        assertThat(answer(store.get("gone")))
                .as("an invalidated one never")
                .isInstanceOfSatisfying(
                        Lookup.Miss.class, miss -> assertThat(miss.stale()).isEmpty());
        assertThat(answer(store.invalidate(List.of("k", "gone")))).isZero();
        answer(store.put("k", entry("v", SHORT, LONG)));
        pass(SHORT);
        assertThat(answer(store.putIfAbsent("k", entry("w"), Optional.empty()))).isEmpty();
        assertThat(read(other, "k")).isEqualTo("w");
    }

    @Test
    void thoseWhoMissShareATicketAndTheFirstPublishes() {
        Ticket mine = missed(store, "k");
        Ticket joined = missed(other, "k");
        assertThat(joined.id()).isEqualTo(mine.id());

        assertThat(answer(other.publish("k", entry("first"), joined))).isTrue();
        assertThat(answer(store.publish("k", entry("second"), mine))).isFalse();

        assertThat(read(store, "k")).isEqualTo("first");
    }

    @Test
    void ticketsAreOfOneKey() {
        Ticket ticket = missed(store, "k");

        assertThat(answer(store.publish("l", entry("v"), ticket))).isFalse();
        missed(store, "l");
        assertThat(answer(store.publish("l", entry("v"), ticket))).isFalse();

        assertThat(answer(store.publish("k", entry("v"), ticket))).isTrue();
    }

    @Test
    void everyChangeEndsTheTicket() {
        List<String> published = new ArrayList<>();
        List<Change> changes = List.of(
                key -> other.put(key, entry("changed")),
                key -> other.putIfAbsent(key, entry("changed"), Optional.empty()),
                key -> other.take(key),
                key -> other.invalidate(List.of("x", key)),
                key -> other.clear(),
                key -> other.put(key, entry("changed")).thenCompose(done -> other.invalidate(List.of(key))));
        for (int i = 0; i < changes.size(); i++) {
            Ticket ticket = missed(store, "k" + i);
            answer(changes.get(i).make("k" + i));
            if (answer(store.publish("k" + i, entry("old"), ticket))
                    || read(store, "k" + i).equals("old")) {
                published.add("change " + i);
            }
        }
        assertThat(published).isEmpty();
    }

    /** Something that must keep older loads from being published. */
    private interface Change {

        CompletionStage<?> make(String key);
    }

    @Test
    void aTicketThatHasRunOutIsRefused() throws Exception {
        Duration ttl = Duration.ofSeconds(3);
        reopen(ttl);
        Ticket ticket = missed(store, "k");

        pass(ttl);

        assertThat(answer(store.publish("k", entry("late"), ticket))).isFalse();
        Ticket next = missed(store, "k");
        assertThat(next.id()).isNotEqualTo(ticket.id());
        assertThat(answer(store.publish("k", entry("v"), next))).isTrue();
    }

    @Test
    void tellsWhoeverHasCreatedATicket() {
        assertThat(missed(store, "k").isNew()).isTrue();
        assertThat(missed(other, "k").isNew()).isFalse();
        assertThat(missed(store, "k").isNew()).isFalse();
        assertThat(answer(other.ticket("l")).isNew()).isTrue();

        answer(other.invalidate(List.of("k")));

        assertThat(missed(other, "k").isNew()).isTrue();
    }

    @Test
    void aRenewedTicketStandsLonger() throws Exception {
        Duration ttl = Duration.ofSeconds(4);
        reopen(ttl);
        Ticket ticket = missed(store, "k");
        // The last time it stands only because it was renewed before; a renewal may be late by most of the time.
        for (int i = 0; i < 4; i++) {
            pass(ttl.multipliedBy(11).dividedBy(40));
            assertThat(answer(other.renew("k", ticket))).isTrue();
        }

        assertThat(answer(store.publish("k", entry("v"), ticket))).isTrue();
        assertThat(answer(store.renew("k", ticket))).as("it has ended").isFalse();
        assertThat(read(other, "k")).isEqualTo("v");
    }

    @Test
    void aTicketThatIsEndedMakesWayForANewOne() {
        Ticket ticket = missed(store, "k");

        assertThat(answer(other.end("k", ticket))).isTrue();

        assertThat(answer(store.end("k", ticket))).isFalse();
        assertThat(answer(store.publish("k", entry("old"), ticket))).isFalse();
        Ticket next = missed(store, "k");
        assertThat(next.isNew()).isTrue();
        assertThat(answer(other.renew("k", ticket))).isFalse();
        assertThat(answer(other.end("k", ticket))).isFalse();
        assertThat(answer(store.publish("k", entry("v"), next))).isTrue();
    }

    @Test
    void whatIsThereIsDroppedUnderATicketUnlessItChangedMeanwhile() {
        answer(store.put("k", entry("1")));
        Ticket ticket = answer(store.ticket("k"));
        assertThat(answer(other.drop("k", ticket))).isTrue();
        assertThat(answer(store.drop("k", ticket))).as("it has ended").isFalse();
        Ticket next = missed(store, "k");
        assertThat(next.isNew()).isTrue();

        answer(other.put("k", entry("2")));
        assertThat(answer(store.drop("k", next))).isFalse();
        Ticket late = answer(store.ticket("k"));
        assertThat(answer(store.drop("k", next))).isFalse();

        assertThat(read(other, "k")).isEqualTo("2");
        assertThat(answer(store.renew("k", late))).isTrue();
    }

    @Test
    void aTicketFromBeforeAClearingIsNeitherRenewedNorEnded() {
        Ticket ticket = missed(store, "k");
        answer(other.clear());
        Ticket next = missed(other, "k");

        assertThat(answer(store.renew("k", ticket))).isFalse();
        assertThat(answer(store.drop("k", ticket))).isFalse();
        assertThat(answer(store.end("k", ticket))).isFalse();

        assertThat(answer(other.publish("k", entry("v"), next))).isTrue();
    }

    @Test
    void aValueIsReplacedUnderATicketUnlessItChangedMeanwhile() {
        answer(store.put("k", entry("1")));
        Ticket ticket = answer(store.ticket("k"));
        assertThat(answer(other.ticket("k"))).isEqualTo(new Ticket(ticket.id(), false));
        assertThat(answer(store.publish("k", entry("2"), ticket))).isTrue();
        assertThat(read(other, "k")).isEqualTo("2");

        Ticket late = answer(store.ticket("k"));
        answer(other.put("k", entry("3")));
        assertThat(answer(store.publish("k", entry("old"), late))).isFalse();
        assertThat(read(other, "k")).isEqualTo("3");
    }

    @Test
    void putIfAbsentKeepsAValueButNoAbsence() {
        assertThat(answer(store.putIfAbsent("k", entry("first"), Optional.empty())))
                .isEmpty();
        assertThat(answer(other.putIfAbsent("k", entry("second"), Optional.empty()))
                        .map(CacheStoreContractTests::text))
                .contains("first");
        answer(store.put("none", absence()));

        assertThat(answer(store.putIfAbsent("none", entry("v"), Optional.empty())))
                .isEmpty();

        assertThat(read(other, "k")).isEqualTo("first");
        assertThat(read(other, "none")).isEqualTo("v");
    }

    @Test
    void putIfAbsentReplacesWhatItsCallerRejectedButNothingElse() {
        answer(store.put("k", entry("foreign", "tag")));
        Optional<StoredEntry> rejected = answer(store.putIfAbsent("k", entry("v"), Optional.empty()));
        assertThat(answer(other.putIfAbsent("k", entry("w"), rejected))).isEmpty();

        assertThat(answer(store.putIfAbsent("k", entry("v"), rejected)).map(CacheStoreContractTests::text))
                .contains("w");

        assertThat(read(store, "k")).isEqualTo("w");
        assertThat(answer(store.putIfAbsent("none", entry("v"), rejected))).isEmpty();
        assertThat(read(other, "none")).isEqualTo("v");
    }

    @Test
    void takesAndInvalidates() {
        answer(store.put("a", entry("A")));
        answer(store.put("b", entry("B")));
        answer(store.put("c", absence()));
        answer(store.put("d", entry("D")));

        assertThat(answer(other.take("a")).map(CacheStoreContractTests::text)).contains("A");
        assertThat(answer(other.take("a"))).isEmpty();
        assertThat(answer(other.invalidate(List.of("a", "b", "c", "x")))).isEqualTo(2);
        assertThat(answer(other.invalidate(List.of()))).isZero();

        assertThat(read(store, "a")).isEqualTo("(nothing)");
        assertThat(read(store, "b")).isEqualTo("(nothing)");
        assertThat(read(store, "d")).isEqualTo("D");
    }

    @Test
    void invalidatesManyKeys() {
        List<String> keys = IntStream.range(0, 2500).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> answer(store.put(key, entry("v"))));

        assertThat(answer(store.invalidate(keys))).isEqualTo(2500);

        assertThat(keys.stream().filter(key -> !read(other, key).equals("(nothing)")))
                .isEmpty();
    }

    @Test
    void invalidatesTagsOfEveryKey() {
        List<String> keys = IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> answer(store.put(key, entry("v", "all", "of-" + key))));
        answer(store.put("untagged", entry("v")));

        answer(other.invalidateTags(Set.of("of-k7", "unheard-of")));
        assertThat(read(store, "k7")).isEqualTo("(nothing)");
        assertThat(answer(store.take("k7"))).isEmpty();
        assertThat(read(store, "k8")).isEqualTo("v");
        answer(other.invalidateTags(Set.of("all")));

        assertThat(keys.stream().filter(key -> !read(store, key).equals("(nothing)")))
                .isEmpty();
        assertThat(read(store, "untagged")).isEqualTo("v");
        answer(store.put("k7", entry("again", "all", "of-k7")));
        assertThat(read(other, "k7")).isEqualTo("again");
    }

    @Test
    void aLoadFromBeforeItsTagsInvalidationIsRefused() {
        Ticket ticket = missed(store, "k");
        Ticket untouched = missed(store, "l");

        answer(other.invalidateTags(Set.of("red")));

        assertThat(answer(store.publish("k", entry("old", "blue", "red"), ticket)))
                .isFalse();
        assertThat(answer(store.publish("l", entry("v", "blue"), untouched))).isTrue();
        assertThat(answer(store.publish("k", entry("new", "blue", "red"), missed(store, "k"))))
                .isTrue();
        assertThat(read(other, "k")).isEqualTo("new");
    }

    @Test
    void aPublishedValueIsAsOldAsItsTicket() {
        Ticket ticket = missed(store, "k");
        answer(other.invalidateTags(Set.of("other")));
        assertThat(answer(store.publish("k", entry("v", "red"), ticket))).isTrue();

        answer(other.invalidateTags(Set.of("red")));

        assertThat(read(store, "k")).isEqualTo("(nothing)");
    }

    @Test
    void clearsForEveryInstance() {
        List<String> keys = IntStream.range(0, 50).mapToObj(i -> "k" + i).toList();
        keys.forEach(key -> answer(store.put(key, entry("v", "tag"))));
        assertThat(read(other, "k1")).isEqualTo("v");

        answer(other.clear());

        assertThat(keys.stream().filter(key -> !read(store, key).equals("(nothing)")))
                .isEmpty();
        answer(store.put("k1", entry("new", "tag")));
        assertThat(read(other, "k1")).isEqualTo("new");
        answer(store.clear());
        answer(store.clear());
        assertThat(read(other, "k1")).isEqualTo("(nothing)");
    }

    @Test
    void failsOnceClosed() {
        store.close();

        assertThat(store.get("k").toCompletableFuture())
                .failsWithin(Duration.ofSeconds(10))
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(CacheStoreUnavailableException.class);
    }
}
