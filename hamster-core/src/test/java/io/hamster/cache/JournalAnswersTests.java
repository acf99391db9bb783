package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.writeback.JournalException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class JournalAnswersTests {

    @Test
    void givesTheAnswer() {
        JournalAnswers answers = new JournalAnswers("views", Duration.ofSeconds(10));

        assertThat(answers.join(CompletableFuture.completedFuture(1))).isEqualTo(1);
    }

    /** Sent once there is a connection, an older write would take the place of one that was taken since. */
    @Test
    void whatIsGivenUpIsNotSentLater() {
        JournalAnswers answers = new JournalAnswers("views", Duration.ofNanos(1));
        CompletableFuture<Long> unsent = new CompletableFuture<>();

        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> answers.join(unsent))
                .withMessageContaining("'views'")
                .withCauseInstanceOf(TimeoutException.class);

        assertThat(unsent).isCancelled();
    }
}
