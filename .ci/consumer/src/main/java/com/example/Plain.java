package com.example;

import io.hamster.cache.CacheClient;
import io.hamster.cache.HamsterCache;
import io.hamster.cluster.Cluster;
import io.hamster.cluster.Node;
import io.hamster.cluster.raft.RaftCluster;
import io.hamster.cluster.raft.RaftMember;
import io.hamster.cluster.raft.RaftSettings;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Uses core and cluster alone: a cache, and a group of one node with a lock that it keeps. */
public final class Plain {

    private Plain() {}

    /**
     * Ends with 0 if everything answered as it should.
     *
     * @param args where the group keeps its log
     */
    public static void main(String[] args) throws IOException {
        ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(1);
        ExecutorService executor = Executors.newCachedThreadPool();
        RaftMember self = new RaftMember(Node.of("a", "127.0.0.1", freePort()), freePort());
        RaftCluster group = RaftCluster.builder(
                        self, List.of(self), RaftSettings.of(Path.of(args[0]), true), scheduler, executor)
                .build();
        try (CacheClient caches = CacheClient.builder().build();
                Cluster cluster = group.clusterBuilder().build()) {
            HamsterCache<String, Integer> lengths = caches.cache("lengths");
            require(lengths.get("four", String::length).equals(Optional.of(4)), "the cache loads");
            require(lengths.get("four").equals(Optional.of(4)), "the cache keeps what was loaded");

            cluster.start();
            require(cluster.awaitReady(Duration.ofSeconds(30)), "the group has a leader");
            try (LockClient locks = LockClient.builder(group.lockStore(), scheduler, executor).build();
                    LockHandle lock = locks.lock(LockRequest.of("stock"))) {
                require(lock.isValid(), "the lock is held");
                require(locks.status("stock").isPresent(), "the group knows of the lock");
            }
        } finally {
            scheduler.shutdownNow();
            executor.shutdownNow();
        }
    }

    private static void require(boolean holds, String what) {
        System.out.println((holds ? "yes: " : "NO: ") + what);
        if (!holds) {
            throw new IllegalStateException("Not so: " + what);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
