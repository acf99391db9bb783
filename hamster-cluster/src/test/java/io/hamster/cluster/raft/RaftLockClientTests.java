package io.hamster.cluster.raft;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockClientContractTests;
import java.time.Duration;

/** The client over the store; each client is on a node of its own. */
class RaftLockClientTests extends LockClientContractTests {

    private final LockNodes nodes = new LockNodes("leader");

    @Override
    protected LockClient newClient(String node) {
        return LockClient.builder(nodes.store(node), nodes.time.scheduler(), Runnable::run)
                .time(nodes.time)
                .node(node)
                .build();
    }

    @Override
    protected void pass(Duration time) {
        nodes.time.advance(time);
    }
}
