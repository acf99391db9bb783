package io.hamster.cluster.raft;

import io.hamster.lock.LockStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The store on three real nodes, in real time. */
@Tag("torture")
abstract class RealLockStoreContract extends ClusterLockStoreContract {

    @TempDir
    static Path directory;

    private static RealNodes nodes;

    @BeforeAll
    static void startNodes() {
        nodes = new RealNodes(directory);
    }

    @AfterAll
    static void stopNodes() {
        nodes.close();
    }

    @AfterEach
    void freeAll() {
        nodes.freeAll("k", token("fresh"));
    }

    /** The node that the contract is tested on; 0 leads. */
    abstract int asked();

    /** Turned so that the node that most tests ask, number 1, is the one asked for. */
    @Override
    protected LockStore storeOn(int node) {
        return nodes.store((node + asked() + 2) % 3);
    }

    @Override
    protected void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
