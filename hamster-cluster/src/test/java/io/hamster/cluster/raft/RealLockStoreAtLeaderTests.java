package io.hamster.cluster.raft;

/** The contract as seen from the leader. */
class RealLockStoreAtLeaderTests extends RealLockStoreContract {

    @Override
    int asked() {
        return 0;
    }
}
