package io.hamster.cluster.raft;

import io.hamster.lock.LockStore;
import java.time.Duration;

/** The store over nodes that agree at once, on manual time; the second of them is asked, and the first leads. */
class RaftLockStoreContractTests extends ClusterLockStoreContract {

    private final LockNodes nodes = new LockNodes("node-0", "node-1", "node-2");

    @Override
    protected LockStore storeOn(int node) {
        return nodes.store("node-" + node);
    }

    @Override
    protected void pass(Duration time) {
        nodes.time.advance(time);
    }
}
