package io.hamster.cluster.raft;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockClientContractTests;
import io.hamster.lock.LockToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The client on three real nodes, in real time: the first on the leader, the next on a follower, and so on. */
@Tag("torture")
class RealLockClientTests extends LockClientContractTests {

    @TempDir
    static Path directory;

    private static RealNodes nodes;
    private static long tests;

    private final ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private int clients;

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
        nodes.freeAll("k", new LockToken("fresh", ++tests));
        scheduler.shutdownNow();
        executor.shutdownNow();
    }

    @Override
    protected LockClient newClient(String node) {
        return LockClient.builder(nodes.store(clients++ % 3), scheduler, executor)
                .node(node)
                .build();
    }

    @Override
    protected Duration timeout() {
        return Duration.ofSeconds(3);
    }

    @Override
    protected void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
