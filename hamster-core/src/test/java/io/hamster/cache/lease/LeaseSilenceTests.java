package io.hamster.cache.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.cache.store.CacheStore;
import io.hamster.cache.store.CacheStore.Lookup;
import io.hamster.cache.store.CacheStore.Ticket;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Questions that aren't answered, or not sent. */
class LeaseSilenceTests extends Leased {

    private static final Duration UNTIL_GREETED = PATIENCE.plusSeconds(2);

    @Test
    void oneQuestionWithoutAnAnswerIsEnough() {
        List<String> keys = keysOf("a", 2000);
        ring.silence("a", true);
        CompletionStage<Lookup> first = b.get(keys.get(0));
        time.advance(PATIENCE.minusMillis(1));
        List<CompletionStage<Lookup>> crowd = keys.stream().map(b::get).toList();

        time.advance(Duration.ofMillis(1));

        assertUnavailable(first, "didn't answer within");
        assertThat(crowd).allSatisfy(each -> assertUnavailable(each, "node 'a' doesn't answer"));
        int before = ring.join("b").asked();
        assertUnavailable(b.get(keys.get(0)), "node 'a' doesn't answer");
        assertThat(ring.join("b").asked()).isEqualTo(before);
        assertUnavailable(b.invalidate(List.of("k")), "node 'a' doesn't answer");

        ring.silence("a", false);
        time.advance(UNTIL_GREETED);
        assertThat(missed(b, keys.get(0)).isNew()).isTrue();
        assertThat(done(b.invalidate(List.of("k")))).isZero();
    }

    @Test
    void aQuestionThatIsLostAmongOthersIsNoSilence() {
        List<String> keys = keysOf("a", 3);
        ring.network(lost -> {});
        CompletionStage<Lookup> first = b.get(keys.get(0));
        ring.network(Runnable::run);
        time.advance(PATIENCE.minusMillis(1));
        missed(b, keys.get(1));

        // No greeting is answered just now.
        ring.network(lost -> {});
        time.advance(Duration.ofMillis(1));
        ring.network(Runnable::run);

        assertUnavailable(first, "didn't answer within");
        assertThat(missed(b, keys.get(2)).isNew()).isTrue();
    }

    @Test
    void aMemberThatIsInAnotherViewIsSilentToo() {
        LeaseChannel.View view = ring.newView("a", "b", "c");
        ring.enter("a", view);
        ring.enter("b", view);
        ring.enter("c", ring.newView("c"));
        String key = keyOf("c");
        CompletionStage<Lookup> first = b.get(key);
        time.advance(PATIENCE.minusMillis(20));
        assertThat(first.toCompletableFuture()).isNotDone();
        time.advance(Duration.ofMillis(20));
        assertUnavailable(first, "haven't agreed");

        assertUnavailable(b.get(key), "node 'c' doesn't answer");

        ring.enter("c", view);
        assertThat(missed(b, key).isNew()).as("it has greeted").isTrue();
    }

    @Test
    void whoIsGreetedInALaterViewWhileItIsGivenUpIsNotSilentInIt() {
        int moment = 1;
        while (isHeardInALaterView(moment)) {
            moment++;
        }
        assertThat(moment).as("looks at the clock until it is given up").isGreaterThan(3);
    }

    /**
     * A node asks a silent member, and enters another view with it as soon as it has looked at the clock so often once
     * the time is over; whether it has looked so often.
     */
    private static boolean isHeardInALaterView(int moment) {
        ManualTime time = new ManualTime();
        TestRing ring = new TestRing(time);
        ring.leases("a").open("books", "", TTL);
        Interrupted clock = new Interrupted(time);
        CacheStore d = new ClusterLeases(ring.join("d"), clock, time.scheduler(), PATIENCE).open("books", "", TTL);
        ring.view("a", "d");
        Circle circle = Circle.of(new LeaseChannel.View("any", List.of("a", "d")));
        String key = Stream.iterate("k", same -> same + "k")
                .filter(each -> circle.owner("books\0", each).equals("a"))
                .findFirst()
                .orElseThrow();
        ring.silence("a", true);
        d.get(key);
        time.advance(PATIENCE.minusMillis(1));

        clock.interrupt(moment, () -> {
            LeaseChannel.View later = ring.newView("a", "d");
            ring.silence("a", false);
            // Its own greetings would make up for everything.
            ring.network(lost -> {});
            ring.enter("a", later);
            ring.network(Runnable::run);
            ring.enter("d", later);
        });
        time.advance(Duration.ofMillis(1));
        boolean isEntered = clock.isInterrupted();

        if (isEntered) {
            assertThat(missed(d, key).isNew()).as("entered at look %s", moment).isTrue();
        }
        return isEntered;
    }

