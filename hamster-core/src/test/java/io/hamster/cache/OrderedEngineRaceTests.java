package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is judged by the value of an entry must spare the value that takes its place at that moment. */
class OrderedEngineRaceTests {

    private static final long TTL = TimeUnit.SECONDS.toNanos(10);

    private final ManualTime time = new ManualTime();
    private final List<Slot<String>> left = new CopyOnWriteArrayList<>();
    private final CountDownLatch evicting = new CountDownLatch(1);
    private final CountDownLatch evict = new CountDownLatch(1);
    private final OrderedEngine<Integer, String> engine = new OrderedEngine<>(
            CachePolicy.builder().maxSize(8).maxMemory(100).build(),
            new CacheRuntime(
                    time, Runnable::run, Runnable::run, time.scheduler(), () -> 0, () -> false, new LoadGraph()),
            ListPolicy.lru(),
            (slot, cause) -> {
                left.add(slot);
                if (slot.key.equals(0)) {
                    evicting.countDown();
                    awaitUninterruptibly(evict);
                }
            });

    private Slot<String> slot(int key, String value, long bytes) {
        long now = time.nanoTime();
        return new Slot<>(key, value, new Origin(0, 0, now), now, now + TTL, now + TTL, now + TTL, bytes, Set.of());
    }

    @Test
    void aValueThatComesWhenTheOldOneExpiresStays() throws Exception {
        engine.compute(1, old -> slot(1, "old", 1));
        CountDownLatch replacing = new CountDownLatch(1);
        CountDownLatch replace = new CountDownLatch(1);
        Thread writer = start(() -> engine.compute(1, old -> {
            replacing.countDown();
            awaitUninterruptibly(replace);
            return slot(1, "new", 1);
        }));
        replacing.await();

        Thread reclaimer = start(() -> time.advance(Duration.ofNanos(TTL)));
        await().until(() -> reclaimer.getState() == Thread.State.BLOCKED);
        replace.countDown();
        writer.join();
        reclaimer.join();

        assertThat(engine.peek(1)).isNotNull().extracting(slot -> slot.value).isEqualTo("new");
        assertThat(left).isEmpty();
        assertThat(engine.size()).isEqualTo(1);
        time.advance(Duration.ofNanos(TTL));
        engine.cleanUp();
        assertThat(engine.size()).as("it expires in its turn").isZero();
        assertThat(left).hasSize(1);
    }

    @Test
    void aValueThatFitsStaysWhereOneThatDidNotIsExpelled() throws Exception {
        engine.compute(2, old -> slot(2, "other", 1));
        // Holds the engine's lock for a while.
        Thread evictor = start(() -> engine.compute(0, old -> slot(0, "too large", 101)));
        evicting.await();
        Thread large = start(() -> engine.compute(1, old -> slot(1, "too large", 102)));
        await().until(() -> large.getState() == Thread.State.WAITING && engine.peek(1) != null);
        CountDownLatch replacing = new CountDownLatch(1);
        CountDownLatch replace = new CountDownLatch(1);
        Thread writer = start(() -> engine.compute(1, old -> {
            replacing.countDown();
            awaitUninterruptibly(replace);
            return slot(1, "fits", 1);
        }));
        replacing.await();

        evict.countDown();
        evictor.join();
        await().until(() -> large.getState() == Thread.State.BLOCKED);
        replace.countDown();
        writer.join();
        large.join();

        assertThat(engine.peek(1)).isNotNull().extracting(slot -> slot.value).isEqualTo("fits");
        assertThat(engine.peek(2)).as("nothing had to go for it").isNotNull();
        assertThat(left).extracting(slot -> slot.bytes).containsExactly(101L);
    }

    private static Thread start(Runnable work) {
        Thread thread = new Thread(work);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            assertThat(latch.await(1, TimeUnit.MINUTES)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
