package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.JournalException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;

/**
 * Writes what is dirty when the application stops. If it stops for good, its client is closed at the same time, while
 * there is still a connection to say farewell on: instances that just fall silent make the others drop what they hold.
 */
final class CacheLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent> {

    /**
     * Below the web server's and the task executors', whose work changes caches; above that of the connections which
     * they are written through, 0.
     */
    static final int PHASE = 3072;

    private static final Logger log = LoggerFactory.getLogger(CacheLifecycle.class);

    private final CacheClient client;
    private final ApplicationContext context;
    private final boolean ownsClient;
    private volatile boolean running;
    private volatile boolean closing;

    /**
     * Creates the lifecycle.
     *
     * @param ownsClient whether the client ends with the context
     */
    CacheLifecycle(CacheClient client, ApplicationContext context, boolean ownsClient) {
        this.client = client;
        this.context = context;
        this.ownsClient = ownsClient;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        // Events of child contexts (a separate management port) arrive here too.
        closing |= event.getApplicationContext() == context;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        if (closing && ownsClient) {
            // Flushes too, for as long as the caches may take.
            client.close();
        } else {
            client.names().forEach(this::flush);
        }
    }

    private void flush(String cache) {
        try {
            client.cache(cache).flush();
        } catch (FlushException | JournalException e) {
            log.warn(
                    "What cache '{}' has not written back waits until the application goes on: {}",
                    cache,
                    e.toString());
        }
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
