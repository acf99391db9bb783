package io.hamster.cache;

import static org.awaitility.Awaitility.await;

import io.hamster.testing.ManualTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

    protected static <T> T result(Future<T> future) throws Exception {
        return future.get(20, TimeUnit.SECONDS);
    }

    protected static Throwable failure(Future<?> future) throws Exception {
        try {
            return new AssertionError("It returned " + future.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        }
    }

    /** Starts a call and returns once its thread is waiting for something. */
    protected final <T> Future<T> parked(Callable<T> call) {
        AtomicReference<Thread> thread = new AtomicReference<>();
        Future<T> future = threads.submit(() -> {
            thread.set(Thread.currentThread());
            return call.call();
        });
        await().until(() -> thread.get() != null && thread.get().getState() == Thread.State.WAITING);
        return future;
    }

    /** Starts a load and returns once its loader runs. */
    protected final Future<Optional<String>> loading(HamsterCache<String, String> cache, BlockingLoader loader)
            throws Exception {
        return loading(cache, loader, EntryOptions.none());
    }

    protected final Future<Optional<String>> loading(
            HamsterCache<String, String> cache, BlockingLoader loader, EntryOptions options) throws Exception {
        Future<Optional<String>> load = threads.submit(() -> cache.get("k", loader, options));
        loader.awaitBegun();
        return load;
    }

    @AfterEach
    protected void closeClients() {
        clients.forEach(CacheClient::close);
        threads.shutdownNow();
    }
}
