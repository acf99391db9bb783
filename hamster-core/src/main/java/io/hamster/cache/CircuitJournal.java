package io.hamster.cache;

import io.hamster.cache.writeback.Change;
import io.hamster.cache.writeback.JournalRecord;
import io.hamster.cache.writeback.SharedJournal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A journal behind a circuit. Every answer fails that takes too long, and what hasn't been sent by then never is: a write
 * that its caller was told has failed must not come after a later one.
 *
 * @param isAnswer whether a failure shows that the journal is there: to wait for it costs nobody anything
 * @param executor where answers fail
 */
record CircuitJournal(
        SharedJournal journal, StoreCircuit circuit, Duration timeout, Predicate<Throwable> isAnswer, Executor executor)
        implements SharedJournal {

    /** A long backlog takes longer than one write, however soon a write is given up. */
    private static final Duration LIST_TIMEOUT = Duration.ofSeconds(10);

    @Override
    public CompletionStage<Optional<Appended>> append(List<Change> changes, int maxDirty) {
        return asked(() -> journal.append(changes, maxDirty));
    }

    @Override
    public CompletionStage<Optional<JournalRecord>> find(byte[] key) {
        return asked(() -> journal.find(key));
    }

    @Override
    public CompletionStage<List<JournalRecord>> list() {
        // To find out whether it is there again takes no longer than by any other request.
        boolean isTry = circuit.isOpen();
        Duration patience = isTry || timeout.compareTo(LIST_TIMEOUT) > 0 ? timeout : LIST_TIMEOUT;
        // That there is much to read says nothing of whether the journal is there.
        return circuit.guarded(
                () -> bounded(journal.list(), patience),
                this::showsThatItIsThere,
                failure -> cause(failure) instanceof TimeoutException);
    }

    @Override
    public CompletionStage<Size> size() {
        return asked(journal::size);
    }

    @Override
    public CompletionStage<Optional<Long>> lease(String owner, Duration lease) {
        return asked(() -> journal.lease(owner, lease));
    }

    @Override
    public CompletionStage<Void> release(String owner) {
        return asked(() -> journal.release(owner));
    }

    @Override
    public CompletionStage<Boolean> written(long fence, List<JournalRecord> written) {
        return asked(() -> journal.written(fence, written));
    }

    @Override
    public CompletionStage<Boolean> park(long fence, JournalRecord refused, String reason) {
        return asked(() -> journal.park(fence, refused, reason));
    }

    @Override
    public CompletionStage<Boolean> redrive(byte[] key, long sequence) {
        return asked(() -> journal.redrive(key, sequence));
    }

    @Override
    public CompletionStage<Boolean> discard(byte[] key, long sequence) {
        return asked(() -> journal.discard(key, sequence));
    }

    private <T> CompletionStage<T> asked(Supplier<CompletionStage<T>> request) {
        return circuit.guarded(() -> bounded(request.get(), timeout), this::showsThatItIsThere);
    }

    private boolean showsThatItIsThere(Throwable failure) {
        return isAnswer.test(cause(failure));
    }

    private <T> CompletionStage<T> bounded(CompletionStage<T> answer, Duration patience) {
        CompletableFuture<T> asked = answer.toCompletableFuture();
        CompletableFuture<T> bounded = new CompletableFuture<>();
        asked.copy().orTimeout(patience.toNanos(), TimeUnit.NANOSECONDS).whenComplete((done, failure) -> {
            if (failure == null) {
                bounded.complete(done);
            } else {
                asked.cancel(false);
                hop(() -> bounded.completeExceptionally(failure));
            }
        });
        return bounded;
    }

    /** All timeouts of the JVM run on one thread: a caller's code that blocked it would keep them all from ending. */
    private void hop(Runnable failing) {
        try {
            executor.execute(failing);
        } catch (Throwable e) {
            // Refused, or out of threads: an answer that never came would be worse than a foreign thread.
            failing.run();
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    @Override
    public void close() {
        journal.close();
    }
}
