package io.hamster.spring;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/** Logs once, when the context is ready, what each concern runs on. */
final class StartupLine implements ApplicationListener<ContextRefreshedEvent> {

    private static final Logger logger = LoggerFactory.getLogger("io.hamster");

    private final ApplicationContext context;
    private final ObjectProvider<HamsterFeature> features;
    private final AtomicBoolean logged = new AtomicBoolean();

    StartupLine(ApplicationContext context, ObjectProvider<HamsterFeature> features) {
        this.context = context;
        this.features = features;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        // Events of child contexts (a separate management port) arrive here too.
        if (event.getApplicationContext() == context && logged.compareAndSet(false, true)) {
            logger.info("Hamster: {}", text());
        }
    }

    String text() {
        return features.orderedStream()
                .filter(feature -> !feature.description().isEmpty())
                .map(feature -> feature.name() + " " + feature.description())
                .collect(Collectors.joining(", "));
    }
}
