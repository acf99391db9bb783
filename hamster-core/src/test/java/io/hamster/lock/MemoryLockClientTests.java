package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The client over a store that orders its waiters. */
class MemoryLockClientTests extends LockClientContractTests {

    private final ManualTime time = new ManualTime();
    private final MemoryLockStore store = new MemoryLockStore(time, time.scheduler());

    @Override
    protected LockClient newClient(String node) {
        return LockClient.builder(store, time.scheduler(), Runnable::run)
                .time(time)
                .node(node)
                .build();
    }

    @Override
    protected void pass(Duration duration) {
        time.advance(duration);
    }

    @Test
    void wakesTheNextWhenALeaseBecomesShorterThanItWas() throws Exception {
        LockClient holding = newClient("holding");
        LockClient waiting = newClient("waiting");
        LockHandle holder = holding.tryLock(
                        request("k").atLeastFor(lease().dividedBy(6)).build())
                .orElseThrow();
        CompletableFuture<LockHandle> next = waiting.lockAsync(request("k")
                .timeout(Duration.ofMinutes(1))
                .retry(RetryStrategy.fixed(-1, lease()))
                .build());

        holder.unlock();
        pass(lease().dividedBy(5));

        assertThat(next.get(10, TimeUnit.SECONDS).isValid()).isTrue();
        holding.close();
        waiting.close();
    }
}
