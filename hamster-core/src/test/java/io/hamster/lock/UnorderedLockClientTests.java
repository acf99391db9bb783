package io.hamster.lock;

import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.time.Duration;

/** The client over a store that leaves the order of waiters to it. */
class UnorderedLockClientTests extends LockClientContractTests {

    private final ManualTime time = new ManualTime();
    private final LockStore store = new UnorderedLockStore(new MemoryLockStore(time, time.scheduler()), Runnable::run);

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
}
