package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

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
                        throw new IllegalStateException("planted");
                    }
                },
                millis(5));
        item("last", 5);

        time.advance(Duration.ofMillis(5));

        assertThat(fired).containsExactlyInAnyOrder("first@5", "last@5");
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
        private long slack;

        private Noting(String name) {
            this.name = name;
        }

        @Override
        void fire(long now) {
            fired.add(name + "@" + Duration.ofNanos(now).toMillis());
            timer.remove(this);
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
