package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SharedTimerTests {

    private final ManualTime time = new ManualTime();
    private final Clock clock = new Clock(time);
    private final List<String> fired = new ArrayList<>();
    private int passes;
    private int rejections;
    private final SharedTimer timer = new SharedTimer(clock, time.scheduler(), () -> passes++, () -> rejections++);

    private static long millis(long count) {
        return Duration.ofMillis(count).toNanos();
    }

    private Noting item(String name, long dueMillis) {
        Noting item = new Noting(name);
        timer.add(item, clock.now() + millis(dueMillis));
        return item;
    }

    @Test
    void firesNearAndFarItemsWhenTheyAreDue() {
        item("far", 1700);
        item("near", 3);
        item("nearer", 1);
        item("never", Long.MAX_VALUE / 1_000_000 / 2);

        time.advance(Duration.ofSeconds(3));

        assertThat(fired).containsExactly("nearer@1", "near@3", "far@1700");
        assertThat(passes).isEqualTo(3);
    }

    @Test
    void followsItemsThatAreMoved() {
        Noting later = item("later", 100);
        Noting earlier = item("earlier", 2000);
        timer.dueAt(later, millis(900));
        timer.dueAt(earlier, millis(50));
        Noting backAndForth = item("twice", 100);
        timer.dueAt(backAndForth, millis(50));
        timer.dueAt(backAndForth, millis(120));

        time.advance(Duration.ofSeconds(3));

        assertThat(fired).containsExactly("earlier@50", "twice@120", "later@900");
    }

    @Test
    void forgetsRemovedItemsAndSleepsWhenNoneIsLeft() {
        Noting near = item("near", 10);
        Noting far = item("far", 5000);
        timer.remove(near);
        timer.remove(far);
        timer.remove(far);

        time.advance(Duration.ofSeconds(10));

        assertThat(fired).isEmpty();
        assertThat(time.pendingTasks()).isZero();
        item("next", 700);
        time.advance(Duration.ofSeconds(1));
        assertThat(fired).containsExactly("next@10700");
    }

    @Test
    void firesWhatMayComeEarlyTogetherWithTheFirst() {
        for (int i = 0; i < 5; i++) {
            item("flexible" + i, 1000 + i * 10).slack = millis(100);
        }
        item("strict", 1020);

        time.advance(Duration.ofMillis(1015));

        assertThat(fired).hasSize(5).allMatch(each -> each.startsWith("flexible"));
        assertThat(passes).isOne();
    }

    @Test
    void firesTheOthersThoughOneFails() {
        item("first", 5);
        timer.add(
                new Noting("bad") {
                    @Override
                    void fire(long now) {
                        timer.remove(this);
                        throw new NoSuchMethodError("planted");
                    }
                },
                millis(5));
        item("last", 5);

        time.advance(Duration.ofMillis(5));

        assertThat(fired).containsExactlyInAnyOrder("first@5", "last@5");
        assertThat(passes).isOne();
    }

    @Test
    void goesOnAfterAnErrorAmongWhatIsDue() {
        AtomicBoolean plant = new AtomicBoolean(true);
        for (int i = 0; i < 2; i++) {
            timer.add(
                    new Noting("bad" + i) {
                        @Override
                        long slack() {
                            if (plant.getAndSet(false)) {
                                throw new OutOfMemoryError("planted");
                            }
                            return 0;
                        }
                    },
                    millis(7));
        }
        item("near", 5);
        item("far", 1700);

        time.advance(Duration.ofMillis(5));
        assertThat(plant).isFalse();
        assertThat(fired).isEmpty();
        time.advance(Duration.ofMillis(20));
        assertThat(fired).hasSize(3).allMatch(each -> each.endsWith("@15"));
        time.advance(Duration.ofSeconds(2));

        assertThat(fired).hasSize(4).last().isEqualTo("far@1700");
        assertThat(time.pendingTasks()).isZero();
    }

    @Test
    void goesOnAfterAnErrorOfItsScheduler() {
        ScarceScheduler scarce = new ScarceScheduler();
        SharedTimer starved = new SharedTimer(clock, scarce, () -> passes++, () -> rejections++);
        Noting far = new Noting("far", starved);
        starved.add(far, millis(400));
        scarce.scarce = true;
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> starved.dueAt(far, millis(100)));
        scarce.scarce = false;

        time.advance(Duration.ofMillis(500));
        assertThat(fired).containsExactly("far@400");

        scarce.scarce = true;
        Noting first = new Noting("first", starved);
        assertThatExceptionOfType(OutOfMemoryError.class)
                .isThrownBy(() -> starved.add(first, clock.now() + millis(700)));
        scarce.scarce = false;
        starved.add(new Noting("second", starved), clock.now() + millis(800));
        time.advance(Duration.ofSeconds(1));

        assertThat(fired).containsExactly("far@400", "first@1200", "second@1300");
        assertThat(rejections).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isStartedAgainByWhateverIsMovedOrRemoved(boolean defective) {
        ScarceScheduler scarce = new ScarceScheduler();
        scarce.defective = defective;
        SharedTimer starved = new SharedTimer(clock, scarce, () -> passes++, () -> rejections++);
        Noting far = new Noting("far", starved);
        Noting near = new Noting("near", starved);
        Noting other = new Noting("other", starved);
        List.of(far, near, other).forEach(item -> starved.add(item, millis(1700)));
        starved.dueAt(near, millis(800));
        stop(scarce, Duration.ofMillis(500));
        assertThat(fired).isEmpty();

        starved.dueAt(other, clock.now() + millis(3000));
        time.advance(Duration.ofMillis(400));
        assertThat(fired).containsExactly("near@800");

        stop(scarce, Duration.ofMillis(600));
        starved.remove(other);
        time.advance(Duration.ofSeconds(1));
        assertThat(fired).containsExactly("near@800", "far@1700");
    }

    /** Whoever adds an item far ahead mustn't have those wait that were due soon when it stopped. */
    @Test
    void looksAtAllItemsOnceItIsStartedAgainByOneThatIsAdded() {
        ScarceScheduler scarce = new ScarceScheduler();
        SharedTimer starved = new SharedTimer(clock, scarce, () -> passes++, () -> rejections++);
        Noting near = new Noting("near", starved);
        starved.add(near, millis(800));
        stop(scarce, Duration.ofMillis(500));

        starved.add(new Noting("far", starved), millis(5000));
        time.advance(Duration.ofMillis(400));

        assertThat(fired).containsExactly("near@800");
    }

    /** Has the next pass be the last one. */
    private void stop(ScarceScheduler scarce, Duration untilThen) {
        scarce.scarce = true;
        time.advance(untilThen);
        assertThat(time.pendingTasks()).isZero();
        scarce.scarce = false;
    }

    /** Has no thread or memory for a task now and then. */
    private final class ScarceScheduler extends ScheduledThreadPoolExecutor {

        private boolean scarce;
        private boolean defective;

        private ScarceScheduler() {
            super(0);
        }

        @Override
        public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
            if (scarce && defective) {
                throw new IllegalStateException("planted");
            }
            if (scarce) {
                throw new OutOfMemoryError("planted");
            }
            return time.scheduler().schedule(command, delay, unit);
        }
    }

    @Test
    void keepsNoMoreRemovedItemsThanLiveOnes() {
        for (int i = 0; i < 100_000; i++) {
            timer.remove(item("short", 100));
        }

        assertThat(timer.queued()).isLessThan(200);
    }

    @Test
    void saysSoOnceIfItsSchedulerIsGone() {
        time.scheduler().shutdown();

        item("lost", 5);
        item("lost too", 5);

        assertThat(rejections).isOne();
        assertThat(timer.isClosed()).isTrue();
    }

    private class Noting extends SharedTimer.Item {

        private final String name;
        private final SharedTimer owner;
        private long slack;

        private Noting(String name) {
            this(name, timer);
        }

        private Noting(String name, SharedTimer owner) {
            this.name = name;
            this.owner = owner;
        }

        @Override
        void fire(long now) {
            fired.add(name + "@" + Duration.ofNanos(now).toMillis());
            owner.remove(this);
        }

        @Override
        long slack() {
            return slack;
        }

        @Override
        int spread() {
            return name.hashCode();
        }
    }
}
