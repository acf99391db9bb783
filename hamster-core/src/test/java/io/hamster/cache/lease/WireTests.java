package io.hamster.cache.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.lease.Reply.Refusal;
import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class WireTests {

    private static final StoredEntry ABSENCE = new StoredEntry(
            Optional.empty(),
            Duration.ofMillis(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(5),
            Set.of("Grün", "rot"));

    private static final List<Question> QUESTIONS = List.of(
            new Question.Greeting("v/1", "a"),
            new Question.Ask("v/1", "books\0", "schlüssel \uD83D\uDC39", "life", 7, 1L << 40, true, 5_000_000_000L),
            new Question.Renew("v/1", "books\0", "k", "id", 7),
            new Question.End("v/1", "books\0", "k", "id", true),
            new Question.Publish("v/1", "books\0", "k", "id", true, ABSENCE),
            new Question.Drop("v/1", "books\0", Set.of("k", "l")),
            new Question.DropTags("v/1", "books\0", Set.of("t")),
            new Question.DropAll("v/1", "books\0"));

    @Test
    void questionsArriveAsTheyWere() {
        assertThat(QUESTIONS)
                .allSatisfy(question ->
                        assertThat(Wire.question(Wire.encode(question))).contains(question));
    }

    @Test
    void repliesArriveAsTheyWere() {
        List<Reply> replies = List.of(
                new Reply.Value(ABSENCE),
                new Reply.Standing("id"),
                new Reply.Count(42),
                Refusal.OTHER_VIEW,
                Refusal.UNREADABLE,
                Refusal.TOO_MUCH);

        assertThat(replies)
                .allSatisfy(reply -> assertThat(Wire.reply(Wire.encode(reply))).contains(reply));
    }

    @Test
    void everyByteOfAValueArrives() {
        byte[] bytes = new byte[70_000];
        new Random(1).nextBytes(bytes);
        Reply value = new Reply.Value(new StoredEntry(
                Optional.of(bytes), Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(1), Set.of()));

        assertThat(Wire.reply(Wire.encode(value)))
                .hasValueSatisfying(read -> assertThat(
                                ((Reply.Value) read).entry().payload())
                        .hasValueSatisfying(arrived -> assertThat(arrived).isEqualTo(bytes)));
    }

    @Test
    void whatIsCutShortOrTooLongIsNothing() {
        for (Question question : QUESTIONS) {
            byte[] whole = Wire.encode(question);
            for (int length = 0; length < whole.length; length++) {
                assertThat(Wire.question(Arrays.copyOf(whole, length))).isEmpty();
            }
            assertThat(Wire.question(Arrays.copyOf(whole, whole.length + 1))).isEmpty();
        }
    }

    @Test
    void nonsenseIsNothingOrAMessage() {
        Random random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            byte[] nonsense = new byte[2 + random.nextInt(60)];
            random.nextBytes(nonsense);
            nonsense[0] = 1;
            nonsense[1] = (byte) random.nextInt(10);
            // Neither throws, nor makes room for what isn't there.
            assertThat(Wire.question(nonsense)).isNotNull();
            assertThat(Wire.reply(nonsense)).isNotNull();
        }
    }
}
