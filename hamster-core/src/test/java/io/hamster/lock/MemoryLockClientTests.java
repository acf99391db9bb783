package io.hamster.lock;

import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import java.time.Duration;

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
}
