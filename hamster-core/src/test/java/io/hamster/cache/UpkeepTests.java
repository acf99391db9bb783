package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Upkeep is done at once for writes, and now and then for reads. */
class UpkeepTests {

    private static final int AT_ONCE = 64;
    private static final Duration PAUSE = Duration.ofMillis(1);

    private final ManualTime time = new ManualTime();
    private final AtomicInteger done = new AtomicInteger();
    private final Runnable work = done::incrementAndGet;

    private Upkeep upkeep(Executor executor, ScheduledExecutorService scheduler) {
        return new Upkeep(new CacheRuntime(time, executor, executor, scheduler, () -> 0, () -> false, new LoadGraph()));
    }

    private Upkeep upkeep() {
        return upkeep(Runnable::run, time.scheduler());
    }

    @Test
    void isDoneOnceAWriteIsOver() {
        Upkeep upkeep = upkeep();

        upkeep.ask(work);
        assertThat(done).hasValue(0);
        upkeep.afterWrite();
        assertThat(done).hasValue(1);
        upkeep.afterWrite();
        assertThat(done).as("nothing was asked for").hasValue(1);
    }

    @Test
    void isDoneForReadsWhileThereAreWrites() {
        Upkeep upkeep = upkeep();

        for (int round = 1; round <= 3; round++) {
            readALot(upkeep);
            assertThat(done).hasValue(round * AT_ONCE);
            upkeep.afterWrite();
        }
        upkeep.afterRead();
        assertThat(done).as("nothing was asked for").hasValue(3 * AT_ONCE);
    }

    @Test
    void waitsForReadsWithoutWrites() {
        Upkeep upkeep = upkeep();
        readALot(upkeep);
        time.advance(PAUSE.dividedBy(4));

        upkeep.ask(work);
        upkeep.afterRead();
        upkeep.afterRead();
        assertThat(time.pendingTasks()).isOne();
        time.advance(PAUSE.dividedBy(2));
        assertThat(done).hasValue(AT_ONCE);
        time.advance(PAUSE.dividedBy(4));
        assertThat(done).hasValue(AT_ONCE + 1);
    }

    @Test
    void isDoneForReadsIfTheLastOneWasLongAgo() {
        Upkeep upkeep = upkeep();
        readALot(upkeep);
        time.advance(PAUSE);

        upkeep.ask(work);
        upkeep.afterRead();

        assertThat(done).hasValue(AT_ONCE + 1);
        assertThat(upkeep.now()).isEqualTo(time.nanoTime());
    }

    @Test
    void isNoLongerWaitedForOnceSomethingIsWritten() {
        Upkeep upkeep = upkeep();
        readALot(upkeep);
        upkeep.ask(work);
        upkeep.afterRead();
        assertThat(done).hasValue(AT_ONCE);

        upkeep.afterWrite();
        assertThat(done).hasValue(AT_ONCE + 1);
        time.advance(PAUSE);
        assertThat(done).as("it isn't done again").hasValue(AT_ONCE + 1);
    }

    private void readALot(Upkeep upkeep) {
        for (int i = 0; i < AT_ONCE; i++) {
            upkeep.ask(work);
            upkeep.afterRead();
        }
    }

    @Test
    void isDoneWhenTheTimerSaysSo() {
        Upkeep upkeep = upkeep();

        upkeep.timer().schedule(upkeep::ask, work, 5, TimeUnit.SECONDS);
        time.advance(Duration.ofSeconds(5));

        assertThat(done).hasValue(1);
        assertThat(upkeep.now()).isEqualTo(time.nanoTime());
    }

    @Test
    void isDoneByTheCallerIfNobodyElseTakesIt() {
        ScheduledThreadPoolExecutor closed = new ScheduledThreadPoolExecutor(1);
        closed.shutdownNow();
        Upkeep upkeep = upkeep(
                refused -> {
                    throw new RejectedExecutionException("full");
                },
                closed);

        for (int i = 0; i <= AT_ONCE; i++) {
            upkeep.ask(work);
            upkeep.afterRead();
        }
        assertThat(done).hasValue(AT_ONCE + 1);
        upkeep.ask(work);
        upkeep.afterWrite();
        assertThat(done).hasValue(AT_ONCE + 2);
    }

    @Test
    void isDoneAlsoIfItsExecutorBreaks() {
        Upkeep upkeep = upkeep(
                broken -> {
                    throw new OutOfMemoryError("no more threads");
                },
                time.scheduler());

        upkeep.ask(work);
        assertThatThrownBy(upkeep::afterWrite).isInstanceOf(OutOfMemoryError.class);

        assertThat(done).hasValue(1);
    }

    @Test
    void isDoneOnceMoreForWhatWasWrittenWhileItRan() {
        Upkeep upkeep = upkeep();

        upkeep.ask(() -> {
            if (done.incrementAndGet() == 1) {
                upkeep.afterWrite();
            }
        });
        upkeep.afterWrite();

        assertThat(done).hasValue(2);
    }

    @Test
    void isDoneOnceMoreIfItAsksForThatItself() {
        Upkeep upkeep = upkeep();

        upkeep.ask(() -> {
            if (done.incrementAndGet() == 1) {
                upkeep.ask(work);
            }
        });
        upkeep.afterWrite();

        assertThat(done).hasValue(2);
    }
}
