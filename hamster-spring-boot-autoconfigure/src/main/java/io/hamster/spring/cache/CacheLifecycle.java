package io.hamster.spring.cache;

import io.hamster.cache.CacheClient;
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
        client.names().forEach(name -> client.cache(name).flush());
        if (closing && ownsClient) {
            client.close();
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
