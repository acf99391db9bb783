package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.JournalException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class JournalAnswersTests {

    private final JournalAnswers answers = new JournalAnswers("views");

    @Test
    void givesTheAnswer() {
        assertThat(answers.join(CompletableFuture.completedFuture(1))).isEqualTo(1);
    }

    @Test
    void tellsWhetherTheJournalWasAsked() {
        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> answers.join(CompletableFuture.failedFuture(new TimeoutException())))
                .withMessageContaining("'views'")
                .withMessageContaining("may be done or not")
                .withCauseInstanceOf(TimeoutException.class);
        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> answers.join(CompletableFuture.failedFuture(
                        new CacheStoreUnavailableException("away", null, Duration.ofSeconds(1)))))
                .withMessageContaining("'views'")
                .withMessageContaining("was not asked");
    }

    @Test
    @Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void waitsNotForEverWhereNoThreadTellsThatTheTimeIsOver() {
        JournalAnswers impatient = new JournalAnswers("views", Duration.ofMillis(1));

        assertThatExceptionOfType(JournalException.class)
                .isThrownBy(() -> impatient.join(new CompletableFuture<>()))
                .withCauseInstanceOf(TimeoutException.class);
    }
}
