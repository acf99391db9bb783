package io.hamster.lock.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hamster.TimeSource;
import io.hamster.lock.LockStore;
import io.hamster.lock.LockStore.Answer;
import io.hamster.lock.LockStore.Ask;
import io.hamster.lock.LockToken;
import io.hamster.lock.OrderedLockStoreContractTests;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class MemoryLockStoreTests extends OrderedLockStoreContractTests {

    private final ManualTime time = new ManualTime();
    private final MemoryLockStore memory = new MemoryLockStore(time, time.scheduler());
    private long tokens;

    @Override
    protected LockStore newStore() {
        return memory;
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    private Answer ask(String key, Duration patience) {
        return memory.acquire(new Ask(key, new LockToken("t", tokens++), "node", lease(), patience))
                .toCompletableFuture()
                .join();
    }

    @Test
    void startsItsFencesAtTheWallClocksMicroseconds() {
        Instant now = time.instant();

        long fence = ((Answer.Granted) ask("k", Duration.ZERO)).fence();

        assertThat(fence).isEqualTo(TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + 1);
    }

    /** What is granted once the locks are forgotten may be another's still. */
    @Test
    void grantsNothingWhileItCloses() {
        AtomicReference<MemoryLockStore> closing = new AtomicReference<>();
        TimeSource closer = new TimeSource() {
            @Override
            public long nanoTime() {
                if (closing.get() != null) {
                    closing.get().close();
                }
                return time.nanoTime();
            }

            @Override
            public Instant instant() {
                return time.instant();
            }

            @Override
            public long millis() {
                return time.millis();
            }
        };
        MemoryLockStore store = new MemoryLockStore(closer, time.scheduler());
        closing.set(store);

        assertThat(store.acquire(new Ask("k", new LockToken("t", 1), "node", lease(), Duration.ZERO)))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withMessageContaining("closed");
    }

    @Test
    void forgetsLocksThatNobodyReleased() {
        for (int i = 0; i < 100_000; i++) {
            ask("key" + i, Duration.ZERO);
            time.advance(Duration.ofMillis(1));
        }

        assertThat(memory.remembered()).isLessThan(10_000);
    }

    @Test
    void schedulesNothingWhileNobodyWaits() {
        ask("k", Duration.ZERO);
        assertThat(time.pendingTasks()).isZero();

        for (int i = 0; i < 1000; i++) {
            ask("k", Duration.ofMinutes(1));
        }

        assertThat(time.pendingTasks()).isOne();
    }

    @Test
    void refusesToWorkOnceClosed() {
        ask("k", Duration.ZERO);
        memory.close();

        assertThatThrownBy(() -> ask("k", Duration.ZERO)).hasRootCauseMessage("The memory lock store is closed");
        assertThat(memory.remembered()).isZero();
    }
}
