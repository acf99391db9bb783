package io.hamster.cluster.raft;

/** The contract as seen from the follower. */
class RealLockStoreAtFollowerTests extends RealLockStoreContract {

    @Override
    int asked() {
        return 1;
    }
}
