package io.hamster.cache.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.store.CacheStore.Lookup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many questions, and the few messages that carry them. */
class OutboxTests extends Leased {

    private static final byte[] QUESTION = {9};
    private static final Duration SOON = Duration.ofMillis(30);

    private final List<Runnable> onTheWay = new ArrayList<>();

    private void deliver() {
        while (!onTheWay.isEmpty()) {
            onTheWay.remove(0).run();
        }
    }

    private int messages() {
        return ring.join("b").asked();
    }

    @Test
    void whatIsAskedWhileMessagesAreUnderWayGoesTogether() {
        List<String> keys = keysOf("a", 10_000);
        ring.network(onTheWay::add);
        int before = messages();

        List<CompletionStage<Lookup>> asked = keys.stream().map(b::get).toList();
        assertThat(messages() - before).isEqualTo(Outbox.MOST_UNDER_WAY);
        deliver();

        assertThat(asked)
                .allSatisfy(each -> assertThat(ticket(done(each)).isNew()).isTrue());
        assertThat(messages() - before)
                .isEqualTo(Outbox.MOST_UNDER_WAY
                        + (keys.size() - Outbox.MOST_UNDER_WAY + Outbox.MOST_TOGETHER - 1) / Outbox.MOST_TOGETHER);
    }

    @Test
    void valuesComeInPieces() {
        int large = 1 << 20;
        List<String> keys = keysOf("a", 40);
        keys.forEach(key -> done(c.publish(key, entry(large), missed(c, key))));
        ring.network(onTheWay::add);
        List<byte[]> replies = new ArrayList<>();
        ring.replies(reply -> {
            replies.add(reply);
            return reply;
        });

        List<CompletionStage<Lookup>> asked = keys.stream().map(b::get).toList();
        for (int i = 0; i < 10; i++) {
            deliver();
            time.advance(Duration.ofMillis(100));
        }

        assertThat(asked).allSatisfy(each -> assertThat(done(each)).isInstanceOf(Lookup.Hit.class));
        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.length).isLessThan(LeaseGroup.MOST_BYTES_ANSWERED + 2 * large));
    }

    @Test
    void moreThanMayWaitIsRefusedAndSaysNothingOfTheOwner() {
        String key = keyOf("a");
        ring.network(onTheWay::add);
        for (int i = 0; i < Outbox.MOST_UNDER_WAY + Outbox.MOST_WAITING; i++) {
            b.get(key);
        }

        assertUnavailable(b.get(key), "wait to be sent");

        deliver();
        ring.network(Runnable::run);
        assertThat(done(b.get(key))).isInstanceOf(Lookup.Miss.class);
    }

    @Test
    void aBundleThatCannotBeReadIsRefusedAsAWhole() {
        List<String> keys = keysOf("a", 20);
        ring.network(onTheWay::add);
        ring.requests(message -> message[0] == 0 ? new byte[] {0, 1} : message);

        List<CompletionStage<Lookup>> asked = keys.stream().map(b::get).toList();
        deliver();

        assertThat(asked.subList(0, Outbox.MOST_UNDER_WAY))
                .allSatisfy(each -> assertThat(done(each)).isInstanceOf(Lookup.Miss.class));
        assertThat(asked.subList(Outbox.MOST_UNDER_WAY, keys.size()))
                .allSatisfy(each -> assertUnavailable(each, "says UNREADABLE"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void eachOfThoseThatGoTogetherIsWaitedForUntilItsOwnDeadline(boolean isDueFirst) {
        Outbox outbox = fullOutbox();
        CompletionStage<byte[]> one = outbox.ask(QUESTION, in(isDueFirst ? SOON : PATIENCE));
        CompletionStage<byte[]> other = outbox.ask(QUESTION, in(isDueFirst ? PATIENCE : SOON));
        CompletionStage<byte[]> due = isDueFirst ? one : other;
        CompletionStage<byte[]> fresh = isDueFirst ? other : one;
        // The first question, and its answer: then the next two go.
        onTheWay.remove(0).run();
        onTheWay.remove(onTheWay.size() - 1).run();

        time.advance(SOON);
        assertLate(due);
        time.advance(PATIENCE.minus(SOON).minusMillis(1));
        assertThat(fresh.toCompletableFuture()).isNotDone();
        deliver();

        assertThat(fresh.toCompletableFuture()).isCompleted();
    }

    @Test
    void whatHasNotBeenSentIsNotWaitedForAnyLonger() {
        Outbox outbox = fullOutbox();
        CompletionStage<byte[]> fresh = outbox.ask(QUESTION, in(PATIENCE));
        CompletionStage<byte[]> due = outbox.ask(QUESTION, in(SOON));

        time.advance(SOON);

        assertLate(due);
        assertThat(fresh.toCompletableFuture()).isNotDone();
    }

    /** One that can't send anything until an answer comes. */
    private Outbox fullOutbox() {
        ring.network(onTheWay::add);
        Outbox outbox = new Outbox(ring.join("b"), "a", time, (nanos, work) -> {
            time.scheduler().schedule(work, nanos, TimeUnit.NANOSECONDS);
            return true;
        });
        for (int i = 0; i < Outbox.MOST_UNDER_WAY; i++) {
            outbox.ask(QUESTION, in(PATIENCE));
        }
        return outbox;
    }

    private long in(Duration duration) {
        return time.nanoTime() + duration.toNanos();
    }

    private static void assertLate(CompletionStage<byte[]> answer) {
        assertThat(answer.toCompletableFuture())
                .isCompletedExceptionally()
                .failsWithin(Duration.ZERO)
                .withThrowableOfType(ExecutionException.class)
                .withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void bundlesComeApartAsTheyWere() {
        byte[] one = {1, 2, 3};
        byte[] other = {1};

        assertThat(Bundle.of(List.of(one))).isSameAs(one);
        assertThat(Bundle.parts(one))
                .hasValueSatisfying(parts -> assertThat(parts).containsExactly(one));
        byte[] bundle = Bundle.of(List.of(one, other, new byte[0]));
        assertThat(Bundle.parts(bundle))
                .hasValueSatisfying(parts -> assertThat(parts).containsExactly(one, other, new byte[0]));
    }

    @Test
    void whatIsNoBundleIsNone() {
        byte[] bundle = Bundle.of(List.of(new byte[] {1, 2, 3}, new byte[] {4, 5}));
        for (int length = 0; length < bundle.length; length++) {
            byte[] cut = Arrays.copyOf(bundle, length);
            assertThat(Bundle.parts(cut).filter(parts -> parts.size() > 1))
                    .as("%s bytes", length)
                    .isEmpty();
        }
        assertThat(Bundle.parts(new byte[] {0, -1, -1, -1, -1})).isEqualTo(Optional.empty());
    }
}