    /** A clock at one look at which something happens. */
    private static final class Interrupted implements TimeSource {

        private final ManualTime time;
        private Runnable event = () -> {};
        private int looks;

        private Interrupted(ManualTime time) {
            this.time = time;
        }

        private void interrupt(int atLook, Runnable by) {
            looks = atLook;
            event = by;
        }

        private boolean isInterrupted() {
            return looks <= 0;
        }

        @Override
        public long nanoTime() {
            if (--looks == 0) {
                event.run();
            }
            return time.nanoTime();
        }

        @Override
        public Instant instant() {
            return time.instant();
        }
    }

    @Test
    void soIsOneThatHasNotNotedAChangeSinceItIsInAnotherView() {
        LeaseChannel.View view = ring.newView("a", "b", "c");
        ring.enter("a", view);
        ring.enter("b", view);
        ring.enter("c", ring.newView("c"));
        CompletionStage<Long> change = b.invalidate(List.of("k"));
        time.advance(PATIENCE.plusMillis(300));
        assertUnavailable(change, "haven't agreed");

        assertUnavailable(b.invalidate(List.of("k")), "node 'c' doesn't answer");

        ring.enter("c", view);
        assertThat(done(b.invalidate(List.of("k")))).isZero();
    }

    @Test
    void whatThisNodeItselfRefusesSaysNothingOfTheOwner() {
        String key = keyOf("a");
        ring.refuse(true);
        assertUnavailable(b.get(key), "Too much at once");
        assertUnavailable(b.invalidate(List.of(key)), "Too much at once");

        ring.refuse(false);
        assertThat(missed(b, key).isNew()).isTrue();
        assertThat(done(b.invalidate(List.of(key)))).isZero();
    }

    @Test
    void whatCannotBeEncodedSaysNothingOfTheOwner() {
        String key = keyOf("a");
        Ticket ticket = missed(b, key);

        assertUnavailable(b.invalidateTags(List.of("t".repeat(70_000))), "can't be encoded");

        assertThat(done(b.renew(key, ticket))).isTrue();
    }

    @Test
    void aQuestionThatWasThoughtLostCreatesNoTicketThatIsStillInUse() {
        String key = keyOf("a");
        List<Runnable> late = new ArrayList<>();
        ring.network(late::add);
        CompletionStage<Lookup> asked = b.get(key);
        ring.losePending("b");
        ring.network(Runnable::run);
        time.advance(Duration.ofMillis(20));
        Ticket ticket = ticket(done(asked));
        assertThat(ticket.isNew()).isTrue();

        done(c.invalidate(List.of(key)));
        late.remove(0).run();

        assertThat(done(b.publish(key, entry("old"), ticket)))
                .as("loaded before the change")
                .isFalse();
        late.forEach(Runnable::run);
        assertThat(missed(c, key).isNew()).as("the late one is ended too").isTrue();
    }

    @Test
    void whoClosesGivesItsTicketsBack() {
        String key = keyOf("a");
        assertThat(missed(b, key).isNew()).isTrue();

        b.close();

        assertThat(missed(c, key).isNew()).isTrue();
    }

    @Test
    void soDoesWhoIsGivenOneOnceItHasClosed() {
        String key = keyOf("a");
        List<Runnable> late = new ArrayList<>();
        ring.network(late::add);
        b.get(key);

        b.close();
        ring.network(Runnable::run);
        late.forEach(Runnable::run);

        assertThat(missed(c, key).isNew()).isTrue();
    }

    @Test
    void membersAreGreetedTheLessOftenTheLongerTheyAreAway() {
        LeaseChannel.View view = ring.newView("a", "b", "c");
        ring.enter("a", view);
        ring.enter("b", view);
        ring.enter("c", ring.newView("c"));
        int atOnce = ring.join("b").asked();
        time.advance(PATIENCE);
        int soon = ring.join("b").asked();
        assertThat(soon - atOnce).isBetween(3, 10);

        time.advance(Duration.ofSeconds(10));

        assertThat(ring.join("b").asked() - soon).isEqualTo(10);
    }
}
