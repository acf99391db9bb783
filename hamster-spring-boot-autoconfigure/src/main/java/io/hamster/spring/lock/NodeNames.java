package io.hamster.spring.lock;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** The name under which people find an instance. */
final class NodeNames {

    private NodeNames() {}

    static String of(@Nullable String configured, Environment environment) {
        if (configured != null && !configured.isBlank()) {
            return configured.strip();
        }
        String application = environment.getProperty("spring.application.name", "application");
        // Looking the host's name up can take seconds where name resolution is broken.
        String host = environment.getProperty("HOSTNAME");
        return application + "@"
                + (host == null ? "pid-" + ProcessHandle.current().pid() : host);
    }
}
