package io.hamster.cluster.raft.torture;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.SharedTier;
import io.hamster.cluster.TextCodec;
import io.hamster.cluster.raft.RaftCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/** A cache whose loads the nodes share, and the threads of one node that all ask it for one key at the same time. */
final class ColdKeys implements AutoCloseable {

    static final int THREADS = 64;

    private static final long LOOK_EVERY_NANOS = 5_000_000;

    private final String owner;
    private final Path files;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CacheClient client;
    private final HamsterCache<String, String> cache;

    ColdKeys(String owner, Path files, RaftCluster raft) {
        this.owner = owner;
        this.files = files;
        this.client = CacheClient.builder()
                .shared(SharedTier.ofLeases(raft.loadLeases(), new TextCodec(), raft.invalidationChannel()))
                .build();
        this.cache = client.cache(
                "cold",
                CachePolicy.builder()
                        .loadScope(LoadScope.CLUSTER)
                        .valueType(String.class)
                        .build());
    }

    /** Who has loaded a key, or begun to, one after the other. */
    static List<String> loads(Path files, String key) throws IOException {
        Path file = files.resolve(key + ".loads");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** Lets the loads of a key end. */
    static void release(Path files, String key) throws IOException {
        Files.createFile(files.resolve(key + ".released"));
    }

    /** Every answer that some thread got. */
    String ask(String key) throws Exception {
        Callable<String> question = () -> cache.get(key, this::load).orElseThrow();
        List<Future<String>> asked = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            asked.add(threads.submit(question));
        }
        TreeSet<String> answers = new TreeSet<>();
        for (Future<String> each : asked) {
            answers.add(each.get());
        }
        return String.join(",", answers);
    }

    private String load(String key) throws IOException {
        Files.writeString(
                files.resolve(key + ".loads"), owner + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        while (!Files.exists(files.resolve(key + ".released"))) {
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
        return owner;
    }

    @Override
    public void close() {
        client.close();
        threads.shutdownNow();
    }
}
