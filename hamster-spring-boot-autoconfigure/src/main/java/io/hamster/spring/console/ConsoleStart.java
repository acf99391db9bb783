package io.hamster.spring.console;

import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/** Looks once, when the context is ready, whether the console can be reached, and warns if it has nothing to show. */
final class ConsoleStart implements ApplicationListener<ContextRefreshedEvent> {

    private static final Logger logger = LoggerFactory.getLogger(ConsoleStart.class);

    private static final String LISTS_ENDPOINTS = "management.endpoints.web.discovery.enabled";

    private final ApplicationContext context;
    private final ConsoleSettings settings;
    private final AtomicBoolean checked = new AtomicBoolean();

    ConsoleStart(ApplicationContext context, ConsoleSettings settings) {
        this.context = context;
        this.settings = settings;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        // Events of child contexts (a separate management port) arrive here too.
        if (event.getApplicationContext() != context || !checked.compareAndSet(false, true)) {
            return;
        }
        settings.requireAway(
                ConsolePage.PATH, context.getEnvironment().getProperty(LISTS_ENDPOINTS, Boolean.class, true));
        if (settings.exposed().isEmpty()) {
            logger.warn(
                    "hamster.console.enabled is true, but the console at {} has nothing to show: none of its endpoints is "
                            + "exposed. Expose those you want to see: management.endpoints.web.exposure.include={}",
                    ConsolePage.PATH,
                    String.join(",", ConsoleSettings.ENDPOINTS));
        }
    }
}
