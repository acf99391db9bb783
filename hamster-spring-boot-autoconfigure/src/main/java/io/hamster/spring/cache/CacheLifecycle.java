package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import org.springframework.context.SmartLifecycle;

/** Writes what is dirty when the application stops; the client itself is closed with its context. */
final class CacheLifecycle implements SmartLifecycle {

    /**
     * Below the web server's and the task executors', whose work changes caches; above that of the connections which
     * they are written through, 0.
     */
    static final int PHASE = 3072;

    private final CacheClient client;
    private volatile boolean running;

    CacheLifecycle(CacheClient client) {
        this.client = client;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        client.names().forEach(name -> client.cache(name).flush());
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
