package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.store.CacheStoreUnavailableException;
import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.JournalException;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

class CircuitJournalTests {

    private static final Duration COOL_DOWN = Duration.ofSeconds(1);
    private static final byte[] KEY = {1};
    private static final Change CHANGE = new Change(KEY, Optional.empty());
    private static final JournalRecord RECORD = new JournalRecord(CHANGE, 1, Optional.empty());
    private static final List<Function<SharedJournal, CompletionStage<?>>> REQUESTS = List.of(
            journal -> journal.append(List.of(CHANGE), 10),
            journal -> journal.find(KEY),
            SharedJournal::list,
            SharedJournal::size,
            journal -> journal.lease("me", COOL_DOWN),
            journal -> journal.release("me"),
            journal -> journal.written(1, List.of(RECORD)),
            journal -> journal.park(1, RECORD, "why"),
            journal -> journal.redrive(KEY, 1),
            journal -> journal.discard(KEY, 1));

    private final ManualTime time = new ManualTime();
    private final Asked asked = new Asked();

    private CircuitJournal journal(Duration timeout) {
        return journal(timeout, Runnable::run);
    }

    private CircuitJournal journal(Duration timeout, Executor executor) {
        StoreCircuit circuit = new StoreCircuit("the journal", time, COOL_DOWN);
        return new CircuitJournal(asked, circuit, timeout, JournalException.class::isInstance, executor);
    }

    private static ThrowableAssertAlternative<CompletionException> failureOf(CompletionStage<?> answer) {
        return assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> answer.toCompletableFuture().join());
    }

    /** Sent once there is a connection, an older write would take the place of one that was taken since. */
    @Test
    void whatIsGivenUpIsNotSentLater() {
        failureOf(journal(Duration.ofNanos(1)).append(List.of(CHANGE), 10)).withCauseInstanceOf(TimeoutException.class);

        assertThat(asked.answers)
                .singleElement()
                .satisfies(unsent -> assertThat(unsent).isCancelled());
    }

    /** All timeouts of the JVM end on one thread, which a caller's code may block. */
    @Test
    void anAnswerFailsOnTheExecutor() throws Exception {
        LinkedBlockingQueue<Runnable> work = new LinkedBlockingQueue<>();
        CompletionStage<?> answer = journal(Duration.ofNanos(1), work::add).append(List.of(CHANGE), 10);

        Runnable failing = work.poll(20, TimeUnit.SECONDS);

        assertThat(failing).isNotNull();
        assertThat(answer.toCompletableFuture()).isNotDone();
        assertThat(asked.answers.get(0)).isCancelled();
        failing.run();
        failureOf(answer).withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void anAnswerFailsThoughTheExecutorRefuses() {
        CircuitJournal journal = journal(Duration.ofNanos(1), work -> {
            throw new RejectedExecutionException("shut down");
        });

        assertThat(journal.append(List.of(CHANGE), 10))
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void leavesAJournalAloneThatDoesNotAnswer() {
        CircuitJournal journal = journal(Duration.ofNanos(1));
        for (int i = 0; i < StoreCircuit.FAILURES; i++) {
            failureOf(journal.append(List.of(CHANGE), 10)).withCauseInstanceOf(TimeoutException.class);
        }
        for (Function<SharedJournal, CompletionStage<?>> request : REQUESTS) {
            failureOf(request.apply(journal)).withCauseInstanceOf(CacheStoreUnavailableException.class);
        }
        assertThat(asked.answers).hasSize(StoreCircuit.FAILURES);

        time.advance(COOL_DOWN);
        assertThat(journal.list())
                .as("given up as soon as any attempt")
                .failsWithin(Duration.ofSeconds(5))
                .withThrowableThat()
                .withCauseInstanceOf(TimeoutException.class);
        failureOf(journal.list()).withCauseInstanceOf(CacheStoreUnavailableException.class);
        assertThat(asked.answers).hasSize(StoreCircuit.FAILURES + 1);
    }

    @Test
    void allOfAJournalMayTakeLongerToReadThanAKey() {
        CircuitJournal journal = journal(Duration.ofNanos(1));
        CompletableFuture<List<JournalRecord>> all = journal.list().toCompletableFuture();
        failureOf(journal.find(KEY)).withCauseInstanceOf(TimeoutException.class);

        assertThat(asked.answers.get(0)).isNotDone();
        asked.<List<JournalRecord>>answered(0).complete(List.of(RECORD));

        assertThat(all).isCompletedWithValue(List.of(RECORD));
    }

    @Test
    void aJournalTooLongToReadIsNotTakenForAway() {
        CircuitJournal journal = journal(Duration.ofMinutes(1));
        for (int i = 0; i <= StoreCircuit.FAILURES; i++) {
            assertTakesTooLong(journal.list());
        }

        for (int i = 1; i < StoreCircuit.FAILURES; i++) {
            assertTakesTooLong(journal.find(KEY));
        }
        assertTakesTooLong(journal.list());
        assertTakesTooLong(journal.find(KEY));
        failureOf(journal.list()).as("nor for there").withCauseInstanceOf(CacheStoreUnavailableException.class);
    }

    private void assertTakesTooLong(CompletionStage<?> answer) {
        asked.answers.get(asked.answers.size() - 1).completeExceptionally(new TimeoutException("too long"));
        failureOf(answer).withCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void aJournalThatRefusesIsThere() {
        CircuitJournal journal = journal(Duration.ofMinutes(1));
        asked.next = () -> CompletableFuture.failedFuture(new JournalException("full", null));
        for (int i = 0; i <= StoreCircuit.FAILURES; i++) {
            failureOf(journal.append(List.of(CHANGE), 10)).withCauseInstanceOf(JournalException.class);
        }
        asked.next = () -> CompletableFuture.completedFuture(null);

        REQUESTS.forEach(request ->
                assertThat(request.apply(journal).toCompletableFuture()).isCompleted());
    }

    /** Answers every request in the same way, by default never. */
    private static final class Asked implements SharedJournal {

        final List<CompletableFuture<?>> answers = new ArrayList<>();
        Supplier<CompletableFuture<?>> next = CompletableFuture::new;

        @SuppressWarnings("unchecked")
        <T> CompletableFuture<T> answered(int request) {
            return (CompletableFuture<T>) answers.get(request);
        }

        @SuppressWarnings("unchecked")
        private <T> CompletionStage<T> answer() {
            CompletableFuture<T> answer = (CompletableFuture<T>) next.get();
            answers.add(answer);
            return answer;
        }

        @Override
        public CompletionStage<Optional<Appended>> append(List<Change> changes, int maxDirty) {
            return answer();
        }

        @Override
        public CompletionStage<Optional<JournalRecord>> find(byte[] key) {
            return answer();
        }

        @Override
        public CompletionStage<List<JournalRecord>> list() {
            return answer();
        }

        @Override
        public CompletionStage<Size> size() {
            return answer();
        }

        @Override
        public CompletionStage<Optional<Long>> lease(String owner, Duration lease) {
            return answer();
        }

        @Override
        public CompletionStage<Void> release(String owner) {
            return answer();
        }

        @Override
        public CompletionStage<Boolean> written(long fence, List<JournalRecord> written) {
            return answer();
        }

        @Override
        public CompletionStage<Boolean> park(long fence, JournalRecord refused, String reason) {
            return answer();
        }

        @Override
        public CompletionStage<Boolean> redrive(byte[] key, long sequence) {
            return answer();
        }

        @Override
        public CompletionStage<Boolean> discard(byte[] key, long sequence) {
            return answer();
        }

        @Override
        public void close() {}
    }
}
