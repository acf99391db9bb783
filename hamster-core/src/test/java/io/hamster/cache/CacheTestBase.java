package io.hamster.cache;

import io.hamster.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;

/** Makes caches of the kind under test, on time that stands still, and threads to use them. */
public abstract class CacheTestBase {

    protected final ManualTime time = new ManualTime();
    protected final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<CacheClient> clients = new ArrayList<>();

    /** A policy of the kind under test, with room enough. */
    protected abstract CachePolicyBuilder policy();

    /** A client on {@link #time}, with what the kind under test needs. */
    protected CacheClientBuilder client() {
        return CacheClient.builder()
                .timeSource(time)
                .scheduler(time.scheduler())
                .executor(Runnable::run)
                .random(() -> 0.5);
    }

    protected final HamsterCache<String, String> cache(CachePolicyBuilder policy) {
        return cache(client(), policy);
    }

    protected final HamsterCache<String, String> cache(CacheClientBuilder builder, CachePolicyBuilder policy) {
        CacheClient client = builder.build();
        clients.add(client);
        return client.cache("books", policy.build());
    }

    protected final HamsterCache<String, String> cache() {
        return cache(policy());
    }

    @AfterEach
    protected void closeClients() {
        clients.forEach(CacheClient::close);
        threads.shutdownNow();
    }
}
