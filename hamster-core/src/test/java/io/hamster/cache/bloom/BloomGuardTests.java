package io.hamster.cache.bloom;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.InvalidExpirationException;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BloomGuardTests {

    private static final Duration HOUR = Duration.ofHours(1);

    private final ManualTime time = new ManualTime();
    private final Queue<Runnable> work = new ArrayDeque<>();
    private final List<String> source = new ArrayList<>(List.of("a", "b"));
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger closings = new AtomicInteger();
    private Runnable whileReading = () -> {};

    private final BloomPolicy<String> policy = BloomPolicy.of(new BloomFilterConfig(1000, 0.001), this::keys);
    private final BloomGuard<String> guard = guard(policy);

    private BloomGuard<String> guard(BloomPolicy<String> how) {
        return new BloomGuard<>("books", how, work::add, time.scheduler());
    }

    /** What happens while the source is read comes after its last key. */
    private Stream<String> keys() {
        reads.incrementAndGet();
        Stream<String> last = Stream.of("last").peek(key -> whileReading.run());
        return Stream.concat(List.copyOf(source).stream(), last).onClose(closings::incrementAndGet);
    }

    private void runOne() {
        work.remove().run();
    }

    @Test
    void letsEveryKeyThroughUntilTheSourceIsRead() {
        CompletableFuture<Void> built = guard.rebuild();

        assertThat(guard.isReady()).isFalse();
        assertThat(guard.stats()).isEmpty();
        assertThat(guard.mightContain("x")).isTrue();
        assertThat(built).isNotDone();

        runOne();

        assertThat(built).isCompleted();
        assertThat(guard.isReady()).isTrue();
        assertThat(guard.mightContain("a")).isTrue();
        assertThat(guard.mightContain("x")).isFalse();
        assertThat(guard.stats()).get().extracting(BloomFilterStats::keys).isEqualTo(3L);
        assertThat(closings).hasValue(1);
    }

    @Test
    void letsAddedKeysThrough() {
        guard.rebuild();
        runOne();

        guard.add("new");

        assertThat(guard.mightContain("new")).isTrue();
    }

    @Test
    void aRebuildForgetsWhatTheSourceNoLongerHas() {
        guard.rebuild();
        runOne();
        source.remove("a");

        guard.rebuild();
        assertThat(guard.mightContain("a")).isTrue();
        runOne();

        assertThat(guard.mightContain("a")).isFalse();
        assertThat(guard.mightContain("b")).isTrue();
    }

    @Test
    void aRebuildKeepsWhatIsAddedMeanwhile() {
        guard.rebuild();
        runOne();
        whileReading = () -> {
            guard.add("meanwhile");
            assertThat(guard.mightContain("meanwhile")).isTrue();
        };

        guard.rebuild();
        runOne();

        assertThat(guard.mightContain("meanwhile")).isTrue();
    }

    @Test
    void theFirstBuildKeepsWhatIsAddedMeanwhile() {
        whileReading = () -> guard.add("meanwhile");

        guard.rebuild();
        runOne();

        assertThat(guard.mightContain("meanwhile")).isTrue();
    }

    @Test
    void thoseWhoAskDuringARebuildShareTheNextOne() {
        List<CompletableFuture<Void>> answers = new ArrayList<>();
        whileReading = () -> {
            whileReading = () -> {};
            source.add("late");
            answers.add(guard.rebuild());
            answers.add(guard.rebuild());
        };

        CompletableFuture<Void> first = guard.rebuild();
        runOne();
        assertThat(first).isCompleted();
        assertThat(answers).hasSize(2).noneMatch(CompletableFuture::isDone);
        assertThat(guard.mightContain("late")).isFalse();

        runOne();
        assertThat(answers).allMatch(CompletableFuture::isDone);
        assertThat(guard.mightContain("late")).isTrue();
        assertThat(work).isEmpty();
    }

    @Test
    void reopeningLetsEveryKeyThroughUntilTheSourceIsRead() {
        guard.rebuild();
        runOne();
        source.add("unnoticed");

        CompletableFuture<Void> built = guard.reopen();
        assertThat(guard.isReady()).isFalse();
        assertThat(guard.mightContain("unnoticed")).isTrue();

        runOne();
        assertThat(built).isCompleted();
        assertThat(guard.mightContain("unnoticed")).isTrue();
        assertThat(guard.mightContain("x")).isFalse();
    }

    @Test
    void reopeningDropsTheRunningRebuild() {
        whileReading = () -> {
            whileReading = () -> {};
            source.add("unnoticed");
            guard.reopen();
        };

        CompletableFuture<Void> first = guard.rebuild();
        runOne();
        assertThat(guard.isReady()).isFalse();
        assertThat(first).isNotDone();

        runOne();
        assertThat(first).isCompleted();
        assertThat(guard.mightContain("unnoticed")).isTrue();
        assertThat(guard.mightContain("x")).isFalse();
    }

    @Test
    void staysOpenWhenTheSourceFailsAndTriesAgain() {
        whileReading = () -> {
            throw new IllegalStateException("the database is away");
        };
        CompletableFuture<Void> failed = guard.rebuild();
        runOne();

        assertThat(failed).isCompletedExceptionally();
        assertThat(guard.mightContain("x")).isTrue();
        assertThat(closings).hasValue(1);

        whileReading = () -> {};
        time.advance(Duration.ofSeconds(59));
        assertThat(work).isEmpty();
        time.advance(Duration.ofSeconds(1));
        runOne();

        assertThat(guard.mightContain("x")).isFalse();
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void keepsTheOldFilterWhenTheSourceFails() {
        guard.rebuild();
        runOne();
        whileReading = () -> {
            guard.add("meanwhile");
            throw new IllegalStateException("the database is away");
        };
        guard.rebuild();
        runOne();

        assertThat(guard.mightContain("a")).isTrue();
        assertThat(guard.mightContain("meanwhile")).isTrue();
        assertThat(guard.mightContain("x")).isFalse();
    }

    @Test
    void isRebuiltFromTimeToTime() {
        BloomGuard<String> hourly = guard(policy.rebuiltEvery(HOUR));
        hourly.rebuild();
        runOne();
        source.add("late");

        time.advance(HOUR.minusNanos(1));
        assertThat(work).isEmpty();
        time.advance(Duration.ofNanos(1));
        runOne();

        assertThat(hourly.mightContain("late")).isTrue();
        assertThat(time.pendingTasks()).isEqualTo(1);
    }

    @Test
    void aRebuildOnDemandPutsTheNextOneOff() {
        BloomGuard<String> hourly = guard(policy.rebuiltEvery(HOUR));
        hourly.rebuild();
        runOne();
        time.advance(HOUR.dividedBy(2));
        hourly.rebuild();
        runOne();

        time.advance(HOUR.dividedBy(2));

        assertThat(work).isEmpty();
        assertThat(time.pendingTasks()).isEqualTo(1);
    }

    @Test
    void rebuildsAfterThreadsHaveRunOut() {
        AtomicBoolean isExhausted = new AtomicBoolean(true);
        BloomGuard<String> rebuilt = new BloomGuard<>(
                "books",
                policy,
                task -> {
                    if (isExhausted.get()) {
                        throw new Error("unable to create native thread");
                    }
                    task.run();
                },
                time.scheduler());
        assertThat(rebuilt.rebuild()).isCompletedExceptionally();

        isExhausted.set(false);

        assertThat(rebuilt.rebuild()).isCompleted();
        assertThat(rebuilt.isReady()).isTrue();
    }

    @Test
    void anExecutorThatRefusesIsAFailure() {
        BloomGuard<String> refused = new BloomGuard<>(
                "books",
                policy,
                task -> {
                    throw new RejectedExecutionException("full");
                },
                time.scheduler());

        assertThat(refused.rebuild()).isCompletedExceptionally();
        assertThat(refused.mightContain("x")).isTrue();
        assertThat(time.pendingTasks()).isEqualTo(1);
    }

    @Test
    void cancellingAnAnswerCancelsNoRebuild() {
        guard.rebuild().cancel(true);
        CompletableFuture<Void> other = guard.rebuild();
        runOne();

        assertThat(other).isCompleted();
        assertThat(guard.isReady()).isTrue();
    }

    @Test
    void closingOpensForGood() {
        BloomGuard<String> hourly = guard(policy.rebuiltEvery(HOUR));
        hourly.rebuild();
        runOne();
        CompletableFuture<Void> waiting = hourly.rebuild();

        hourly.close();

        assertThat(waiting).isCompletedExceptionally();
        assertThat(hourly.rebuild()).isCompletedExceptionally();
        runOne();
        assertThat(reads).hasValue(1);
        assertThat(hourly.mightContain("x")).isTrue();
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void aRebuildEndsAtTheNextKeyAfterClosing() {
        AtomicInteger read = new AtomicInteger();
        List<BloomGuard<String>> self = new ArrayList<>();
        BloomGuard<String> closing = guard(BloomPolicy.of(
                policy.filter(),
                () -> Stream.of("1", "2", "3").peek(key -> {
                    read.incrementAndGet();
                    self.get(0).close();
                })));
        self.add(closing);

        CompletableFuture<Void> built = closing.rebuild();
        runOne();

        assertThat(read).hasValue(1);
        assertThat(built)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(CancellationException.class)
                .withMessageContaining("The Bloom guard of 'books' is closed");
        assertThat(closing.isReady()).isFalse();
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void refusesAnIntervalOfZero() {
        assertThatExceptionOfType(InvalidExpirationException.class)
                .isThrownBy(() -> policy.rebuiltEvery(Duration.ZERO))
                .withMessageContaining("rebuildInterval is PT0S; it must be more than zero");
    }
}
