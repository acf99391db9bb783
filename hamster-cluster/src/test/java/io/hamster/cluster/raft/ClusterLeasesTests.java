package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.LoadScope;
import io.hamster.cache.SharedTier;
import io.hamster.cluster.TextCodec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loads that three whole nodes share, over real connections. */
class ClusterLeasesTests {

    private static final int NODES = 3;
    private static final int THREADS = 30;
    private static final CachePolicy POLICY = CachePolicy.builder()
            .loadScope(LoadScope.CLUSTER)
            .tellsOthers(true)
            .valueType(String.class)
            .build();

    @TempDir
    static Path directory;

    private static RealNodes nodes;
    private static final List<CacheClient> clients = new ArrayList<>();
    private static final List<HamsterCache<String, String>> caches = new ArrayList<>();
    private static final ExecutorService threads = Executors.newCachedThreadPool();

    @BeforeAll
    static void start() {
        nodes = new RealNodes(directory);
        for (int i = 0; i < NODES; i++) {
            RaftCluster part = nodes.part(i);
            CacheClient client = CacheClient.builder()
                    .shared(SharedTier.ofLeases(part.loadLeases(), new TextCodec(), part.invalidationChannel()))
                    .build();
            clients.add(client);
            caches.add(client.cache("books", POLICY));
        }
        await().atMost(RealNodes.PATIENCE)
                .until(() -> clients.stream()
                        .allMatch(client -> client.sharedTier()
                                        .orElseThrow()
                                        .news()
                                        .orElseThrow()
                                        .trusted()
                                && client.sharedTier()
                                                .orElseThrow()
                                                .news()
                                                .orElseThrow()
                                                .others()
                                        == NODES - 1));
    }

    @AfterAll
    static void close() {
        clients.forEach(CacheClient::close);
        threads.shutdownNow();
        nodes.close();
    }

    @Test
    void oneNodeLoadsForTheThreadsOfAll() throws Exception {
        for (int round = 0; round < 10; round++) {
            String key = "cold-" + round;
            AtomicInteger loads = new AtomicInteger();
            CountDownLatch begun = new CountDownLatch(NODES * THREADS);
            List<Future<Optional<String>>> answers = new ArrayList<>();
            for (HamsterCache<String, String> cache : caches) {
                for (int i = 0; i < THREADS; i++) {
                    answers.add(threads.submit(() -> {
                        begun.countDown();
                        return cache.get(key, same -> {
                            int number = loads.incrementAndGet();
                            begun.await();
                            return "load " + number;
                        });
                    }));
                }
            }

            for (Future<Optional<String>> answer : answers) {
                assertThat(answer.get(30, TimeUnit.SECONDS)).contains("load 1");
            }
            assertThat(loads).hasValue(1);
        }
        assertThat(caches)
                .allSatisfy(cache -> assertThat(cache.stats().loadsAlone()).isZero());
    }

    @Test
    void whatOneChangesIsLoadedAfreshByAll() {
        for (int round = 0; round < 10; round++) {
            String key = "changing";
            String version = "v" + round;
            caches.get(round % NODES).invalidate(key);

            await().atMost(RealNodes.PATIENCE)
                    .untilAsserted(() -> assertThat(caches)
                            .allSatisfy(cache ->
                                    assertThat(cache.get(key, same -> version)).contains(version)));
        }
    }
}
